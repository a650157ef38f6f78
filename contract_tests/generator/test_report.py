"""The change report: what a user notices, and what of that breaks code."""

import re
import subprocess
from pathlib import Path
from typing import Dict, List

import pytest
import yaml

from tools.generate.__main__ import main
from tools.generate.document import Document, Json
from tools.generate.emit import view
from tools.generate.errors import GenerationError
from tools.report.base import documents_at, last_revision
from tools.report.changes import compare
from tools.report.report import report

OLD = """
openapi: 3.1.0
info: {title: T, version: '1'}
paths:
  /things:
    post:
      operationId: makeThing
      parameters:
        - {name: dry, in: query, schema: {type: boolean}}
        - {name: X-Mode, in: header, schema: {type: string}}
      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
      responses:
        '200': {description: ok, content: {application/json: {schema: {$ref: '#/components/schemas/Thing'}}}}
components:
  schemas:
    Thing: {type: object, required: [id], properties: {id: {type: string}, name: {type: string}}}
    Level: {type: string, enum: [low, high]}
    Names: {type: array, items: {type: string}}
"""

CHANGES = [
    ("makeThing", "createThing", "BREAKING changed operation POST /things: name: make_thing -> create_thing"),
    ("  /things:", "  /items:", "BREAKING removed operation POST /things"),
    ("  /things:", "  /items:", "added operation POST /items"),
    ("    post:", "    post:\n      deprecated: true", "changed operation POST /things: deprecated"),
    (
        "    post:",
        "    post:\n      security: [{Key: []}]",
        "BREAKING changed operation POST /things: authentication: none -> Key (not described)",
    ),
    ("name: dry", "name: wet", "BREAKING removed operation POST /things: parameter dry (query)"),
    ("name: X-Mode", "name: x-mode", ""),
    ("name: dry", "name: wet", "added operation POST /things: parameter wet (query)"),
    (
        "name: dry, in: query",
        "name: wet, in: query, required: true",
        "BREAKING added operation POST /things: parameter wet (query)",
    ),
    (
        "name: dry, in: query",
        "name: dry, in: query, required: true",
        "BREAKING changed operation POST /things: parameter dry (query): is required now, Optional[bool] -> bool",
    ),
    (
        "{type: boolean}",
        "{type: integer}",
        "BREAKING changed operation POST /things: parameter dry (query): Optional[bool] -> Optional[int]",
    ),
    (
        "requestBody: {",
        "requestBody: {required: true, ",
        "BREAKING changed operation POST /things: body application/json",
    ),
    ("'200'", "'201'", "removed operation POST /things: status 200"),
    ("'200'", "'201'", "added operation POST /things: status 201"),
    (
        "'200': {description: ok, content: {application/json",
        "'200': {description: ok, content: {text/plain",
        "BREAKING changed operation POST /things: status 200: models.Thing -> str",
    ),
    ("name: {type: string}", "alias: {type: string}", "BREAKING removed model Thing: field name"),
    ("name: {type: string}", "alias: {type: string}", "added model Thing: field alias"),
    ("required: [id]", "required: [id, name]", "BREAKING changed model Thing: field name: is required now"),
    ("name: {type: string}", "name: {type: string, deprecated: true}", "changed model Thing: field name: deprecated"),
    ("[low, high]", "[low, high, top]", "added type Level: value 'top'"),
    ("[low, high]", "[low]", "BREAKING removed type Level: value 'high'"),
    ("items: {type: string}", "items: {type: integer}", "BREAKING changed type Names: List[str] -> List[int]"),
    ("Level: {type", "Level: {deprecated: true, type", "changed type Level: deprecated"),
    ("    Level:", "    Grade:", "BREAKING removed type Level"),
    ("description: ok", "description: fine", ""),
]


def document(text: str) -> Document:
    content: Json = yaml.safe_load(text)
    return Document("v1", content)


def changes(before: str, after: str) -> List[str]:
    assert before in OLD
    new = document(OLD.replace(before, after))
    return [str(change) for change in compare(view(document(OLD).content), view(new.content))]


ONE_WAY = """
openapi: 3.1.0
paths:
  /things:
    post:
      parameters: [{name: q, in: query, required: true, schema: {type: integer, minimum: 1, maximum: 9}}]
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Sent'}}}}
      responses:
        '200': {content: {application/json: {schema: {$ref: '#/components/schemas/Come'}}}}
components:
  schemas:
    Sent: {type: object, required: [id], properties: {id: {type: integer}, x: {$ref: '#/components/schemas/SentLevel'}}}
    Come: {type: object, required: [id], properties: {id: {type: integer}, x: {$ref: '#/components/schemas/ComeLevel'}}}
    SentLevel: {type: string, enum: [low, high]}
    ComeLevel: {type: string, enum: [low, high]}
    Text: {type: string, maxLength: 9}
    Deep: {type: array, items: {type: [string, integer]}}
"""

ONE_WAY_CHANGES = [
    (r"(Sent: .*required: \[)id", r"\1x", {"id": False, "x": True}),
    (r"(Come: .*required: \[)id", r"\1x", {"id": True, "x": False}),
    ("(Sent: .*properties: {)id", r"\1new: {}, id", {"new": False}),
    (r"(Sent: .*required: \[)(id].*){id", r"\1new, \2{new: {}, id", {"new": True}),
    (r"(Sent: .*required: \[)(id].*){id", r"\1new, \2{new: {const: 1}, id", {"new": False}),
    (r"(Come: .*required: \[)(id].*){id", r"\1new, \2{new: {}, id", {"new": False}),
    ("(Sent: .*id: {type: )integer", r"\1number", {"id": False}),
    ("(Come: .*id: {type: )integer", r"\1number", {"id": True}),
    ("(Sent: .*id: {type: )integer", r"\1[integer, 'null']", {"id": False}),
    ("(Come: .*id: {type: )integer", r"\1[integer, 'null']", {"id": True}),
    ("(Sent: .*id: {type: )integer", r"\1boolean", {"id": True}),
    ("(Come: .*id: {type: )integer", r"\1boolean", {"id": True}),
    ("(Sent: .*id: {)type: integer", r"\1", {"id": False}),
    ("(Come: .*id: {)type: integer", r"\1", {"id": True}),
    ("maximum: 9", "maximum: 8", {"maximum": True}),
    ("maximum: 9", "maximum: 10", {"maximum": False}),
    (", maximum: 9", "", {"maximum": False}),
    ("minimum: 1", "minimum: 2", {"minimum": True}),
    ("minimum: 1", "minimum: 0.5", {"minimum": False}),
    ("minimum: 1", "exclusiveMinimum: 1", {"exclusiveMinimum": True, "minimum": False}),
    ("maxLength: 9", "maxLength: 8", {"Text": True}),
    ("maxLength: 9", "maxLength: 9, format: uuid", {"format": True}),
    ("(Sent: .*id: {type: )integer", r"\1[integer, 'null'], maximum: 9", {"maximum": True}),
    ("(Come: .*id: {type: integer)", r"\1, maximum: 9", {"maximum": False}),
    # The values of a type that both have are told of once.
    (
        r"(?s)(Come: .*?required: \[)id(.*ComeLevel: .*?low), high",
        r"\1x, id\2, high, top",
        {"x": False, "'top'": False},
    ),
    # Whether a type has a name says nothing of its values.
    ("(Sent: .*id: {)type: integer", r"\1const: 1", {"id": True}),
    ("(Come: .*id: {)type: integer", r"\1const: 1", {"id": False}),
    ("(Sent: .*id: {)type: integer", r"\1anyOf: [{const: 'a], b'}, {type: integer}]", {"id": False}),
    ("(Come: .*id: {)type: integer", r"\1anyOf: [{const: 'a], b'}, {type: integer}]", {"id": True}),
    ("(Sent: .*id: {type: integer)", r"\1, enum: [1, 2]", {"id": True}),
    ("(Come: .*id: {type: integer)", r"\1, enum: [1, 2]", {"id": False}),
    ("(Sent: .*x: {).*Level'", r"\1type: string", {"x": False}),
    ("(Come: .*x: {).*Level'", r"\1type: string", {"x": True}),
    ("(Sent: .*x: {).*Level'", r"\1enum: [high, low, top]", {"x": False}),
    ("(Sent: .*x: {).*Level'", r"\1enum: [high]", {"x": True}),
    ("(SentLevel: .*), high", r"\1", {"'high'": True}),
    ("(ComeLevel: .*), high", r"\1", {"'high'": False}),
    ("(SentLevel: .*), high", r"\1, high, top", {"'top'": False}),
    ("(SentLevel: .*), enum: .*]", r"\1", {"SentLevel": False}),
    ("(ComeLevel: .*), enum: .*]", r"\1", {"ComeLevel": True}),
    ("required: true, schema", "schema", {"q": False}),
    ("required: true, content", "content", {"application/json": False}),
    ("/things:\n    post:", r"\g<0>\n      security: []", {}),
    ("(Deep: .*), integer", r"\1", {"Deep": True}),
]


@pytest.mark.parametrize(("pattern", "replacement", "breaking"), ONE_WAY_CHANGES)
def test_what_is_sent_may_become_more_and_what_comes_may_become_less(
    pattern: str, replacement: str, breaking: Dict[str, bool]
) -> None:
    changed = re.sub(pattern, replacement, ONE_WAY)
    assert changed != ONE_WAY
    found = compare(view(document(ONE_WAY).content), view(document(changed).content))
    told = {
        name: [each.breaking for each in found if re.search(rf"(?<!\w){name}(?!\w)", each.what)] for name in breaking
    }
    assert {name: all(each) and each != [] for name, each in told.items()} == breaking, found
    assert all(told.values())


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ([], ["text/plain"], ["BREAKING added operation POST /: body text/plain"]),
        (["text/csv"], ["text/csv", "text/plain"], ["added operation POST /: body text/plain"]),
        (["text/csv", "text/plain"], ["text/csv"], ["BREAKING removed operation POST /: body text/plain"]),
    ],
)
def test_another_form_of_a_required_body_breaks_nothing(
    before: List[str], after: List[str], expected: List[str]
) -> None:
    def taking(media_types: List[str]) -> Json:
        body: Json = {"required": True, "content": {media_type: {} for media_type in media_types}}
        return {"paths": {"/": {"post": {"requestBody": body} if media_types else {}}}}

    assert [str(change) for change in compare(view(taking(before)), view(taking(after)))] == expected


NONE: List[Json] = []
KEY, OTHER_KEY = {"Key": NONE}, {"OtherKey": NONE}
SCHEMES = {
    "Key": {"type": "apiKey", "in": "header", "name": "X-API-Key"},
    "SameKey": {"type": "apiKey", "in": "header", "name": "x-api-key"},
    "OtherKey": {"type": "apiKey", "in": "query", "name": "key"},
    "Login": {"type": "oauth2"},
}

AUTHENTICATIONS = [
    (NONE, [KEY], "BREAKING changed operation GET /: authentication: none -> Key (header X-API-Key)"),
    ([KEY], NONE, "changed operation GET /: authentication: Key (header X-API-Key) -> none"),
    (
        [KEY],
        [OTHER_KEY],
        "BREAKING changed operation GET /: authentication: Key (header X-API-Key) -> OtherKey (query key)",
    ),
    (
        [KEY, OTHER_KEY],
        [KEY],
        "BREAKING changed operation GET /: authentication: "
        "Key (header X-API-Key) or OtherKey (query key) -> Key (header X-API-Key)",
    ),
    (
        [KEY],
        [{}, KEY],
        "changed operation GET /: authentication: Key (header X-API-Key) -> none or Key (header X-API-Key)",
    ),
    (NONE, [{}, KEY], "changed operation GET /: authentication: none -> none or Key (header X-API-Key)"),
    (
        [KEY],
        [{**KEY, **OTHER_KEY}],
        "BREAKING changed operation GET /: authentication: "
        "Key (header X-API-Key) -> Key (header X-API-Key) and OtherKey (query key)",
    ),
    (
        [{"Login": ["read"]}],
        [{"Login": ["read", "write"]}],
        "BREAKING changed operation GET /: authentication: Login (oauth2: read) -> Login (oauth2: read, write)",
    ),
    (
        [{"Login": ["read", "write"]}],
        [{"Login": ["read"]}],
        "changed operation GET /: authentication: Login (oauth2: read, write) -> Login (oauth2: read)",
    ),
    (
        [KEY],
        [{"Absent": NONE}],
        "BREAKING changed operation GET /: authentication: Key (header X-API-Key) -> Absent (not described)",
    ),
    ([KEY], [{"SameKey": NONE}], ""),
    ([KEY, OTHER_KEY], [OTHER_KEY, KEY], ""),
    (NONE, [{}], ""),
]


@pytest.mark.parametrize(("before", "after", "expected"), AUTHENTICATIONS)
def test_another_authentication_breaks_what_was_enough_before(
    before: List[Json], after: List[Json], expected: str
) -> None:
    def authenticated(security: List[Json]) -> Json:
        operation = {"responses": {"204": {}}, "security": security}
        return {"paths": {"/": {"get": operation}}, "components": {"securitySchemes": SCHEMES}}

    found = compare(view(authenticated(before)), view(authenticated(after)))
    assert [str(change) for change in found] == ([expected] if expected else [])


def test_what_webhooks_and_streams_bring_is_received() -> None:
    def pushing(*keys: str) -> Json:
        schema = {"properties": {key: {} for key in keys}, "required": [*keys]}
        schemas: Json = dict.fromkeys(("Event", "Frame", "Other"), schema)
        schemas["Frames"] = {"anyOf": [{"$ref": "#/components/schemas/Frame"}, {"type": "null"}]}
        body = {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/Event"}}}}
        stream = {"text/event-stream": {"x-sim-frames": "#/components/schemas/Frames"}}
        paths = {"/": {"get": {"responses": {"200": {"content": stream}}}}}
        webhooks = {"event": {"post": {"requestBody": body}}}
        return {"paths": paths, "webhooks": webhooks, "components": {"schemas": schemas}}

    found = compare(view(pushing("a")), view(pushing("a", "more")))
    assert [str(change) for change in found] == [
        "added model Event: field more",
        "added model Frame: field more",
        "BREAKING added model Other: field more",
    ]


def test_another_scheme_of_the_same_name_is_another_authentication() -> None:
    def authenticated(scheme: Json) -> Json:
        components = {"securitySchemes": {"Key": scheme}}
        return {"paths": {"/": {"get": {}}}, "components": components, "security": [KEY]}

    old, new = authenticated(SCHEMES["Key"]), authenticated({"type": "http", "scheme": "bearer"})
    (change,) = compare(view(old), view(new))
    said = "authentication: Key (header X-API-Key) -> Key (http bearer)"
    assert str(change) == f"BREAKING changed operation GET /: {said}"


@pytest.mark.parametrize(("before", "after", "expected"), CHANGES)
def test_a_change_is_told(before: str, after: str, expected: str) -> None:
    found = changes(before, after)
    assert any(line.startswith(expected) for line in found) if expected else found == []


def test_a_report_tells_of_documents_and_of_python() -> None:
    lines = report([document(OLD)], [document(OLD.replace("name: dry", "name: wet"))], "thing_api").splitlines()
    assert lines[0] == "API v1: 2 changes, 1 of them breaking"
    assert lines[1] == "- BREAKING removed operation POST /things: parameter dry (query)"
    assert "- BREAKING changed thing_api.v1.operations.make_thing.build(dry): parameter was removed" in lines


def test_a_parameter_of_a_path_that_has_another_name_leaves_its_operation_where_it_is() -> None:
    paths = [{"/things/{id}/parts": {"get": {}}}, {"/things/{thing}/parts": {"get": {"security": [KEY]}}}]
    old, new = (view({"paths": path}) for path in paths)
    assert [str(change) for change in compare(old, new)] == [
        "BREAKING changed operation GET /things/{thing}/parts: name: get_things_id_parts -> get_things_thing_parts",
        "BREAKING changed operation GET /things/{thing}/parts: authentication: none -> Key (not described)",
        "BREAKING removed operation GET /things/{thing}/parts: parameter id (path)",
        "BREAKING added operation GET /things/{thing}/parts: parameter thing (path)",
    ]


def test_other_servers_are_told() -> None:
    one, both = ("servers: [{url: /v1}]", "servers: [{url: /v2}, {url: /v1/}]")
    assert "- changed servers: /v1 -> /v1 and /v2" in report([document(OLD + one)], [document(OLD + both)], "thing_api")
    lines = report([document(OLD + both)], [document(OLD + one)], "thing_api").splitlines()
    assert lines[:2] == [
        "API v1: 1 changes, 1 of them breaking",
        "- BREAKING changed servers: /v1 and /v2 -> /v1",
    ]


BODIES = "requestBody: {content: {application/json: {}, text/plain: {}}}"
STREAM = "responses: {'200': {content: {application/json: {}, text/event-stream: {}}}}"
PYTHON_CHANGES = [
    (f"{BODIES}\n", "requestBody: {content: {text/plain: {}, application/json: {}}}\n"),
    (STREAM, STREAM.replace(", text/event-stream: {}", "")),
    (STREAM.replace(", text/event-stream: {}", ""), STREAM),
]


@pytest.mark.parametrize(("before", "after"), PYTHON_CHANGES)
def test_what_breaks_python_code_the_document_s_section_tells_too(before: str, after: str) -> None:
    more = f"  /more:\n    put:\n      operationId: putMore\n      {BODIES}\n      {STREAM}\ncomponents:"
    old = OLD.replace("components:", more)
    if before not in old:
        old = old.replace(after, before)
    lines = report([document(old)], [document(old.replace(before, after))], "thing_api").splitlines()
    api, python = (int(line.split()[-4]) for line in lines if line.endswith(" of them breaking"))
    assert api or not python, lines


def test_nothing_changes_between_a_document_and_itself() -> None:
    expected = ["API v1: 0 changes, 0 of them breaking", "Python API: 0 changes, 0 of them breaking"]
    assert report([document(OLD)], [document(OLD)], "thing_api").splitlines() == expected


def test_versions_come_and_go() -> None:
    other = Document("v2", document(OLD).content)
    assert "- added API v2" in report([document(OLD)], [document(OLD), other], "thing_api")
    third = Document("v3", document(OLD).content)
    assert "BREAKING removed API v1" in report([document(OLD)], [other, third], "thing_api")


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-c", "user.name=n", "-c", "user.email=e", *arguments], cwd=folder, check=True)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    """A repository with one commit, which holds a document."""
    spec = tmp_path / "spec" / "v1" / "openapi.yaml"
    spec.parent.mkdir(parents=True)
    spec.write_text(OLD)
    git(tmp_path, "init", "--quiet")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "--quiet", "--message", "first")
    return tmp_path


def test_the_first_commit_has_nothing_to_be_compared_with(repository: Path) -> None:
    assert last_revision(repository) == ""


def test_the_base_is_the_last_tag_or_else_the_first_parent(repository: Path) -> None:
    (repository / "spec" / "v1" / "openapi.yaml").write_text(OLD.replace("dry", "wet"))
    git(repository, "commit", "--all", "--quiet", "--message", "second")
    (base,) = documents_at(repository, last_revision(repository))
    assert (base.package, base.content["paths"]["/things"]["post"]["parameters"][0]["name"]) == ("v1", "dry")
    git(repository, "tag", "v1.0.0", "HEAD^")
    assert last_revision(repository) == "v1.0.0"


def test_a_base_that_is_not_there_is_refused(repository: Path) -> None:
    with pytest.raises(GenerationError, match="v9 is neither a document nor a revision"):
        documents_at(repository, "v9")


def test_the_command_compares_with_a_document(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    old.write_text(OLD)
    new.write_text(OLD.replace("[low, high]", "[low, high, top]"))
    assert main(["--spec", str(new), "--report", str(old), "--output", str(tmp_path)]) == 0
    assert "added type Level: value 'top'" in capsys.readouterr().out
    assert not (tmp_path / "sim_api").exists()
