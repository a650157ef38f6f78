"""Checks requests and answers against the OpenAPI document."""

import functools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal
from urllib.parse import parse_qsl, quote

import jsonschema_rs
import yaml

from sim_conformance.mock.exchange import Call, Reply
from sim_conformance.mock.jsons import Json, as_array, as_object, decode

BASE_URI = "urn:sim:openapi"
TERMINATOR = "[DONE]"
LONGEST_MESSAGE = 300

SPEC_IN_WHEEL = Path(__file__).parents[1] / "spec" / "v1" / "openapi.yaml"
SPEC_IN_CHECKOUT = Path(__file__).parents[3] / "spec" / "v1" / "openapi.yaml"

Side = Literal["request", "response"]


@dataclass(frozen=True)
class Violation:
    """A request or an answer that the document does not allow.

    Attributes:
        side: who is at fault: `request` is the client, `response` the mock itself.
        operation: its operationId; empty where the request matches none.
        location: what is wrong, such as `body`, `query limit`, `header Retry-After` or `frame 3`.
    """

    side: Side
    operation: str
    location: str
    message: str


@dataclass(frozen=True)
class Parameter:
    """A parameter, or a header of an answer."""

    place: str
    name: str
    required: bool
    types: frozenset[str]
    validator: jsonschema_rs.Validator

    def problems(self, text: str | None) -> Iterator[str]:
        """What is wrong with its value; None where there is none."""
        if text is not None:
            yield from messages(self.validator, self._value(text))
        elif self.required:
            yield "is required"

    def _value(self, text: str) -> Json:
        if "array" in self.types:
            return text.split(",")
        if "boolean" in self.types and text in ("true", "false"):
            return text == "true"
        if self.types & {"integer", "number"}:
            return _number(text)
        return text


@dataclass(frozen=True)
class Answer:
    """One documented answer of an operation."""

    headers: tuple[Parameter, ...]
    bodies: Mapping[str, jsonschema_rs.Validator]
    frames: jsonschema_rs.Validator | None


@dataclass(frozen=True)
class Operation:
    """One operation of the document."""

    id: str
    method: str
    parameters: tuple[Parameter, ...]
    body: jsonschema_rs.Validator | None
    answers: Mapping[str, Answer]

    def answer(self, status: int) -> Answer | None:
        """The documented answer of that status."""
        for key in (str(status), f"{status // 100}XX", "default"):
            if key in self.answers:
                return self.answers[key]
        return None


class Contract:
    """The operations of one OpenAPI document, compiled.

    Args:
        document: an OpenAPI 3.1 document.
    """

    def __init__(self, document: dict[str, Json]) -> None:
        self._document = document
        self._registry = jsonschema_rs.Registry([(BASE_URI, document)], draft=jsonschema_rs.Draft202012)
        self.operations = {operation.id: operation for operation in self._compile()}

    def check_request(self, operation_id: str, call: Call) -> list[Violation]:
        """What is wrong with a request."""
        operation = self.operations[operation_id]
        if call.method != operation.method:
            return [Violation("request", operation_id, "method", f"{call.method} is not {operation.method}")]
        found = [
            *self._parameter_problems(operation, call),
            *self._body_problems(operation, call),
        ]
        return [Violation("request", operation_id, location, message) for location, message in found]

    def check_response(self, operation_id: str, reply: Reply) -> list[Violation]:
        """What is wrong with an answer."""
        answer = self.operations[operation_id].answer(reply.status)
        if answer is None:
            return [Violation("response", operation_id, "status", f"{reply.status} is not documented")]
        found = [*self._header_problems(answer, reply), *self._reply_problems(answer, reply)]
        return [Violation("response", operation_id, location, message) for location, message in found]

    def check_value(self, schema: str, value: Json) -> list[str]:
        """What is wrong with a value by the schema of that name."""
        return list(messages(self._validator(("components", "schemas", schema)), value))

    def _parameter_problems(self, operation: Operation, call: Call) -> Iterator[tuple[str, str]]:
        given = {"query": dict(parse_qsl(call.query, keep_blank_values=True)), "path": call.params}
        for parameter in operation.parameters:
            if parameter.place == "header":
                text = call.headers.get(parameter.name.lower())
            else:
                text = given[parameter.place].get(parameter.name)
            for message in parameter.problems(text):
                yield f"{parameter.place} {parameter.name}", message
        known = {parameter.name for parameter in operation.parameters if parameter.place == "query"}
        for name in given["query"].keys() - known:
            yield f"query {name}", "is no parameter of the operation"

    def _body_problems(self, operation: Operation, call: Call) -> Iterator[tuple[str, str]]:
        if not call.body:
            return
        if operation.body is None:
            yield "body", "the operation takes none"
            return
        media_type = call.headers.get("content-type", "").partition(";")[0].strip().lower()
        if media_type != "application/json":
            yield "header Content-Type", f"{media_type or 'missing'} is not application/json"
        try:
            body = decode(call.body)
        except ValueError:
            yield "body", "is not JSON"
            return
        for message in messages(operation.body, body):
            yield "body", message

    def _header_problems(self, answer: Answer, reply: Reply) -> Iterator[tuple[str, str]]:
        for header in answer.headers:
            for message in header.problems(reply.headers.get(header.name.lower())):
                yield f"header {header.name}", message

    def _reply_problems(self, answer: Answer, reply: Reply) -> Iterator[tuple[str, str]]:
        media_type = reply.headers.get("content-type", "").partition(";")[0]
        validator = answer.bodies.get(media_type)
        if validator is None:
            yield "header Content-Type", f"{media_type or 'missing'} is not documented"
        elif reply.frames is None:
            for message in messages(validator, decode(reply.body)):
                yield "body", message
        elif answer.frames is not None:
            for number, frame in enumerate(reply.frames, start=1):
                if frame.data != TERMINATOR:
                    for message in messages(answer.frames, frame.data):
                        yield f"frame {number}", message

    def _compile(self) -> Iterator[Operation]:
        for path, item in self._document["paths"].items():
            for method in ("get", "post"):
                if method in item:
                    yield self._operation(path, method)

    def _operation(self, path: str, method: str) -> Operation:
        item = ("paths", path)
        parameters = [
            self._parameter((*place, "parameters", str(number)))
            for place in (item, (*item, method))
            for number in range(len(self._at(place).get("parameters", [])))
        ]
        node = self._at((*item, method))
        body = (*item, method, "requestBody", "content", "application/json", "schema")
        answers = {status: self._answer((*item, method, "responses", status)) for status in node["responses"]}
        return Operation(
            node["operationId"],
            method.upper(),
            tuple(parameters),
            self._validator(body) if "requestBody" in node else None,
            answers,
        )

    def _parameter(self, place: tuple[str, ...], name: str = "") -> Parameter:
        place = self._followed(place)
        node = self._at(place)
        return Parameter(
            node.get("in", "header"),
            node.get("name", name),
            node.get("required", False),
            self._types(node["schema"]),
            self._validator((*place, "schema")),
        )

    def _answer(self, place: tuple[str, ...]) -> Answer:
        place = self._followed(place)
        node = self._at(place)
        content: dict[str, Json] = node.get("content", {})
        frames: list[str] = [media["x-sim-frames"] for media in content.values() if "x-sim-frames" in media]
        return Answer(
            tuple(self._parameter((*place, "headers", name), name) for name in node.get("headers", {})),
            {media: self._validator((*place, "content", media, "schema")) for media in content},
            self._validator(tuple(frames[0].removeprefix("#/").split("/"))) if frames else None,
        )

    def _types(self, schema: dict[str, Json]) -> frozenset[str]:
        alternatives = as_array(schema.get("anyOf")) or [schema]
        return frozenset(name for one in alternatives for name in as_array(one.get("type")) or [one.get("type")])

    def _followed(self, place: tuple[str, ...]) -> tuple[str, ...]:
        node = self._at(place)
        while "$ref" in node:
            place = tuple(node["$ref"].removeprefix("#/").split("/"))
            node = self._at(place)
        return place

    def _at(self, place: tuple[str, ...]) -> dict[str, Json]:
        node: Json = self._document
        for key in place:
            items = as_array(node)
            node = node[key] if items is None else items[int(key)]
        return as_object(node) or {}

    def _validator(self, place: tuple[str, ...]) -> jsonschema_rs.Validator:
        pointer = "/".join(key.replace("~", "~0").replace("/", "~1") for key in place)
        reference = f"{BASE_URI}#/{quote(pointer, safe='/~')}"
        return jsonschema_rs.validator_for({"$ref": reference}, registry=self._registry, validate_formats=True)


@functools.cache
def document() -> dict[str, Json]:
    """The OpenAPI document of version 1 of the API. Not to be changed.

    Raises:
        FileNotFoundError: when it is neither in the installed package nor in a checkout.
    """
    path = SPEC_IN_WHEEL if SPEC_IN_WHEEL.exists() else SPEC_IN_CHECKOUT
    if not path.exists():
        raise FileNotFoundError(f"the API's document is missing: looked for {SPEC_IN_WHEEL} and {SPEC_IN_CHECKOUT}")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return as_object(yaml.load(path.read_text(encoding="utf-8"), Loader=loader)) or {}


@functools.cache
def contract() -> Contract:
    """The contract of version 1 of the API, compiled once in a process.

    Raises:
        FileNotFoundError: when there is no document.
    """
    return Contract(document())


def messages(validator: jsonschema_rs.Validator, value: Json) -> Iterator[str]:
    """What is wrong with a value, each with the place inside of it."""
    try:
        errors = validator.iter_errors(value)
    except UnicodeEncodeError:
        # Half a surrogate pair, which JSON can write and the validator cannot read.
        errors = validator.iter_errors(decode(json.dumps(value, ensure_ascii=False).encode(errors="replace")))
    for error in errors:
        where = "/".join(map(str, error.instance_path))
        text = error.message if len(error.message) <= LONGEST_MESSAGE else f"{error.message[:LONGEST_MESSAGE]}…"
        yield f"at {where}: {text}" if where else text


def _number(text: str) -> Json:
    for read in (int, float):
        try:
            return read(text)
        except ValueError:
            continue
    return text
