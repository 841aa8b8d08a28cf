"""The samples of a classifier on disk: crops, their labels, and their embeddings."""

from .store import SampleStore, SampleStoreError

__all__ = ["SampleStore", "SampleStoreError"]
