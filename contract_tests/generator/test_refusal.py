"""A document that cannot be generated wholly stops the run, naming what and why."""

import textwrap
from pathlib import Path

import pytest

from tools.generate.__main__ import main

OPERATION = """
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /things/{id}:
    get:
      operationId: getThing
      parameters:
        - {name: id, in: path, required: true, schema: {type: string}}
        %(parameter)s
      responses:
        '200': {description: ok, content: {%(media_type)s: {schema: %(schema)s}}}
components: {schemas: {Thing: {type: object, properties: {id: {type: string}}}}}
"""

DEFAULTS = {"parameter": "", "media_type": "application/json", "schema": "{type: string}"}


def run(tmp_path: Path, document: str) -> int:
    spec = tmp_path / "thing.yaml"
    spec.write_text(textwrap.dedent(document))
    return main(["--spec", str(spec), "--output", str(tmp_path), "--package", "thing_api"])


def test_the_document_under_test_is_sound(tmp_path: Path) -> None:
    assert run(tmp_path, OPERATION % DEFAULTS) == 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"parameter": "- {name: c, in: cookie, schema: {type: string}}"}, "get_thing: the parameter c"),
        (
            {"parameter": "- {name: q, in: query, style: deepObject, schema: {type: object}}"},
            "get_thing: the parameter q",
        ),
        ({"parameter": "- {name: q, in: query, content: {application/json: {}}}"}, "get_thing: the parameter q"),
        ({"parameter": "- {name: H, in: header, schema: {type: array, items: {}}}"}, "GET /things/{id}"),
        ({"media_type": "image/png"}, "GET /things/{id}"),
        ({"schema": "{$ref: '#/components/schemas/Absent'}"}, "GET /things/{id}"),
    ],
)
def test_what_cannot_be_generated_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: "dict[str, str]", message: str
) -> None:
    assert run(tmp_path, OPERATION % {**DEFAULTS, **change}) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "thing_api").exists()


def test_two_operations_of_one_python_name_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document = """
        openapi: 3.1.0
        info: {title: T, version: '1'}
        paths:
          /a: {get: {operationId: getThing, responses: {'204': {description: ok}}}}
          /b: {get: {operationId: get_thing, responses: {'204': {description: ok}}}}
    """
    assert run(tmp_path, document) == 2
    assert "same in Python" in capsys.readouterr().err


def test_two_documents_of_one_name_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "request.yaml"  # the name of a runtime module
    spec.write_text(OPERATION % DEFAULTS)
    assert main(["--spec", str(spec), "--output", str(tmp_path), "--package", "thing_api"]) == 2
    assert "the module request" in capsys.readouterr().err


@pytest.mark.parametrize("document", ["", "just text", "{title: no API}", "a: [unclosed"])
def test_what_is_no_document_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], document: str) -> None:
    assert run(tmp_path, document) == 2
    assert "thing.yaml" in capsys.readouterr().err
