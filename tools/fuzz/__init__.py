"""Fuzzers of what reads a server's bytes: `python -m tools.fuzz sse`, `… atheris TARGET`, `… echo`."""
