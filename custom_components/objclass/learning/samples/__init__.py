"""The samples of a classifier on disk: crops, their labels, and their embeddings."""

from .file import SampleStoreError
from .store import SampleStore

__all__ = ["SampleStore", "SampleStoreError"]
