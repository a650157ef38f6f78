"""Descriptions of a document as docstrings."""

import re
import textwrap

from openapi_python_client.strings import safe_for_docstring

_WIDTH = 120
_LIST_ITEM = re.compile(r"([-*]|\d+\.) ")


def docstring(text: str, indent: int = 0) -> str:
    """Return ``text`` as a docstring, wrapped; all lines but the first start with ``indent`` spaces."""
    safe = safe_for_docstring(text).strip()
    if safe.endswith('"'):
        safe += " "
    if len(safe) + indent + 6 <= _WIDTH and "\n" not in safe:
        return f'"""{safe}"""'
    margin = " " * indent
    blocks = [_wrapped(block, _WIDTH - indent - 3 * (not number)) for number, block in enumerate(_blocks(safe))]
    return textwrap.indent('"""' + "\n\n".join(blocks) + '\n"""', margin).lstrip()


def _blocks(text: str) -> list[str]:
    return [block for block in re.split(r"\n(?:[ \t]*\n)+", text) if block.strip()]


def _wrapped(block: str, width: int) -> str:
    lines = block.splitlines()
    if any(_LIST_ITEM.match(line) or line.startswith((" ", "\t")) for line in lines):
        return "\n".join(_filled(line, width) for line in lines)
    return _filled(" ".join(lines), width)


def _filled(line: str, width: int) -> str:
    stripped = line.lstrip()
    margin = line[: len(line) - len(stripped)]
    hanging = margin + "  " if _LIST_ITEM.match(stripped) or margin else margin
    return textwrap.fill(
        stripped,
        width,
        initial_indent=margin,
        subsequent_indent=hanging,
        break_long_words=False,
        break_on_hyphens=False,
    )
