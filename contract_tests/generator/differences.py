"""Where two JSON values differ that should be the same."""

from datetime import datetime
from typing import Any


def difference(sent: Any, back: Any, path: str = "$") -> "str | None":
    """Return where two JSON values differ. An optional key that is null may be left out; instants may be respelled."""
    if isinstance(sent, dict) and isinstance(back, dict):
        for key in (*sent, *(key for key in back if key not in sent)):
            if key in sent and sent[key] is None and key not in back:
                continue
            if key not in sent or key not in back:
                return f"{path}.{key}"
            found = difference(sent[key], back[key], f"{path}.{key}")
            if found:
                return found
        return None
    if isinstance(sent, list) and isinstance(back, list) and len(sent) == len(back):
        places = (difference(a, b, f"{path}[{i}]") for i, (a, b) in enumerate(zip(sent, back)))
        return next(filter(None, places), None)
    if type(sent) is type(back) and (sent == back or instant(sent) == instant(back)):
        return None
    return path


def instant(value: Any) -> Any:
    try:
        return datetime.fromisoformat(value.replace("Z", "+00:00"))
    except (AttributeError, ValueError):
        return value
