"""A document that cannot be generated wholly stops the run, naming what and why, unless gaps are allowed."""

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
      requestBody: {content: {%(media)s: {schema: {properties: {a: %(field)s}}, encoding: {a: %(encoding)s}}}}
      responses:
        '200': {description: ok, content: {application/json: {schema: %(schema)s}}}
  %(other)s:
    %(path)s
components:
  schemas:
    Thing: {type: object, properties: {id: {$ref: %(component)s}}}
    Id: {type: string}
"""

DEFAULTS = {
    "parameter": "",
    "media": "multipart/form-data",
    "field": "{type: string}",
    "encoding": "{}",
    "schema": "{type: string}",
    "other": "/others",
    "path": "get: {operationId: getOthers, responses: {'204': {}}}",
    "component": "'#/components/schemas/Id'",
}

DISCRIMINATOR = "discriminator of the schema has no propertyName that is text, or a mapping to what is no text"
FORM = "application/x-www-form-urlencoded"

LEFT_OUT = [
    ({"parameter": "- {name: q, in: body, schema: {type: string}}"}, "GET /things/{id}: the parameter q is in body"),
    (
        {"parameter": "- {name: id, in: path, style: label, schema: {type: string}}"},
        "GET /things/{id}: the parameter id has the style label",
    ),
    (
        {"parameter": "- {name: other, in: path, schema: {type: string}}"},
        "GET /things/{id}: the parameter other is not in the path",
    ),
    (
        {"parameter": "- {$ref: '#/components/parameters/Absent'}"},
        "GET /things/{id}: #/components/parameters/Absent is not in the document",
    ),
    ({"encoding": "{style: deepObject}"}, "GET /things/{id}: the form field a has the style deepObject"),
    (
        {"schema": "{$ref: '#/components/schemas/Absent'}"},
        "GET /things/{id}: #/components/schemas/Absent is not in the document",
    ),
    (
        {"schema": "{type: array, items: {$ref: 'other.yaml#/Thing'}}"},
        "GET /things/{id}: other.yaml#/Thing leads out of the document; bundle it first",
    ),
    (
        {"schema": "{$ref: '#Thing'}"},
        "GET /things/{id}: #Thing is the name of an anchor; refer to its place, as in #/components/schemas/Name",
    ),
    ({"schema": "{$ref: '#'}"}, "GET /things/{id}: # is the whole document, which is nothing that can stand here"),
    ({"schema": "{type: date}"}, "GET /things/{id}: type of the schema is 'date'"),
    (
        {"schema": "{type: object, properties: {a: {type: array, items: [{}]}}}"},
        "GET /things/{id}: items of a is a list, no schema",
    ),
    ({"schema": "{oneOf: {type: string}}"}, "GET /things/{id}: oneOf of the schema is an object"),
    ({"schema": "{required: true}"}, "GET /things/{id}: required of the schema is True, not a list of names"),
    ({"schema": "{required: [[]]}"}, "GET /things/{id}: required of the schema holds a list, not a name"),
    ({"schema": "{discriminator: {}}"}, f"GET /things/{{id}}: {DISCRIMINATOR}"),
    (
        {"schema": "{discriminator: {propertyName: a, mapping: {a: {}}}}"},
        f"GET /things/{{id}}: {DISCRIMINATOR}",
    ),
    ({"schema": "text"}, "GET /things/{id}: the schema is 'text', no schema"),
    ({"schema": "{$ref: 5}"}, "GET /things/{id}: $ref of the schema is 5, not text"),
    ({"parameter": "- text"}, "GET /things/{id}: 'text' stands where an object is expected"),
    # The parser does not take it, and no check looks for it.
    ({"schema": "{type: integer, maxLength: [1]}"}, "GET /things/{id}: "),
    ({"parameter": "- {name: [q], in: query}"}, "GET /things/{id}: the name of a parameter is ['q']"),
    ({"parameter": "- {in: query}"}, "GET /things/{id}: the name of a parameter is None"),
    ({"encoding": "5"}, "GET /things/{id}: encoding is no object of encodings"),
    ({"encoding": "{explode: no}"}, "GET /things/{id}: explode of a is 'no', not true or false"),
    (
        {"encoding": "{explode: false}", "field": "{type: array}"},
        "GET /things/{id}: it is not defined how the form field a is written: list, style form",
    ),
    (
        {"encoding": "{style: form}", "field": "{properties: {b: {}}}"},
        "GET /things/{id}: it is not defined how the form field a is written: object, style form, exploded",
    ),
    (
        {"media": FORM, "encoding": "{style: deepObject}", "field": "{type: array}"},
        "GET /things/{id}: it is not defined how the form field a is written: list, style deepObject",
    ),
    (
        {"media": FORM, "encoding": "{explode: true}", "field": "{additionalProperties: {type: array}}"},
        "GET /things/{id}: it is not defined how the form field a is written: object of lists, style form, exploded",
    ),
    (
        {"media": FORM, "encoding": "{style: spaceDelimited, explode: true}", "field": "{type: object}"},
        "GET /things/{id}: it is not defined how the form field a is written: object, style spaceDelimited, exploded",
    ),
    (
        {"parameter": "- {name: q, in: query, required: no}"},
        "GET /things/{id}: required of q is 'no', not true or false",
    ),
    (
        {"parameter": "- {name: X-Q, in: header, required: true}\n        - {name: x-q, in: header}"},
        "GET /things/{id}: the parameter X-Q is there twice",
    ),
    (
        {"parameter": "- {name: cookie, in: header}\n        - {name: c, in: cookie}"},
        "GET /things/{id}: the header Cookie is a parameter, and so are cookies, which travel in it",
    ),
    ({"schema": "{nullable: yes}"}, "GET /things/{id}: nullable of the schema is 'yes', not true or false"),
    (
        {"parameter": "- {name: q, in: query, schema: {type: array, items: {properties: {a: {}}}}}"},
        "GET /things/{id}: it is not defined how the parameter q is written: list of objects, style form, exploded",
    ),
    (
        {"parameter": "- {name: q, in: query, style: deepObject, schema: {type: array}}"},
        "GET /things/{id}: it is not defined how the parameter q is written: list, style deepObject",
    ),
    (
        {"parameter": "- {name: X-Q, in: header, schema: {additionalProperties: {type: array}}}"},
        "GET /things/{id}: it is not defined how the parameter X-Q is written: object of lists, style simple",
    ),
    (
        {"parameter": "- {name: q, in: query, content: {text/plain: {schema: {type: array}}}}"},
        "GET /things/{id}: it is not defined how the parameter q is written: list, a media type that is not JSON",
    ),
    (
        {"path": "get: {servers: [{url: 'https://other.example'}], responses: {'204': {}}}"},
        "GET /others: it is at a server of its own, https://other.example, and requests go to one for all",
    ),
    (
        {"path": "{servers: [{url: /v2}], get: {responses: {'204': {}}}}"},
        "GET /others: it is at a server of its own, /v2, and requests go to one for all",
    ),
    ({"path": "get: {servers: [5], responses: {'204': {}}}"}, "GET /others: servers holds 5"),
    ({"path": "get: {security: 5, responses: {'204': {}}}"}, "GET /others: security is 5"),
    (
        {"path": "get: {security: [{Key: read}], responses: {'204': {}}}"},
        "GET /others: Key in security is 'read', not a list of scopes",
    ),
    ({"path": "get: {deprecated: no, responses: {'204': {}}}"}, "GET /others: deprecated is 'no'"),
    ({"path": "get: {x-sim-documentation: {page: a}}"}, "GET /others: x-sim-documentation is an object"),
    ({"path": "get: {x-sim-documentation: [a]}"}, "GET /others: x-sim-documentation holds 'a'"),
    (
        {"path": "get: {x-sim-documentation: [{page: a}]}"},
        "GET /others: clause of x-sim-documentation is None, not text",
    ),
    ({"path": "query: {responses: {'204': {}}}"}, "QUERY /others: the method is not known"),
    ({"path": "get: {responses: {'204': {}}}", "other": "others"}, "GET others: the path does not begin with /"),
    ({"other": "/others/{}"}, "GET /others/{}: the path holds braces without a name between"),
    ({"other": "/others/{a{b}}"}, "GET /others/{a{b}}: the path holds braces without a name between"),
    ({"path": "get: {responses: {OK: {}}}"}, "GET /others: it answers 'OK', which is no status"),
    ({"path": "get: {responses: {'200,201': {}}}"}, "GET /others: it answers '200,201', which is no status"),
    ({"path": "get: {responses: {200: {content: {json: {}}}}}"}, "GET /others: 'json' in content is no media type"),
    ({"other": "/others?a=b"}, "GET /others?a=b: the path holds what ends a path"),
    ({"path": "$ref: '#/components/pathItems/Absent'"}, "/others: #/components/pathItems/Absent cannot be followed"),
    ({"component": "'#/components/schemas/No'"}, "schemas Thing: #/components/schemas/No is not in the document"),
    (
        {"component": "'#/components/schemas/Thing/properties/id'"},
        "schemas Thing: #/components/schemas/Thing/properties/id refers to itself",
    ),
]


def run(tmp_path: Path, document: str, *options: str) -> int:
    spec = tmp_path / "thing.yaml"
    spec.write_text(textwrap.dedent(document))
    return main(["--spec", str(spec), "--output", str(tmp_path), "--package", "thing_api", *options])


def test_the_document_under_test_is_sound(tmp_path: Path) -> None:
    assert run(tmp_path, OPERATION % DEFAULTS) == 0


@pytest.mark.parametrize(("change", "message"), LEFT_OUT)
def test_what_cannot_be_generated_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: "dict[str, str]", message: str
) -> None:
    assert run(tmp_path, OPERATION % {**DEFAULTS, **change}) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert line == message or (message.endswith(": ") and line.startswith(message))
    assert not (tmp_path / "thing_api").exists()


@pytest.mark.parametrize(("change", "message"), LEFT_OUT)
def test_where_gaps_are_allowed_the_rest_is_generated(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], change: "dict[str, str]", message: str
) -> None:
    assert run(tmp_path, OPERATION % {**DEFAULTS, **change}, "--allow-missing") == 0
    (line,) = capsys.readouterr().err.splitlines()
    assert line == f"left out: {message}" or (message.endswith(": ") and line.startswith(f"left out: {message}"))
    made = {path.stem for path in (tmp_path / "thing_api" / "thing" / "operations").glob("*.py")} - {"__init__"}
    everything = {"get_thing", "get_others"}
    assert made == everything - {
        "get_thing" if "/things" in message else "",
        "get_others" if "others" in message else "",
    }


def test_a_server_that_is_the_document_s_own_is_no_other(tmp_path: Path) -> None:
    same = "servers: [{url: /v1}]"
    document = OPERATION % {**DEFAULTS, "path": f"get: {{{same}, responses: {{'204': {{}}}}}}"}
    assert run(tmp_path, document) == 2
    assert run(tmp_path, f"{document}\n{same}\n") == 0


def test_two_documents_of_one_name_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spec = tmp_path / "request.yaml"  # the name of a runtime module
    spec.write_text(OPERATION % DEFAULTS)
    assert main(["--spec", str(spec), "--output", str(tmp_path), "--package", "thing_api"]) == 2
    assert "the module request" in capsys.readouterr().err


@pytest.mark.parametrize(
    "document",
    [
        "",
        "just text",
        "{title: no API}",
        "a: [unclosed",
        "{openapi: 3.1.0, paths: [1]}",
        "{openapi: 3.1.0, paths: {/a: {get: 5}}}",
        "{openapi: 3.1.0, components: {parameters: {Page: 5}}}",
        "{swagger: '2.0', paths: {}}",
        "{openapi: 3.1.0, paths: {/a: {get: }}, security: {Key: []}}",
        "{openapi: 3.1.0, paths: {/a: {get: }}, servers: [/v1]}",
        "[]",
    ],
)
def test_what_is_no_document_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str], document: str) -> None:
    assert run(tmp_path, document) == 2
    assert "thing.yaml" in capsys.readouterr().err


def test_what_the_parser_does_not_take_is_refused_with_its_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    document = OPERATION % {**DEFAULTS, "schema": "{type: date}"}
    assert run(tmp_path, document) == 2
    assert "date" in capsys.readouterr().err
