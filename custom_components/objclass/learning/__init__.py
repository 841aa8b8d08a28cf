"""Learning from pictures: NumPy arrays in, NumPy arrays and dataclasses out.

Imports neither Home Assistant nor Frigate nor asyncio, so that it can be used, tested
and benchmarked by itself.
"""
