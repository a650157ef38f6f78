"""The drop-in import name."""
