# Made by "python -m tools.generate". Do not edit: the next run writes it anew.
"""Header fields of an answer, read alike by every transport."""

from typing import Iterable, List, Set, Tuple

__all__ = ("read_fields", "transfer_codings")


def read_fields(fields: Iterable[Tuple[str, str]], encoding: str) -> List[Tuple[str, str]]:
    """The fields with their values as UTF-8 where they are that, else as Latin-1: nothing says which of them it is.

    Args:
        fields: Names and values.
        encoding: What the HTTP library took the values for; what is none of it came as surrogates.
    """
    found = list(fields)
    if "".join([value for _, value in found]).isascii():
        return found
    return [(name, _text(value.encode(encoding, "surrogateescape"))) for name, value in found]


def transfer_codings(fields: Iterable[str]) -> Set[str]:
    """The transfer codings of an answer whose Transfer-Encoding fields these are. "identity" is none."""
    return {coding.strip() for coding in ",".join(fields).lower().split(",")} - {"", "identity"}


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
