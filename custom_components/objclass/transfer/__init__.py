"""Labelled pictures in, classifiers out."""
