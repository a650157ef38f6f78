"""Keeps keys out of everything that is shown or written."""

import re
from collections.abc import Iterable
from urllib.parse import quote

from sim_conformance.mock.exchange import SECRET_HEADERS

HIDDEN = "[redacted]"

SHORTEST = 6
"""A shorter one is no real key, but occurs in ordinary words."""


class Redactor:
    """Replaces keys in texts.

    Args:
        secrets: the keys.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets if len(secret) >= SHORTEST for form in (secret, quote(secret, safe=""))}
        # The longest first: a key may begin with another one.
        patterns = map(_pattern, sorted(forms, key=len, reverse=True))
        self._keys = re.compile("|".join(patterns) or r"(?!)")

    def text(self, text: str) -> str:
        """The text without keys."""
        return self._keys.sub(HIDDEN, text)

    def headers(self, headers: Iterable[tuple[str, str]]) -> dict[str, str]:
        """Headers without keys and cookies."""
        return {name: HIDDEN if name.lower() in SECRET_HEADERS else self.text(value) for name, value in headers}


def _pattern(secret: str) -> str:
    # Texts are cut to a length, and a key with them: half of one is as secret.
    shortest = max(SHORTEST, len(secret) // 2)
    tail = ""
    for character in reversed(secret[shortest:]):
        tail = f"(?:{re.escape(character)}{tail})?"
    return re.escape(secret[:shortest]) + tail
