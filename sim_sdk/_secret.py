"""The API key, kept out of every text that somebody may print, log or store."""

from typing import NoReturn

_REDACTED = "[redacted]"

# A shorter one is no real key, but occurs in ordinary words.
_SHORTEST_KEY = 6


class Secret(str):
    """A string that goes out on the wire as it is, and shows itself nowhere.

    It is a `str`, so that transports can send it; its `repr` is redacted, because that is what tracebacks with
    locals and printed dictionaries show; and it refuses to be pickled.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return repr(_REDACTED)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("an API key is not pickled; pass it by the environment variable SIM_API_KEY")

    def redact(self, text: str) -> str:
        """The text with every occurrence of the secret replaced."""
        return text.replace(str(self), _REDACTED) if len(self) >= _SHORTEST_KEY else text

    def redact_name(self, name: str) -> str:
        """The name of a header, unless it holds the secret in capitals or small letters, which are the same there."""
        return _REDACTED if len(self) >= _SHORTEST_KEY and self.lower() in name.lower() else name
