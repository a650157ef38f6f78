"""The version of sim-sdk, in one place."""

__version__ = "0.1.0"
