"""Decides what is said about operations.

The parser leaves out much of an operation (styles of parameters, event streams, where it is documented), which is read
from the document itself.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from openapi_python_client.parser.bodies import Body
from openapi_python_client.parser.openapi import Endpoint, generate_operation_id
from openapi_python_client.parser.responses import Response
from openapi_python_client.schema.untrusted_string import UntrustedString
from openapi_python_client.strings import PythonIdentifier, in_double_quote_literal, in_f_string_literal

from .annotations import Annotations, optional, union
from .document import Json, dereference, operations
from .errors import GenerationError
from .parse import CONFIG, plain
from .views import Operation, Parameter

_MODELS = "models."
"""What comes before the name of a model in an operation's module."""

_EVENT_STREAM = "text/event-stream"

_STYLES = {"path": "simple", "query": "form", "header": "simple"}
"""The styles in which parameters can be sent, by location."""

_BODY_FUNCTIONS = {"json": "json_body", "data": "form_body", "files": "multipart_body", "content": "binary_body"}

_TAKEN = {
    "body",
    "build",
    "evolve",
    "header_map",
    "path_segment",
    "query_pairs",
    "responses",
    *_BODY_FUNCTIONS.values(),
}
"""Names that mean something else in an operation's module."""


class OperationViews:
    """The operations of one document."""

    def __init__(self, content: Json, endpoints: Sequence[Endpoint], annotations: Annotations) -> None:
        self._content = content
        self._endpoints = endpoints
        self._annotations = annotations

    def operations(self) -> list[Operation]:
        """Return the operations, by name."""
        published = {
            _name(path, method, raw): (path, item, raw) for path, method, item, raw in operations(self._content)
        }
        if len(published) != len(self._endpoints):
            raise GenerationError("two operations have names that are the same in Python")
        endpoints = sorted(self._endpoints, key=lambda endpoint: endpoint.name)
        return [self._operation(endpoint, *published[endpoint.name]) for endpoint in endpoints]

    def _operation(self, endpoint: Endpoint, path: str, item: Json, raw: Json) -> Operation:
        facts = self._parameter_facts(endpoint, item, raw)
        media_types = self._success_media_types(raw)
        return Operation(
            name=endpoint.name,
            operation_id=raw.get("operationId", endpoint.name),
            method=endpoint.method.upper(),
            path=_path(endpoint),
            module_doc=_module_doc(f"{endpoint.method.upper()} {path}", raw),
            doc=_summary(raw),
            auth=bool(raw["security"]),
            path_parameters=self._parameters(endpoint.path_parameters, "path", facts),
            query_parameters=self._parameters(endpoint.query_parameters, "query", facts),
            header_parameters=self._parameters(endpoint.header_parameters, "header", facts),
            body=self._body(endpoint.bodies[0], raw) if endpoint.bodies else None,
            body_call=_body_call(endpoint.bodies[0]) if endpoint.bodies else "",
            responses=[(_status(each), union(self._response_members(each))) for each in endpoint.responses],
            result=self._result(endpoint),
            accept=_accept(media_types),
            streams=_EVENT_STREAM in media_types,
        )

    def _parameter_facts(self, endpoint: Endpoint, item: Json, raw: Json) -> dict[tuple[str, str], Json]:
        """Return the published parameters by location and name; raise GenerationError for one that cannot be sent."""
        references = (*item.get("parameters", ()), *raw.get("parameters", ()))
        facts = {(each["in"], each["name"]): each for each in (dereference(self._content, ref) for ref in references)}
        for (location, name), published in facts.items():
            style = _STYLES.get(location)
            if style is None or published.get("style", style) != style or "schema" not in published:
                raise GenerationError(f"{endpoint.name}: the parameter {name} has a form that cannot be sent")
        return facts

    def _parameters(self, props: Iterable[Any], location: str, facts: dict[tuple[str, str], Json]) -> list[Parameter]:
        return [self._parameter(prop, facts[location, plain(prop.name)]) for prop in props]

    def _parameter(self, prop: Any, facts: Json) -> Parameter:
        annotation = self._annotations.parameter(prop, _MODELS)
        return Parameter(
            name=_argument(prop),
            wire_name=plain(prop.name),
            annotation=annotation if prop.required else optional(annotation),
            default="" if prop.required else "None",
            doc=_one_line(facts.get("description", "")),
            explode=facts.get("explode", facts["in"] == "query"),
        )

    def _body(self, body: Body, raw: Json) -> Parameter:
        binary = body.body_type == "content"
        annotation = "Union[bytes, IO[bytes]]" if binary else self._annotations.of(body.prop, _MODELS)
        doc = _one_line(dereference(self._content, raw["requestBody"]).get("description", "The body of the request."))
        if body.prop.required:
            return Parameter("body", "body", annotation, "", doc)
        return Parameter("body", "body", f"Union[{annotation}, Unset]", "UNSET", doc)

    def _result(self, endpoint: Endpoint) -> str:
        members = [member for each in endpoint.responses if _succeeds(each) for member in self._response_members(each)]
        return union(members) if members else "None"

    def _response_members(self, response: Response) -> list[str]:
        whole = response.source["return_type"]
        return [whole] if whole in ("bytes", "str", "None") else self._annotations.members(response.prop, _MODELS)

    def _success_media_types(self, raw: Json) -> list[str]:
        successes = [answer for status, answer in raw.get("responses", {}).items() if str(status).startswith("2")]
        return [kind for answer in successes for kind in dereference(self._content, answer).get("content", {})]


def _name(path: str, method: str, raw: Json) -> str:
    if "operationId" in raw:
        return PythonIdentifier(raw["operationId"], CONFIG.field_prefix)
    return generate_operation_id(path=UntrustedString(path), method=method, prefix=CONFIG.field_prefix)


def _argument(prop: Any) -> str:
    return f"{prop.python_name}_" if prop.python_name in _TAKEN else prop.python_name


def _path(endpoint: Endpoint) -> str:
    """Return an expression for the path with its arguments encoded."""
    if not endpoint.path_parameters:
        return f'"{in_double_quote_literal(endpoint.path)}"'
    path = in_f_string_literal(endpoint.path)
    for prop in endpoint.path_parameters:
        call = f"{{path_segment({plain(prop.name)!r}, {_argument(prop)})}}"
        path = path.replace(f"{{{{{prop.python_name}}}}}", call)
    return f'f"{path}"'


def _module_doc(route: str, raw: Json) -> str:
    clauses = [f"- {source['page']}: {source['clause']}" for source in raw.get("x-sim-documentation", ())]
    return "\n".join([route, "\nDocumented in:", *clauses]) if clauses else route


def _summary(raw: Json) -> str:
    notes = ["Deprecated."] if raw.get("deprecated") else []
    paragraphs = [raw.get("summary", ""), raw.get("description", ""), *notes]
    return "\n\n".join(paragraph.strip() for paragraph in paragraphs if paragraph) or "Build the request."


def _body_call(body: Body) -> str:
    return f'{_BODY_FUNCTIONS[body.body_type]}(body, "{in_double_quote_literal(body.content_type)}")'


def _succeeds(response: Response) -> bool:
    codes = response.status_code.range
    return codes is not None and codes[0] // 100 == 2


def _status(response: Response) -> str:
    """Return the key of a response as an expression: 200, "2XX" or "default"."""
    pattern = response.status_code.pattern
    return pattern if pattern.isdigit() else repr(pattern)


def _accept(media_types: Sequence[str]) -> str:
    """Prefer JSON, then whatever is read whole; a stream only if there is nothing else."""
    if not media_types or any("json" in media_type for media_type in media_types):
        return "application/json"
    return next((media_type for media_type in media_types if media_type != _EVENT_STREAM), _EVENT_STREAM)


def _one_line(text: str) -> str:
    return " ".join(text.split())
