"""Benchmarks: `python -m tools.bench NAME`. Each compares ways of doing the same thing, interleaved in one run."""
