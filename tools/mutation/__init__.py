"""Mutation testing of the modules that decide: `python -m tools.mutation [MODULE ...]`."""
