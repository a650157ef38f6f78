"""How values are written where OpenAPI's style rules say it; where they do not, nothing is written."""

from .document import Json
from .errors import GenerationError
from .media import Kind

_QUERY_STYLES = {"form": "comma", "spaceDelimited": "space", "pipeDelimited": "pipe", "deepObject": "deep"}
"""How the runtime calls the styles of lists that are one pair; those of several pairs are "repeat"."""

_PLAIN = ("text", "list", "object")
_NESTED = ("text", "object", "object of lists", "object of objects")

_FORMS: dict[str, dict[bool, tuple[str, ...]]] = {
    "simple": {False: _PLAIN, True: _PLAIN},
    "form": {False: _PLAIN, True: _PLAIN},
    "spaceDelimited": {False: _PLAIN, True: ("text", "list")},
    "pipeDelimited": {False: _PLAIN, True: ("text", "list")},
    "deepObject": {False: _NESTED, True: _NESTED},  # what is nested is beyond the rules, but written alike by all
}
"""Forms of values that can be written, by style and whether it is exploded."""


def parameter_style(published: Json, forms: "set[str]") -> str:
    """Return how the runtime calls the style of a parameter, whose values are of these ``forms``.

    Raises GenerationError for a form that the parameter's style is not defined for.
    """
    place = published["in"]
    style = published.get("style", "simple" if place in ("path", "header") else "form")
    is_exploded = bool(published.get("explode", style == "form"))
    allowed: tuple[str, ...] = ("text",) if "content" in published else _FORMS[style][is_exploded]
    if place == "cookie" and is_exploded:
        allowed = ("text", "list")
    how = "a media type that is not JSON" if "content" in published else _how(style, is_exploded)
    _require(f"the parameter {published['name']}", forms, allowed, how)
    if place == "query":
        return query_style(published)
    if is_exploded and "object" in forms:
        return "="
    return "," if place == "path" and forms & {"list", "object"} else ""


def field_style(name: str, encoding: Json, forms: "set[str]", kind: Kind) -> str:
    """Return how the runtime calls the style of a form's field, for which the document gives one; raise as above.

    In a multipart form that is the one that every field has: a list is several parts, and an object is no text.
    """
    style = encoding.get("style", "form")
    is_exploded = bool(encoding.get("explode", style == "form"))
    allowed = _FORMS[style][is_exploded]
    if kind is Kind.MULTIPART:
        allowed = ("text", "list") if is_exploded else ("text",)
    _require(f"the form field {name}", forms, allowed, _how(style, is_exploded))
    return query_style(encoding)


def _how(style: str, is_exploded: bool) -> str:
    return f"style {style}{', exploded' * is_exploded}"


def _require(what: str, forms: "set[str]", allowed: "tuple[str, ...]", how: str) -> None:
    unsaid = sorted(forms.difference(allowed))
    if unsaid:
        raise GenerationError(f"it is not defined how {what} is written: {unsaid[0]}, {how}")


def query_style(published: Json) -> str:
    """Return how the runtime calls the style of a parameter in a query, or of a field of a form."""
    style = published.get("style", "form")
    repeats = style != "deepObject" and published.get("explode", style == "form")
    return "repeat" if repeats else _QUERY_STYLES[style]
