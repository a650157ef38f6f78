"""What the templates say about models and operations, all decisions made."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from openapi_python_client.parser.bodies import Body
from openapi_python_client.parser.openapi import Endpoint, GeneratorData, generate_operation_id
from openapi_python_client.parser.properties import Class, LiteralEnumProperty, ModelProperty
from openapi_python_client.parser.properties.const import ConstProperty
from openapi_python_client.parser.responses import Response
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier, in_double_quote_literal, in_f_string_literal

from .annotations import Annotations, Sibling, contents, is_nullable, optional, union
from .document import Json, dereference, operations
from .errors import GenerationError
from .normalise import ALIASES
from .parse import CONFIG

MODELS = "models."
"""How an operation's module names a model."""

EVENT_STREAM = "text/event-stream"


@dataclass(frozen=True)
class Field:
    """An attribute of a model; ``default`` is an expression, "" if the value is required."""

    name: str
    wire_name: str
    annotation: str
    default: str
    doc: str


@dataclass(frozen=True)
class Model:
    """A class."""

    name: str
    module: str
    doc: str
    fields: Sequence[Field]
    extra: str
    siblings: Sequence[Sibling]

    @property
    def wire(self) -> dict[str, str]:
        """The attributes whose JSON key is not their name, with that key."""
        return {field.name: field.wire_name for field in self.fields if field.name != field.wire_name}

    @property
    def sibling_names(self) -> tuple[str, ...]:
        """The classes that the annotations name."""
        return tuple(sibling.name for sibling in self.siblings)


@dataclass(frozen=True)
class Alias:
    """A name for a type that is not a class: an enum, a union, a map, a list or a scalar."""

    name: str
    module: str
    annotation: str
    doc: str
    siblings: Sequence[Sibling]


@dataclass(frozen=True)
class Parameter:
    """An argument of an operation."""

    name: str
    wire_name: str
    annotation: str
    default: str
    doc: str
    explode: bool = False

    @property
    def declaration(self) -> str:
        """The argument as a signature has it."""
        return f"{self.name}: {self.annotation}" + (f" = {self.default}" if self.default else "")


@dataclass(frozen=True)
class Operation:
    """An operation, its arguments by the place where they travel; ``path`` and ``body_call`` are expressions."""

    name: str
    operation_id: str
    method: str
    path: str
    doc: str
    auth: bool
    path_parameters: Sequence[Parameter]
    query_parameters: Sequence[Parameter]
    header_parameters: Sequence[Parameter]
    body: Parameter | None
    body_call: str
    responses: Sequence[tuple[str, str]]
    result: str
    accept: str
    streams: bool

    @property
    def keyword_parameters(self) -> Sequence[Parameter]:
        """The arguments behind the star: the body first."""
        return [*([self.body] if self.body else []), *self.query_parameters, *self.header_parameters]

    @property
    def full_doc(self) -> str:
        """The description with the arguments' own."""
        parameters = [*self.path_parameters, *self.keyword_parameters]
        if not parameters:
            return self.doc
        arguments = "\n".join(f"    {each.name}: {each.doc or each.wire_name}" for each in parameters)
        raises = "    ValueError, TypeError: An argument cannot be sent; the message names it."
        return f"{self.doc}\n\nArgs:\n{arguments}\n\nRaises:\n{raises}"


class Views:
    """The views of one document."""

    def __init__(self, content: Json, data: GeneratorData) -> None:
        self._content = content
        self._data = data
        self._annotations = Annotations(data.models)
        endpoints = [e for collection in data.endpoint_collections_by_tag.values() for e in collection.endpoints]
        self._endpoints = sorted(endpoints, key=lambda endpoint: endpoint.name)
        self._sent = self._annotations.reachable(body.prop for endpoint in endpoints for body in endpoint.bodies)

    def models(self) -> list[Model]:
        """Return the classes, by name."""
        classes = [model for model in self._data.models if self._is_class(model)]
        return sorted(map(self._model, classes), key=lambda model: model.name)

    def aliases(self) -> list[Alias]:
        """Return the enums and the components that are no classes, by name."""
        enums = [self._alias(enum.class_info, _literal(enum.values), enum) for enum in self._data.enums]
        taken = {alias.name for alias in enums} | {model.name for model in self.models()}
        index = next((model for model in self._data.models if model.class_info.name == ALIASES), None)
        others = [
            self._alias(Class.from_string(string=prop.name, config=CONFIG), self._annotations.of(prop), prop)
            for prop in (index.required_properties or () if index else ())
        ]
        return sorted([*enums, *(alias for alias in others if alias.name not in taken)], key=lambda alias: alias.name)

    def operations(self) -> list[Operation]:
        """Return the operations, by name."""
        published = {
            _operation_name(path, method, raw): (item, raw) for path, method, item, raw in operations(self._content)
        }
        if len(published) != len(self._endpoints):
            raise GenerationError("two operations have names that are the same in Python")
        return [self._operation(endpoint, *published[endpoint.name]) for endpoint in self._endpoints]

    def _is_class(self, model: ModelProperty) -> bool:
        return model.class_info.name != ALIASES and not self._annotations.is_map(model)

    def _alias(self, class_info: Class, annotation: str, prop: Any) -> Alias:
        siblings = () if isinstance(prop, LiteralEnumProperty) else sorted(self._annotations.siblings(prop))
        return Alias(class_info.name, class_info.module_name, annotation, _text(prop.description), siblings)

    def _model(self, model: ModelProperty) -> Model:
        extra = self._annotations.of(model.additional_properties) if model.additional_properties else "Any"
        own = Sibling(model.class_info.name, model.class_info.module_name)
        siblings = set[Sibling]().union(*map(self._annotations.siblings, contents(model))) - {own}
        named = [*(model.required_properties or ()), *(model.optional_properties or ())]
        return Model(
            name=own.name,
            module=own.module,
            doc=_text(model.description) or own.name,
            fields=[self._field(model, prop) for prop in named],
            extra=extra,
            siblings=sorted(siblings),
        )

    def _field(self, model: ModelProperty, prop: Any) -> Field:
        annotation = self._annotations.of(prop)
        default = ""
        if prop.required:
            default = repr(prop.value.raw_value) if isinstance(prop, ConstProperty) else ""
        elif is_nullable(prop) and model.class_info.name in self._sent:
            # Leaving the key out and sending null differ here; null is what None means.
            annotation, default = annotation if annotation == "Any" else f"Union[{annotation}, Unset]", "UNSET"
        else:
            annotation, default = optional(annotation), "None"
        return Field(prop.python_name, _text(prop.name), annotation, default, self._field_doc(model, prop))

    def _field_doc(self, model: ModelProperty, prop: Any) -> str:
        """Return a field's own description; the parser gives a reference the description of what it refers to."""
        schema = self._content["components"]["schemas"].get(model.class_info.name, {})
        published = schema.get("properties", {}).get(_text(prop.name))
        return _text(prop.description) if published is None else published.get("description", "")

    def _operation(self, endpoint: Endpoint, item: Json, raw: Json) -> Operation:
        published = [
            dereference(self._content, each) for each in (*item.get("parameters", ()), *raw.get("parameters", ()))
        ]
        facts = {(each["in"], each["name"]): each for each in published}
        located = {
            place: [self._parameter(prop, facts[place, _text(prop.name)]) for prop in props]
            for place, props in (
                ("path", endpoint.path_parameters),
                ("query", endpoint.query_parameters),
                ("header", endpoint.header_parameters),
            )
        }
        if sum(map(len, located.values())) != len(facts):
            raise GenerationError(f"{endpoint.name}: a parameter is neither in path, query or header nor has a schema")
        body = endpoint.bodies[0] if endpoint.bodies else None
        media_types = _success_media_types(self._content, raw)
        return Operation(
            name=endpoint.name,
            operation_id=raw.get("operationId", endpoint.name),
            method=endpoint.method.upper(),
            path=_path(endpoint),
            doc=_operation_doc(raw),
            auth=bool(raw["security"]),
            path_parameters=located["path"],
            query_parameters=located["query"],
            header_parameters=located["header"],
            body=self._body(body, dereference(self._content, raw["requestBody"])) if body else None,
            body_call=_body_call(body) if body else "",
            responses=[(_status(each), union(self._response_members(each))) for each in endpoint.responses],
            result=self._result(endpoint),
            accept=_accept(media_types),
            streams=EVENT_STREAM in media_types,
        )

    def _parameter(self, prop: Any, facts: Json) -> Parameter:
        annotation = self._annotations.parameter(prop, MODELS)
        return Parameter(
            name=prop.python_name,
            wire_name=_text(prop.name),
            annotation=annotation if prop.required else optional(annotation),
            default="" if prop.required else "None",
            doc=_one_line(facts.get("description", "")),
            explode=facts.get("explode", facts.get("style", "form") == "form"),
        )

    def _body(self, body: Body, facts: Json) -> Parameter:
        binary = body.body_type == "content"
        annotation = "Union[bytes, IO[bytes]]" if binary else self._annotations.of(body.prop, MODELS)
        doc = _one_line(facts.get("description", ""))
        if body.prop.required:
            return Parameter("body", "body", annotation, "", doc)
        return Parameter("body", "body", f"Union[{annotation}, Unset]", "UNSET", doc)

    def _result(self, endpoint: Endpoint) -> str:
        members = [member for each in endpoint.responses if _succeeds(each) for member in self._response_members(each)]
        return union(members) if members else "None"

    def _response_members(self, response: Response) -> list[str]:
        whole = response.source["return_type"]
        return [whole] if whole in ("bytes", "str", "None") else self._annotations.members(response.prop, MODELS)


def _operation_name(path: str, method: str, raw: Json) -> str:
    if "operationId" in raw:
        return PythonIdentifier(raw["operationId"], CONFIG.field_prefix)
    return generate_operation_id(path=UntrustedString(path), method=method, prefix=CONFIG.field_prefix)


def _path(endpoint: Endpoint) -> str:
    """Return an expression for the path with its arguments encoded."""
    path = in_f_string_literal(endpoint.path)
    for prop in endpoint.path_parameters:
        call = f"{{path_segment({_text(prop.name)!r}, {prop.python_name})}}"
        path = path.replace(f"{{{{{prop.python_name}}}}}", call)
    return f'f"{path}"' if endpoint.path_parameters else f'"{in_double_quote_literal(endpoint.path)}"'


def _operation_doc(raw: Json) -> str:
    notes = ["Deprecated."] if raw.get("deprecated") else []
    source = raw.get("x-sim-documentation")
    if isinstance(source, str):
        notes.append(f"Documented at {source}")
    return "\n\n".join(filter(None, [raw.get("summary", ""), raw.get("description", ""), *notes]))


def _body_call(body: Body) -> str:
    function = {"json": "json_body", "data": "form_body", "files": "multipart_body", "content": "binary_body"}
    return f'{function[body.body_type]}(body, "{in_double_quote_literal(body.content_type)}")'


def _succeeds(response: Response) -> bool:
    codes = response.status_code.range
    return codes is not None and codes[0] // 100 == 2


def _status(response: Response) -> str:
    """Return the key of a response as an expression: 200, "2XX" or "default"."""
    pattern = response.status_code.pattern
    return pattern if pattern.isdigit() else repr(pattern)


def _success_media_types(content: Json, raw: Json) -> list[str]:
    answers = [
        dereference(content, answer) for status, answer in raw["responses"].items() if str(status).startswith("2")
    ]
    return [media_type for answer in answers for media_type in answer.get("content", {})]


def _accept(media_types: Sequence[str]) -> str:
    """Prefer JSON, then whatever is read whole; a stream only if there is nothing else."""
    if not media_types or any("json" in media_type for media_type in media_types):
        return "application/json"
    return next((media_type for media_type in media_types if media_type != EVENT_STREAM), EVENT_STREAM)


def _literal(values: Iterable[object]) -> str:
    # The parser keeps the values as a set: only sorted ones are the same in every run.
    return f"Literal[{', '.join(map(repr, sorted(values, key=repr)))}]"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _text(value: UntrustedString | str | None) -> str:
    return value.get_untrusted_value() if isinstance(value, UntrustedString) else value or ""
