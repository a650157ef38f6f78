"""JSON values as people read them."""

import json
from typing import Any

from rich.highlighter import JSONHighlighter
from rich.text import Text

from .wording import printable

__all__ = ["json_text"]


def json_text(value: Any) -> Text:
    """A JSON value, indented and coloured."""
    text = Text(printable(json.dumps(value, indent=2, ensure_ascii=False)))
    JSONHighlighter().highlight(text)
    return text
