"""What stops a run."""


class GenerationError(Exception):
    """A document cannot be generated; the message names the operation or schema and the reason."""
