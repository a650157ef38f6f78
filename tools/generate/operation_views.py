"""Decides what is said about operations, which is read from the document itself."""

import re
from collections.abc import Iterator, Sequence

from openapi_python_client.strings import in_double_quote_literal, in_f_string_literal

from .annotations import Annotations, not_none, optional, union
from .document import Json, operations, references
from .media import EVENT_STREAM, Kind, essence, kind_of
from .names import identifiers
from .parse import Types
from .rewrites.describe import limits
from .rewrites.operations import AUTHENTICATION, NAME, path_names
from .rewrites.places import TYPE
from .schemas import component
from .styles import field_style, parameter_style
from .views import Body, Operation, Parameter

_MODELS = "models."
"""What comes before the name of a model in an operation's module."""

_BODY_FUNCTIONS = {kind: f"{kind.value}_body" for kind in Kind}

_LOCATIONS = ("path", "query", "header", "cookie")

_TAKEN = {
    "body",
    "build",
    "content_type",
    "cookie_line",
    "datetime",
    "decode",
    "header_map",
    "json_text",
    "models",
    "parse",
    "path_segment",
    "query_pairs",
    "responses",
    *_BODY_FUNCTIONS.values(),
}
"""Names that mean something else in an operation's module."""


class OperationViews:
    """The operations of one document."""

    def __init__(self, content: Json, types: Types, annotations: Annotations) -> None:
        self._content = content
        self._types = types
        self._annotations = annotations

    def operations(self) -> list[Operation]:
        """Return the operations, by name."""
        views = [self._operation(path, method, raw) for path, method, _, raw in operations(self._content)]
        return sorted(views, key=lambda operation: operation.name)

    def _operation(self, path: str, method: str, raw: Json) -> Operation:
        names = identifiers((each["name"] for each in raw["parameters"]), _TAKEN)
        views = [self._parameter(each, name) for each, name in zip(raw["parameters"], names, strict=True)]
        located = {location: [] for location in _LOCATIONS}  # type: dict[str, list[Parameter]]
        for parameter, view in zip(raw["parameters"], views, strict=True):
            located[parameter["in"]].append(view)
        order = path_names(path)
        located["path"].sort(key=lambda parameter: order.index(parameter.wire_name))
        media_types = [kind for answer in self._successes(raw) for kind in answer.get("content", {})]
        return Operation(
            name=raw[NAME],
            operation_id=raw.get("operationId") or raw[NAME],
            route=f"{method.upper()} {path}",
            method=method.upper(),
            path=_path(path, located["path"]),
            module_doc=_module_doc(f"{method.upper()} {path}", raw),
            doc=_summary(raw),
            auth=any(raw["security"]),
            authentication=_authentication(raw),
            credentials=_credentials(raw),
            path_parameters=located["path"],
            query_parameters=located["query"],
            header_parameters=located["header"],
            cookie_parameters=located["cookie"],
            bodies=self._bodies(raw),
            responses=[(_status(key), self._response(answer)) for key, answer in _by_precedence(raw["responses"])],
            result=union([each for answer in self._successes(raw) for each in self._members(answer)] or ["None"]),
            accept=_accept(media_types),
            streams=EVENT_STREAM in map(essence, media_types),
        )

    def _parameter(self, published: Json, name: str) -> Parameter:
        prop = self._types.places[published[TYPE]]
        annotation = self._annotations.parameter(prop, _MODELS)
        is_json = any(kind_of(media_type) is Kind.JSON for media_type in [*published.get("content", ())][:1])
        if published["in"] == "path":
            annotation = not_none(annotation)
        required = published.get("required", False)
        return Parameter(
            name=name,
            wire_name=published["name"],
            annotation=annotation if required else optional(annotation),
            default="" if required else "None",
            doc=_one_line(published["schema"].get("description", "")),
            style=parameter_style(published, {"text"} if is_json else self._annotations.forms(prop)),
            is_json=is_json,
            limits=limits(published["schema"]),
        )

    def _bodies(self, raw: Json) -> Sequence[Body]:
        body: Json = raw.get("requestBody", {})
        contents = body.get("content", {}).items()
        if not contents:
            return [Body("build", "", (), "")]
        first, *others = [(media_type, media) for media_type, media in contents]
        functions = ["build", *identifiers(f"build_{kind_of(media_type).value}" for media_type, _ in others)]
        described = _one_line(body.get("description", "")) or "The body of the request."
        return [
            self._body(
                function,
                media_type,
                self._body_parameter(media_type, media, body, described),
                self._styles(media_type, media),
            )
            for function, (media_type, media) in zip(functions, [first, *others], strict=True)
        ]

    def _body(self, function: str, media_type: str, parameter: Parameter, styles: "dict[str, str]") -> Body:
        is_range = "*" in media_type
        call = _BODY_FUNCTIONS[kind_of(media_type)]
        written = "content_type" if is_range else f'"{in_double_quote_literal(media_type)}"'
        more = f", {styles!r}" if styles else ""
        default = '"application/octet-stream"' if essence(media_type) == "*/*" else ""
        doc = f"The media type of the body, one of {media_type}."
        kind = [Parameter("content_type", "Content-Type", "str", default, doc)] if is_range else []
        return Body(function, media_type, [parameter, *kind], f"{call}(body, {written}{more})")

    def _body_parameter(self, media_type: str, media: Json, body: Json, doc: str) -> Parameter:
        kind = kind_of(media_type)
        annotation = self._annotations.of(self._types.places[media[TYPE]], _MODELS)
        if kind is Kind.BINARY:
            annotation = "Union[bytes, IO[bytes]]"
        if kind is Kind.TEXT:
            annotation = "Union[str, bytes, IO[bytes]]"
        if body.get("required"):
            return Parameter("body", "body", annotation, "", doc)
        return Parameter("body", "body", f"Union[{annotation}, Unset]", "UNSET", doc)

    def _styles(self, media_type: str, media: Json) -> "dict[str, str]":
        """Return how the fields of a URL-encoded form are written, where the document says it."""
        kind = kind_of(media_type)
        if kind not in (Kind.FORM, Kind.MULTIPART):
            return {}
        fields = self._annotations.fields(self._types.places[media[TYPE]])
        forms = {name: self._annotations.forms(prop) for name, prop in fields.items()}
        styles = {
            name: field_style(name, encoding, forms.get(name, set()), kind)
            for name, encoding in media.get("encoding", {}).items()
            if encoding.keys() & {"style", "explode"}
        }
        return styles if kind is Kind.FORM else {}

    def _successes(self, raw: Json) -> list[Json]:
        answers: Json = raw["responses"]
        declared = [answer for status, answer in _by_precedence(answers) if status.startswith("2")]
        return declared or [answers[key] for key in ("default",) if key in answers]

    def _response(self, answer: Json) -> str:
        """Return the type of an answer; where it depends on the media type, a dict by that."""
        members: dict[str, list[str]] = {}
        for media_type, media in _whole(answer):
            members.setdefault(essence(media_type), []).extend(self._media(media_type, media))
        types = {media_type: union(each) for media_type, each in members.items()}
        distinct = {*types.values()}
        if len(distinct) > 1:
            return "{" + ", ".join(f"{media_type!r}: {type_}" for media_type, type_ in types.items()) + "}"
        return distinct.pop() if distinct else "None"

    def _members(self, answer: Json) -> list[str]:
        return [member for media_type, media in _whole(answer) for member in self._media(media_type, media)] or ["None"]

    def _media(self, media_type: str, media: Json) -> list[str]:
        kind = kind_of(media_type)
        if kind is Kind.JSON:
            return self._annotations.members(self._types.places[media[TYPE]], _MODELS)
        return ["str" if kind is Kind.TEXT else "bytes"]


def pushed(content: Json) -> list[str]:
    """Return the names of the schemas of webhooks and of frames, where a document says which a stream has."""
    named = [reference["$ref"] for reference in references(content.get("webhooks"))]
    answers = (answer for *_, raw in operations(content) for answer in raw["responses"].values())
    named += [media.get("x-sim-frames") for answer in answers for media in answer.get("content", {}).values()]
    prefix = component("")["$ref"]
    return [name[len(prefix) :] for name in named if isinstance(name, str) and name.startswith(prefix)]


def _whole(answer: Json) -> list[tuple[str, Json]]:
    """Return the contents of an answer, JSON first, without the event stream if there is something else."""
    contents = sorted(answer.get("content", {}).items(), key=lambda item: kind_of(item[0]) is not Kind.JSON)
    return [item for item in contents if essence(item[0]) != EVENT_STREAM] or contents


def _by_precedence(responses: Json) -> list[tuple[str, Json]]:
    """Sort answers: statuses, then classes of statuses, then the default."""
    return sorted(responses.items(), key=lambda item: (item[0] == "default", not item[0].isdigit(), item[0]))


def _path(path: str, parameters: Sequence[Parameter]) -> str:
    """Return an expression for the path with its arguments encoded."""
    if not parameters:
        return f'"{in_double_quote_literal(path)}"'
    written = in_f_string_literal(path)
    for parameter in parameters:
        slot = in_f_string_literal(f"{{{parameter.wire_name}}}")
        # Within an f-string Python 3.8 takes neither its quotes nor a backslash.
        told = re.sub(r"""["'\\{}]""", "", parameter.wire_name)
        arguments = [repr(told), parameter.value, *([repr(parameter.style)] if parameter.style else [])]
        written = written.replace(slot, f"{{path_segment({', '.join(arguments)})}}")
    return f'f"{written}"'


def _module_doc(route: str, raw: Json) -> str:
    said = [route, f"\nAuthentication: {_one_line(_authentication(raw))}"]
    clauses = [f"- {source['page']}: {source['clause']}" for source in raw.get("x-sim-documentation", ())]
    return "\n".join([*said, "\nDocumented in:", *clauses] if clauses else said)


def _authentication(raw: Json) -> str:
    """Say what an operation asks for: "Key (header X-API-Key) or Login (oauth2: read, write)"."""
    said = [
        " and ".join(
            f"{name} ({': '.join(filter(None, [scheme or 'not described', ', '.join(scopes)]))})"
            for name, (scheme, *scopes) in alternative.items()
        )
        for alternative in raw[AUTHENTICATION]
    ]
    return " or ".join(each or "none" for each in said) or "none"


def _credentials(raw: Json) -> frozenset[frozenset[str]]:
    alternatives = raw[AUTHENTICATION] or [{}]
    return frozenset(frozenset(_taken(alternative)) for alternative in alternatives)


def _taken(alternative: Json) -> Iterator[str]:
    """Yield what an alternative takes; in the names of headers, and of HTTP's schemes, case does not count."""
    for name, (scheme, *scopes) in alternative.items():
        kind = (scheme.lower() if scheme.startswith(("header ", "http ")) else scheme) or name
        yield kind
        yield from (f"{kind}: {scope}" for scope in scopes)


def _summary(raw: Json) -> str:
    notes = ["Deprecated."] if raw.get("deprecated") else []
    paragraphs = [raw.get("summary", ""), raw.get("description", ""), *notes]
    return "\n\n".join(paragraph.strip() for paragraph in paragraphs if paragraph) or "Build the request."


def _status(key: str) -> str:
    """Return the key of a response as an expression: 200, "2XX" or "default"."""
    return key if key.isdigit() else repr(key)


def _accept(media_types: Sequence[str]) -> str:
    """Prefer JSON, then whatever is read whole; a stream only if there is nothing else."""
    ranked = sorted(media_types, key=lambda media_type: (essence(media_type) == EVENT_STREAM, _rank(media_type)))
    return essence(ranked[0]) if ranked else "application/json"


def _rank(media_type: str) -> int:
    if essence(media_type) == "application/json":
        return 0
    return 1 if kind_of(media_type) is Kind.JSON else 2


def _one_line(text: str) -> str:
    return " ".join(text.split())
