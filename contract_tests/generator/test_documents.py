"""Documents from files and servers, in YAML and JSON, one or several."""

import json
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Iterator

import pytest

from tools.generate.__main__ import main
from tools.generate.checks import problems
from tools.generate.document import Document, Json, read
from tools.generate.emit import emit, view
from tools.generate.errors import GenerationError
from tools.generate.load import checked, load
from tools.generate.merge import merge

CONTENT: Json = {
    "openapi": "3.0.3",
    "info": {"title": "T", "version": "1"},
    "paths": {"/a": {"get": {"operationId": "getA", "responses": {"204": {"description": "ok"}}}}},
}


def write(path: Path, content: Json) -> str:
    path.write_text(json.dumps(content))
    return str(path)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The URL of a server that has a document at every path with json in it, and 404 elsewhere."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            found = "json" in self.path
            self.send_response(200 if found else 404)
            self.end_headers()
            self.wfile.write(json.dumps(CONTENT).encode() if found else b"no")

        def log_message(self, format: str, *args: object) -> None:
            return

    with HTTPServer(("127.0.0.1", 0), Handler) as running:
        thread = threading.Thread(target=running.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


def test_a_document_may_be_fetched(server: str, tmp_path: Path) -> None:
    assert read(f"{server}/api/docs/openapi.json?full=1") == Document("openapi", CONTENT)
    assert main(["--spec", f"{server}/my-api.json", "--output", str(tmp_path), "--package", "my_api"]) == 0
    assert (tmp_path / "my_api" / "my_api" / "operations" / "get_a.py").exists()


@pytest.mark.parametrize("path", ["/absent", ":1/refused.json"])
def test_a_document_that_cannot_be_fetched_is_named(server: str, path: str) -> None:
    url = server + path if path.startswith("/") else f"http://127.0.0.1{path}"
    with pytest.raises(GenerationError, match=f"{url} cannot be read"):
        read(url)


@pytest.mark.parametrize(
    ("path", "package"), [("v7/openapi.json", "v7"), ("docs/My Api.json", "my_api"), ("docs/2.json", "api_2")]
)
def test_a_package_is_named_after_its_file(tmp_path: Path, path: str, package: str) -> None:
    (tmp_path / path).parent.mkdir()
    assert read(write(tmp_path / path, CONTENT)).package == package


def test_yaml_is_read_as_json_is(tmp_path: Path) -> None:
    spec = tmp_path / "thing.yaml"
    spec.write_text(
        """
        openapi: 3.1.0
        info: {title: T, version: 1.0}
        paths:
          /a:
            get:
              responses: {200: {description: ok, content: {application/json: {schema: {enum: [2026-01-31, on, no]}}}}}
        """
    )
    answers = read(str(spec)).content["paths"]["/a"]["get"]["responses"]
    assert answers["200"]["content"]["application/json"]["schema"] == {"enum": ["2026-01-31", "on", "no"]}
    assert load([str(spec)])


def test_what_is_null_says_nothing(tmp_path: Path) -> None:
    spec = tmp_path / "thing.yaml"
    spec.write_text(
        """
        openapi: 3.1.0
        security:
        paths:
          /a:
            description:
            parameters:
            get:
              summary: 5
              parameters:
                - {name: q, in: query, description: , schema: {type: string, description: , enum: }}
              responses:
                200:
                  content:
                    application/json:
                204:
            put:
          /b:
        components:
          parameters:
          schemas:
            A: {type: object, required: , properties: {b: , c: {const: null}, get: , default: {description: }}}
        """
    )
    package = view(load([str(spec)]).content)
    assert [(operation.name, operation.result, operation.doc) for operation in package.operations] == [
        ("get_a", "Any", "5"),
        ("put_a", "None", "Build the request."),
    ]
    assert [field.annotation for field in package.models[0].fields] == ["Any", "None", "Any", "Any"]


@pytest.mark.parametrize("security", ["[{Key: }]", "[{Key: []}]", "\n- Key:"])
def test_a_scheme_behind_which_nothing_is_written_has_no_scopes(tmp_path: Path, security: str) -> None:
    spec = tmp_path / "thing.yaml"
    spec.write_text(f"openapi: 3.1.0\npaths: {{/a: {{get: }}}}\nsecurity: {security}\n")
    (operation,) = view(load([str(spec)]).content).operations
    assert (operation.auth, operation.authentication) == (True, "Key (not described)")


def test_an_answer_may_have_several_forms_of_one_media_type() -> None:
    document = thing(TEXT)
    content = {f"application/json; v={kind}": {"schema": {"type": kind}} for kind in ("string", "integer")}
    document.content["paths"]["/a"]["get"]["responses"]["200"]["content"] = content
    (operation,) = view(document.content).operations
    assert operation.responses == [("200", "Union[str, int]")]


def test_a_named_schema_may_be_true() -> None:
    content = thing(TEXT).content
    content["components"]["schemas"]["Things"] = True
    assert [operation.result for operation in view(checked(Document("api", content)).content).operations] == ["Any"]


def test_what_looks_like_a_reference_in_an_example_is_none() -> None:
    elsewhere: Json = {"$ref": "elsewhere.yaml"}
    schema: Json = {"type": "object", "properties": {"a": {"example": elsewhere}, "example": {"type": "string"}}}
    document = thing({**schema, "x-more": elsewhere, "default": elsewhere, "examples": [elsewhere]})
    answer = document.content["paths"]["/a"]["get"]["responses"]["200"]
    answer["links"] = {"next": elsewhere}
    answer["content"]["application/json"]["examples"] = {"one": elsewhere}
    assert [field.annotation for field in view(checked(document).content).models[0].fields] == ["Any", "Optional[str]"]


def test_operations_beside_a_reference_of_their_path_are_there() -> None:
    shared, own = ({"operationId": name, "responses": {"204": {}}} for name in ("shared", "own"))
    paths = {"/a": {"$ref": "#/components/pathItems/A", "put": own}}
    content: Json = {"openapi": "3.1.0", "paths": paths, "components": {"pathItems": {"A": {"get": shared}}}}
    for known in (content, checked(Document("api", content)).content):
        assert [operation.name for operation in view(known).operations] == ["own", "shared"]


NAMES = [
    ("exports", "Thing", ("exports_", "Thing")),
    ("a" * 300, "Thing", ("a" * 90 + "2308380937", "Thing")),
    ("x", "B" + "b" * 300, ("x", "B" + "b" * 89 + "3929130122")),
    ("x", "项目", ("x", "项目Model")),  # without capitals a class would be named as its module is
    ("x", "UNSET", ("x", "UNSETModel")),
]


@pytest.mark.parametrize(("operation", "schema", "names"), NAMES)
def test_names_that_python_or_a_file_system_would_not_take_are_changed(
    tmp_path: Path, operation: str, schema: str, names: "tuple[str, str]"
) -> None:
    document = thing(TEXT)
    document.content["paths"]["/a"]["get"]["operationId"] = operation
    schemas = document.content["components"]["schemas"]
    schemas[schema] = schemas["Things"]["items"] = schemas.pop("Thing")
    document.content["components"]["schemas"]["Things"]["items"] = {"$ref": f"#/components/schemas/{schema}"}
    schemas[schema] = TEXT
    emit([document], tmp_path / "named_api")
    package = view(document.content)
    assert (package.operations[0].name, package.models[0].name) == names
    code = (
        f"import sys; sys.path.insert(0, {str(tmp_path)!r}); from named_api.api import models, operations; "
        f"assert isinstance(models.Things.__args__[0], type) and isinstance(models.{names[1]}, type); "
        f"assert operations.{names[0]}.build()"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_name_that_is_cut_stays_when_another_one_is_added() -> None:
    def parts(*keys: str) -> "dict[str, str]":
        part: Json = {"properties": {"a": {"type": "string"}}}
        deep = thing({"properties": {"way" * 40: {"properties": dict.fromkeys(keys, part)}}})
        fields = {field.wire_name: field for model in view(deep.content).models for field in model.fields}
        return {key: fields[key].annotation for key in keys}

    before, after = parts("one", "two"), parts("another", "one", "two")
    assert before["one"] != before["two"]
    assert after.items() >= before.items()


def thing(schema: Json, path: str = "/a", **more: Json) -> Document:
    answer = {"description": "ok", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Things"}}}}
    schemas = {"Thing": schema, "Things": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}}}
    paths = {path: {"get": {"responses": {"200": answer}}}}
    return Document("api", {"openapi": "3.1.0", "paths": paths, "components": {"schemas": schemas}, **more})


TEXT: Json = {"type": "object", "properties": {"a": {"type": "string"}}}
NUMBER: Json = {"type": "object", "properties": {"a": {"type": "number"}}}


def test_equal_components_of_several_documents_are_one() -> None:
    package = view(merge([thing(TEXT), thing(TEXT, "/b")]).content)
    assert [model.name for model in package.models] == ["Thing"]
    assert {operation.result for operation in package.operations} == {"List[models.Thing]"}


def test_components_of_one_name_are_kept_apart_and_so_is_what_refers_to_them() -> None:
    package = view(merge([thing(TEXT), thing(NUMBER, "/b"), thing(NUMBER, "/c")]).content)
    results = {operation.name: operation.result for operation in package.operations}
    assert results == {"get_a": "List[models.Thing]", "get_b": "List[models.Thing2]", "get_c": "List[models.Thing2]"}
    assert [model.fields[0].annotation for model in package.models] == ["Optional[str]", "Optional[float]"]
    assert [alias.annotation for alias in package.aliases] == ["List[Thing]", "List[Thing2]"]


@pytest.mark.parametrize("place", ["$defs", "definitions"])
def test_what_is_defined_beside_the_components_is_kept_apart_too(place: str) -> None:
    def document(path: str, kind: str) -> Document:
        schema = {"$ref": f"#/{place}/Thing/properties/a"}
        answer = {"200": {"content": {"application/json": {"schema": schema}}}}
        defined = {"Thing": {"type": "object", "properties": {"a": {"type": kind}}}}
        return Document("d", {"paths": {path: {"get": {"responses": answer}}}, place: defined})

    merged = merge([document("/a", "string"), document("/b", "integer"), document("/c", "string")]).content
    assert {operation.route: operation.result for operation in view(merged).operations} == {
        "GET /a": "str",
        "GET /b": "int",
        "GET /c": "str",
    }


def test_tags_of_unions_follow_a_renamed_member() -> None:
    union: Json = {
        "oneOf": [{"$ref": "#/components/schemas/Things"}],
        "discriminator": {"propertyName": "a", "mapping": {"x": "#/components/schemas/Thing"}},
    }
    first, second = thing(TEXT), thing(NUMBER, "/b")
    second.content["components"]["schemas"]["Union"] = union
    merged = merge([first, second]).content["components"]["schemas"]["Union"]
    assert merged["discriminator"]["mapping"] == {
        "x": "#/components/schemas/Thing2",
        "Things": "#/components/schemas/Things2",  # a tag that is not said is the name that the member had
    }


def test_methods_of_one_path_come_together_and_each_keeps_its_security() -> None:
    first = thing(TEXT, security=[{"Key": []}])  # type: ignore[arg-type]
    second = thing(TEXT)
    second.content["paths"]["/a"] = {"put": {"responses": {"204": {"description": "ok"}}}}
    operations = view(merge([first, second]).content).operations
    assert [(operation.name, operation.auth) for operation in operations] == [("get_a", True), ("put_a", False)]


def test_each_says_how_its_own_document_authenticates() -> None:
    first, second = thing(TEXT, security=[{"Key": []}]), thing(TEXT, "/b", security=[{"Key": []}])  # type: ignore[arg-type]
    first.content["components"]["securitySchemes"] = {"Key": {"type": "apiKey", "in": "header", "name": "X-Key"}}
    second.content["components"]["securitySchemes"] = {"Key": {"type": "http", "scheme": "basic"}}
    said = [operation.module_doc for operation in view(merge([first, second]).content).operations]
    assert said == ["GET /a\n\nAuthentication: Key (header X-Key)", "GET /b\n\nAuthentication: Key (http basic)"]


def test_parameters_of_a_path_stay_with_the_operations_of_their_document() -> None:
    first, second = thing(TEXT), thing(TEXT)
    page, size = ({"name": name, "in": "query", "schema": {"type": "integer"}} for name in ("page", "size"))
    first.content["paths"]["/a"].update(description="One.", parameters=[page, size])
    first.content["paths"]["/a"]["get"]["parameters"] = [{**size, "required": True}]
    second.content["paths"]["/a"] = {"description": "Other.", "put": {"responses": {"204": {}}}}
    operations = view(checked(merge([first, second])).content).operations
    declared = [[each.declaration for each in operation.query_parameters] for operation in operations]
    assert declared == [["page: Optional[int] = None", "size: int"], []]


def test_an_operation_that_is_described_differently_is_refused() -> None:
    with pytest.raises(GenerationError, match="GET /a is described differently"):
        merge([thing(TEXT), thing(TEXT, deprecated={}), Document("b", {"paths": {"/a": {"get": {}}}})])


@pytest.mark.parametrize(
    ("first", "second", "elsewhere"),
    [
        ("/v1", "/v2", "/v2"),
        ("/v1", None, "/"),
        (None, "https://sim.example/v2/", "https://sim.example/v2"),
    ],
)
def test_operations_of_a_document_with_other_servers_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], first: "str | None", second: "str | None", elsewhere: str
) -> None:
    sources = [write(tmp_path / f"{path}.json", at(path, server)) for path, server in (("a", first), ("b", second))]
    options = ["--spec", *sources, "--output", str(tmp_path), "--package", "both_api"]
    reason = f"GET /b: it is at a server of its own, {elsewhere}, and requests go to one for all\n"
    assert main(options) == 2
    assert capsys.readouterr().err == reason
    assert main([*options, "--allow-missing"]) == 0
    assert capsys.readouterr().err == f"left out: {reason}"
    assert {path.stem for path in (tmp_path / "both_api" / "a" / "operations").glob("*.py")} == {"__init__", "get_a"}


def test_only_the_operations_that_are_elsewhere_are_refused() -> None:
    first, second = at("a", "/v1"), at("b", "/v2")
    first["paths"]["/a"]["servers"] = first["servers"]
    second["paths"]["/a"] = {"servers": second["servers"], "put": {}, "post": {}}
    found = problems(merge([Document("a", first), Document("b", second)]).content)
    assert [" ".join(problem.steps) for problem in found] == ["paths /a put", "paths /a post", "paths /b get"]


@pytest.mark.parametrize(("first", "second"), [("/v1", "/v1/"), ("/", None), (None, None)])
def test_documents_with_the_same_servers_are_one(first: "str | None", second: "str | None") -> None:
    merged = checked(merge([Document("a", at("a", first)), Document("b", at("b", second))]))
    assert [operation.name for operation in view(merged.content).operations] == ["get_a", "get_b"]


def at(path: str, server: "str | None") -> Json:
    """Return a document with one operation, at the server if there is one."""
    servers = {"servers": [{"url": server, "description": f"Where {path} is."}]} if server else {}
    return {**CONTENT, "paths": {f"/{path}": {"get": {}}}, **servers}


def test_several_documents_are_generated_as_one(tmp_path: Path) -> None:
    other = {**CONTENT, "paths": {"/b": CONTENT["paths"]["/a"]}}
    sources = [write(tmp_path / "one.json", CONTENT), write(tmp_path / "two.json", other)]
    assert main(["--spec", *sources, "--output", str(tmp_path), "--package", "both_api"]) == 0
    made = {path.stem for path in (tmp_path / "both_api" / "one" / "operations").glob("*.py")}
    assert made == {"__init__", "get_a", "get_a_2"}


def test_what_is_not_there_when_several_documents_are_one_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = {"200": {"content": {"application/json": {"schema": {"$ref": "#/x-types/Thing"}}}}}
    other = {**CONTENT, "paths": {"/b": {"get": {"responses": answer}}}, "x-types": {"Thing": {"type": "string"}}}
    sources = [write(tmp_path / "one.json", CONTENT), write(tmp_path / "two.json", other)]
    assert main(["--spec", *sources, "--output", str(tmp_path), "--package", "both_api"]) == 2
    assert capsys.readouterr().err == "GET /b: #/x-types/Thing is not in the document\n"
