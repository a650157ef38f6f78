"""Maintainers' tools: generate, check, report."""
