# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""Sim API 1.0.0: its models and operations."""
