"""The Python SDK for Sim."""
