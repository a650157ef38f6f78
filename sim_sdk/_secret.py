"""The API key, kept out of every text that somebody may print, log or store."""

import json
import re
from typing import NoReturn, Tuple
from urllib.parse import quote

_REDACTED = "[redacted]"

# Nobody who writes a text down has to spell these in another way.
_PLAIN = re.compile(r"[\w.~-]*").fullmatch

# A shorter one is no real key, but occurs in ordinary words.
_SHORTEST_KEY = 6


class Secret(str):
    """A string that goes out on the wire as it is, and shows itself nowhere.

    It is a `str`, so that transports can send it; its `repr` is redacted, because that is what tracebacks with
    locals and printed dictionaries show; and it refuses to be pickled.
    """

    __slots__ = ("_spellings",)

    _spellings: Tuple["Secret", ...]

    def __new__(cls, value: str) -> "Secret":
        secret = super().__new__(cls, value)
        secret._spellings = () if len(value) < _SHORTEST_KEY else tuple(map(_hidden, _spellings(value.lower())))
        return secret

    def __repr__(self) -> str:
        return repr(_REDACTED)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("an API key is not pickled; pass it by the environment variable SIM_API_KEY")

    def is_in(self, text: str) -> bool:
        """Whether the secret occurs in a text, however it is spelled there."""
        return any(map(text.lower().__contains__, self._spellings))

    def redact(self, text: str) -> str:
        """The text with every occurrence of the secret replaced, however it is spelled."""
        if not self.is_in(text):
            return text
        return re.sub("|".join(map(re.escape, self._spellings)), _REDACTED, text, flags=re.IGNORECASE)

    def redact_name(self, name: str) -> str:
        """The name of a header, unless it holds the secret."""
        return _REDACTED if self.is_in(name) else name


def _hidden(spelling: str) -> Secret:
    """A spelling, as secret as what it spells: there are tools that show what an object's slots hold."""
    secret = str.__new__(Secret, spelling)
    secret._spellings = ()
    return secret


def _spellings(key: str) -> Tuple[str, ...]:
    """What a server makes of a key that writes it into a URL, JSON or a page, in small letters, the longest first.

    Servers of 2025 make codes of messages, in capitals; so no spelling is told from another by that.
    """
    if _PLAIN(key):
        return (key,)
    from html import escape  # loaded with the first such key, not with the SDK

    in_json = json.dumps(key)[1:-1]
    spellings = {
        key,
        in_json,
        in_json.replace("/", "\\/"),
        quote(key),
        quote(key, safe=""),
        escape(key, quote=False),
        escape(key),
        repr(key)[1:-1],
    }
    return tuple(sorted({spelling.lower() for spelling in spellings}, key=len, reverse=True))
