"""How values are written where OpenAPI's style rules say it; where they do not, nothing is written."""

from .document import Json
from .errors import GenerationError

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
    unsaid = sorted(forms.difference(allowed))
    if unsaid:
        how = (
            "a media type that is not JSON" if "content" in published else f"style {style}{', exploded' * is_exploded}"
        )
        raise GenerationError(f"it is not defined how the parameter {published['name']} is written: {unsaid[0]}, {how}")
    if place == "query":
        return query_style(published)
    if is_exploded and "object" in forms:
        return "="
    return "," if place == "path" and forms & {"list", "object"} else ""


def query_style(published: Json) -> str:
    """Return how the runtime calls the style of a parameter in a query, or of a field of a form."""
    style = published.get("style", "form")
    repeats = style != "deepObject" and published.get("explode", style == "form")
    return "repeat" if repeats else _QUERY_STYLES[style]
