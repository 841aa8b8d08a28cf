"""The simulated Frigate behaves like the real one where others rely on it."""
