"""What holds for every value that a schema allows: for our own document, and for one of odd constructs."""

import importlib
import io
import json
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Dict, Iterator, NamedTuple, get_type_hints

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from contract_tests.generator.conftest import DOCUMENTS
from contract_tests.generator.differences import difference
from contract_tests.generator.requests_read import form, multipart, parameter, texts
from contract_tests.generator.schema_values import SchemaValues
from tools.generate.document import Json, operations, read
from tools.generate.emit import view
from tools.generate.media import Kind, kind_of
from tools.generate.names import ClassNames
from tools.generate.normalise import OPERATION_REWRITES, normalise
from tools.generate.rewrites.operations import NAME
from tools.generate.views import Operation

OUR_SPEC = Path(__file__).parent.parent.parent / "spec" / "v1" / "openapi.yaml"

CONTENTS: Dict[str, Json] = {
    name: normalise(read(str(path)).content, OPERATION_REWRITES)
    for name, path in (("sim", OUR_SPEC), ("odd", DOCUMENTS / "odd.yaml"))
}
VALUES = {name: SchemaValues(content) for name, content in CONTENTS.items()}
UNKNOWN_VALUES = {name: SchemaValues(content, known_values=False) for name, content in CONTENTS.items()}

SENDABLE = st.text("abcXYZ019-_.~!*'()/?#[]@&=+%;: äß", min_size=1, max_size=8).filter(lambda text: text.strip("."))
ARGUMENTS = {name: SchemaValues(content, SENDABLE, SENDABLE, open_objects=False) for name, content in CONTENTS.items()}

some = settings(
    deadline=None,
    max_examples=int(os.environ.get("CODEGEN_EXAMPLES", "3")),  # more of them in a longer run
    suppress_health_check=list(HealthCheck),
    phases=[Phase.generate, Phase.shrink],  # explaining a failure takes minutes with values of this size
)


class Place(NamedTuple):
    """Where JSON is read: a component, or an answer (the status) of an operation."""

    document: str
    operation: str
    name: str
    schema: Any

    def __str__(self) -> str:
        return " ".join(filter(None, (self.document, self.operation, self.name)))


def places(document: str) -> Iterator[Place]:
    content, classes = CONTENTS[document], ClassNames()
    for name, schema in content["components"]["schemas"].items():
        yield Place(document, "", classes.claim(name), schema)
    for *_, raw in operations(content):
        for status, answer in raw["responses"].items():
            for media_type, media in answer.get("content", {}).items():
                if kind_of(media_type) is Kind.JSON:
                    yield Place(document, raw[NAME], status, media["schema"])


PLACES = [place for document in CONTENTS for place in places(document)]


@pytest.fixture(scope="session")
def packages(odd: Any) -> Dict[str, Any]:
    """The packages by the name of their document: each has ``convert``, ``models`` and ``operations``."""
    return {"sim": Package("sim_api", "v1"), "odd": Package("odd_api", "odd")}


class Package:
    """The parts of a generated package."""

    def __init__(self, name: str, document: str) -> None:
        self.convert = importlib.import_module(f"{name}.convert")
        self.converter = importlib.import_module(f"{name}.converter")
        self.request = importlib.import_module(f"{name}.request")
        self.models = importlib.import_module(f"{name}.{document}.models")
        self.operations = importlib.import_module(f"{name}.{document}.operations")

    def type_of(self, place: Place) -> Any:
        if not place.operation:
            return getattr(self.models, place.name)
        types = getattr(self.operations, place.operation).responses()
        declared = types[int(place.name) if place.name.isdigit() else place.name]
        return declared["application/json"] if isinstance(declared, dict) else declared


@pytest.mark.parametrize("place", PLACES, ids=str)
@some
@given(data=st.data())
def test_json_to_models_and_back_is_the_identity(packages: Dict[str, Any], place: Place, data: st.DataObject) -> None:
    value = data.draw(VALUES[place.document].valid(place.schema))
    package = packages[place.document]
    sent = json.loads(json.dumps(value))
    read = package.convert.structure(value, package.type_of(place))
    assert difference(sent, package.convert.unstructure(read)) is None
    assert value == sent


@pytest.mark.parametrize("place", PLACES, ids=str)
@some
@given(data=st.data())
def test_enum_values_and_tags_that_are_not_known_survive(
    packages: Dict[str, Any], place: Place, data: st.DataObject
) -> None:
    value = data.draw(UNKNOWN_VALUES[place.document].loose(place.schema))
    package = packages[place.document]
    read = package.convert.structure(value, package.type_of(place))
    assert difference(value, package.convert.unstructure(read)) is None


class Sent(NamedTuple):
    """An operation with its arguments' published form."""

    document: str
    view: Operation
    path: str
    raw: Json

    def __str__(self) -> str:
        return f"{self.document} {self.view.name}"


def sent(document: str) -> Iterator[Sent]:
    content = CONTENTS[document]
    views = {operation.name: operation for operation in view(content).operations}
    for path, _, _, raw in operations(content):
        yield Sent(document, views[raw[NAME]], path, raw)


SENT = [each for document in CONTENTS for each in sent(document)]


@pytest.mark.parametrize("each", SENT, ids=str)
@some
@given(data=st.data())
def test_parameters_are_sent_so_that_they_can_be_read_back(
    packages: Dict[str, Any], each: Sent, data: st.DataObject
) -> None:
    package, wire_names = packages[each.document], {}
    build = getattr(package.operations, each.view.name).build
    hints = get_type_hints(build)
    arguments: Dict[str, Any] = {}
    drawn: Dict[str, Any] = {}
    for argument in each.view.arguments(each.view.bodies[0]):
        published = next((p for p in each.raw["parameters"] if p["name"] == argument.wire_name), None)
        if published is None:
            arguments[argument.name] = package.convert.structure(body_of(each, data), hints[argument.name])
        elif published.get("required") or data.draw(st.booleans()):
            drawn[argument.name] = data.draw(ARGUMENTS[each.document].valid(published["schema"]).filter(is_sendable))
            wire_names[argument.name] = published
            arguments[argument.name] = package.convert.structure(drawn[argument.name], hints[argument.name])
    request = build(**arguments)
    for name, value in drawn.items():
        back = parameter(wire_names[name], each.path, request, value)
        expected = value if "content" in wire_names[name] else texts(value)
        assert difference(expected, back) is None, name


def is_sendable(value: Any) -> bool:
    """Whether a value of a parameter is more than nothing, which is the same as no parameter."""
    return value is not None


def body_of(each: Sent, data: st.DataObject) -> Any:
    media = next(iter(each.raw["requestBody"]["content"].values()))
    return data.draw(VALUES[each.document].valid(media["schema"]))


JSON_BODIES = [each for each in SENT if each.view.bodies[0].call.startswith("json_body")]


@pytest.mark.parametrize("each", JSON_BODIES, ids=str)
@some
@given(data=st.data())
def test_a_json_body_is_sent_as_it_is(packages: Dict[str, Any], each: Sent, data: st.DataObject) -> None:
    package = packages[each.document]
    module = getattr(package.operations, each.view.name)
    value = body_of(each, data)
    path = {argument.name: "x" for argument in each.view.path_parameters}
    required = {
        argument.name: "x" for argument in each.view.keyword_parameters(each.view.bodies[0]) if not argument.default
    }
    body = package.convert.structure(value, get_type_hints(module.build)["body"])
    request = module.build(**{**required, **path, "body": body})
    assert difference(value, json.loads(request.body)) is None
    assert request.content_type == each.view.bodies[0].media_type


@some
@given(data=st.data())
def test_forms_are_sent_field_by_field(packages: Dict[str, Any], data: st.DataObject) -> None:
    package, content = packages["odd"], CONTENTS["odd"]
    raw = next(raw for *_, raw in operations(content) if raw[NAME] == "post_odd_no_id")
    values = SchemaValues(content, SENDABLE, SENDABLE, open_objects=False)
    schema = raw["requestBody"]["content"]["application/x-www-form-urlencoded"]["schema"]
    value = data.draw(values.valid(schema))
    module = package.operations.post_odd_no_id
    request = module.build_form(body=package.convert.structure(value, package.models.PostOddNoIdFormBody))
    expected = {
        name: [json.loads(item) if name == "nested" else item for item in items]
        for name, items in form(request.body).items()
    }
    listed = {name: item if isinstance(item, list) else [item] for name, item in value.items()}
    assert expected == {name: items if name == "nested" else texts(items) for name, items in listed.items() if items}


@some
@given(contents=st.lists(st.binary(), max_size=3), note=SENDABLE, meta=st.dictionaries(SENDABLE, st.integers()))
def test_files_are_sent_as_they_are(packages: Dict[str, Any], contents: Any, note: str, meta: Any) -> None:
    package = packages["odd"]
    part = importlib.import_module("odd_api.values").FilePart
    files = [part(content) for content in contents]
    body = package.models.Upload(file=part(io.BytesIO(b"first")), files=files, note=note, meta=meta)
    request = package.operations.post_odd_no_id.build_multipart(body=body)
    back = multipart(request.body, request.content_type)
    assert back.pop("file") == [b"first"]
    assert back.pop("files", []) == contents
    assert back.pop("note") == [note.encode()]
    assert [json.loads(item) for item in back.pop("meta")] == [meta]
    assert back == {}


def test_other_bodies_are_sent_with_their_media_type(packages: Dict[str, Any]) -> None:
    module = packages["odd"].operations.post_odd_no_id
    sent = [
        module.build_text(body="ü"),
        module.build_text(body=b"raw"),
        module.build_binary(body=io.BytesIO(b"zip")),
        module.build_binary_2(body=b"png", content_type="image/png"),
    ]
    assert [(request.body, request.content_type) for request in sent] == [
        ("ü".encode(), "text/plain"),
        (b"raw", "text/plain"),
        (b"zip", "application/zip"),
        (b"png", "image/png"),
    ]


def test_an_answer_is_read_by_its_media_type(packages: Dict[str, Any]) -> None:
    package = packages["odd"]
    operations = package.operations
    everything = {"id": "x", "when": "2026-01-02T03:04:05Z", "anything": None}
    answer = json.dumps(everything).encode()
    read = operations.get_odd.parse
    assert read(200, {"Content-Type": "text/csv; charset=utf-8"}, b"a,b") == "a,b"
    assert read(200, {"content-type": "application/pdf"}, b"\xff") == b"\xff"
    assert type(read(200, {"content-type": "application/json"}, answer)) is package.models.Everything
    assert type(read(200, {}, answer)) is package.models.Everything
    assert operations.get_zip.parse(200, {}, b"PK\xff") == b"PK\xff"
    assert operations.get_zip_2.parse(200, {"content-type": "image/png"}, b"\x89PNG") == b"\x89PNG"
    assert operations.import_.parse(200, {}, b'{"a":1}\n{"a":2}\n') == '{"a":1}\n{"a":2}\n'
    assert operations.field_2_nd_thing.parse(200, {}, b"[1]") == [1]
    assert operations.field_2_nd_thing.parse(202, {}, b"") is None
    with pytest.raises(package.request.ApiError) as failure:
        operations.get_odd.parse(499, {}, b'{"title": "gone"}')
    assert type(failure.value.parsed) is package.models.ProblemResponse


def test_threads_that_race_for_the_first_use_get_the_same(
    packages: Dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    package = packages["odd"]
    cat = {"kind": "feline", "lives": 9}
    tree = {"children": [{"children": []}], "parent": None}
    value = {
        "id": "x",
        "when": "2026-01-02T03:04:05Z",
        "anything": 1,
        "tagged": cat,
        "tree": tree,
        "nullable-ref": None,
    }
    expected = package.convert.unstructure(package.convert.structure(value, package.models.Everything))
    for _ in range(5):
        monkeypatch.setattr(package.converter, "CONVERTER", package.converter._converter())
        together = threading.Barrier(8)

        def read(_: int, together: threading.Barrier = together) -> Any:
            together.wait()
            return package.convert.unstructure(package.convert.structure(value, package.models.Everything))

        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(read, range(8))) == [expected] * 8


def test_the_difference_would_be_seen() -> None:
    assert difference({"a": [{"b": 1}]}, {"a": [{"b": 1.0}]}) == "$.a[0].b"
    assert difference({"a": 1}, {}) == "$.a"
    assert difference({}, {"a": None}) == "$.a"
