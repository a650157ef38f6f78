"""JSON values as people read them."""

import json
from typing import Any

from rich.console import Group, RenderableType
from rich.highlighter import JSONHighlighter
from rich.text import Text

from .wording import printable

__all__ = ["json_text"]


def json_text(value: Any) -> RenderableType:
    """A JSON value, indented and coloured. Its lines are left to the terminal to wrap, so that they can be copied."""
    text = Text(printable(json.dumps(value, indent=2, ensure_ascii=False)), no_wrap=True, overflow="ignore")
    JSONHighlighter().highlight(text)
    # A console that is given a text joins it to others, and forgets how it is to be wrapped.
    return Group(text)
