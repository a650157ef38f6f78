"""Fuzzers of what reads a server's bytes: `python -m tools.fuzz sse`, `python -m tools.fuzz atheris TARGET`."""
