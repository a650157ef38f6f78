"""JSON to models and back is the identity on the document's examples and on what real servers answered."""

import json
import re
from pathlib import Path
from typing import Any, Dict, Iterator, List, Tuple

import pytest
import yaml

from contract_tests.generator.differences import difference
from sim_api.convert import structure, unstructure
from sim_api.v1 import models, operations

PROJECT = Path(__file__).parent.parent.parent
DOCUMENT: Dict[str, Any] = yaml.safe_load((PROJECT / "spec" / "v1" / "openapi.yaml").read_text(encoding="utf-8"))
RECORDINGS = sorted((PROJECT / "contract_tests" / "recordings").glob("*/*.json"))


def snake(operation_id: str) -> str:
    return re.sub(r"(?<=[a-z])(?=[A-Z])", "_", operation_id).lower()


ROUTES = [
    (
        method.upper(),
        re.compile(re.sub(r"\{\w+\}", "[^/]+", path)),
        getattr(operations, snake(operation["operationId"])),
    )
    for path, item in DOCUMENT["paths"].items()
    for method, operation in item.items()
    if method in ("get", "post")
]


def declared(recording: Dict[str, Any]) -> Any:
    """Return the type that the operation of a recorded exchange declares for the answer, None if there is none."""
    path = recording["request"]["path"].split("?")[0]
    for method, route, operation in ROUTES:
        if method == recording["request"]["method"] and route.fullmatch(path):
            return operation.responses().get(recording["response"]["status"])
    return None


def json_answers() -> Iterator[Tuple[str, Any, Any]]:
    for file in RECORDINGS:
        recording = json.loads(file.read_text(encoding="utf-8"))
        expected = declared(recording)
        try:
            yield f"{file.parent.name}/{file.stem}", expected, json.loads(recording["response"]["body"])
        except (KeyError, TypeError, ValueError):
            continue


def frames() -> Iterator[Any]:
    for file in RECORDINGS:
        body = json.loads(file.read_text(encoding="utf-8"))["response"].get("body") or ""
        for line in body.splitlines():
            if line.startswith("data: "):
                yield json.loads(line[len("data: ") :])


def examples() -> Iterator[Tuple[str, Any]]:
    for name, schema in DOCUMENT["components"]["schemas"].items():
        yield from ((name, example) for example in schema.get("examples", ()))


ANSWERS: List[Tuple[str, Any, Any]] = [each for each in json_answers() if each[1] is not None]


def test_the_recordings_reach_every_operation() -> None:
    types = {each[1] for each in ANSWERS}
    assert len(ANSWERS) > 200
    assert all(operation.responses()[200] in types for *_, operation in ROUTES)


@pytest.mark.parametrize(("name", "expected", "value"), ANSWERS, ids=[each[0] for each in ANSWERS])
def test_recorded_answers(name: str, expected: Any, value: Any) -> None:
    read = structure(value, expected)
    assert difference(value, unstructure(read)) is None
    if isinstance(expected, type):
        assert isinstance(read, expected)


def test_recorded_frames() -> None:
    kinds = set()
    for frame in frames():
        read = structure(frame, models.StreamFrame)
        kinds.add(type(read).__name__)
        assert difference(frame, unstructure(read)) is None
    assert {"StreamChunk", "StreamFinal", "StreamErrorEvent", "StreamBlockError"} <= kinds <= {*models.__all__, "str"}


@pytest.mark.parametrize(("name", "value"), list(examples()))
def test_examples_of_the_document(name: str, value: Any) -> None:
    read = structure(value, getattr(models, name))
    assert difference(value, unstructure(read)) is None
    if isinstance(getattr(models, name), type):
        assert type(read).__name__ == name
