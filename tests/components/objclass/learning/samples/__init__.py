"""Tests of the samples on disk."""
