"""Tests of what executes a network."""
