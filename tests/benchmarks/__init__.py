"""The benchmarks themselves work: nothing here asserts how fast or how right we are."""

# Makes `learning` importable, as for the benchmarks.
import benchmarks  # noqa: F401
