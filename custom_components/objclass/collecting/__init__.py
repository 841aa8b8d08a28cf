"""Gathering examples to label: from Frigate's past, or from what cameras show now."""
