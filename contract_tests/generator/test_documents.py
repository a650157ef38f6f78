"""Documents from files and servers, in YAML and JSON, one or several."""

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Iterator

import pytest

from tools.generate.__main__ import main
from tools.generate.document import Document, Json, read
from tools.generate.emit import view
from tools.generate.errors import GenerationError
from tools.generate.load import load
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


def test_tags_of_unions_follow_a_renamed_member() -> None:
    union: Json = {
        "oneOf": [{"$ref": "#/components/schemas/Things"}],
        "discriminator": {"propertyName": "a", "mapping": {"x": "#/components/schemas/Thing"}},
    }
    first, second = thing(TEXT), thing(NUMBER, "/b")
    second.content["components"]["schemas"]["Union"] = union
    merged = merge([first, second]).content["components"]["schemas"]["Union"]
    assert merged["discriminator"]["mapping"] == {"x": "#/components/schemas/Thing2"}


def test_methods_of_one_path_come_together_and_each_keeps_its_security() -> None:
    first = thing(TEXT, security=[{"Key": []}])  # type: ignore[arg-type]
    second = thing(TEXT)
    second.content["paths"]["/a"] = {"put": {"responses": {"204": {"description": "ok"}}}}
    operations = view(merge([first, second]).content).operations
    assert [(operation.name, operation.auth) for operation in operations] == [("get_a", True), ("put_a", False)]


def test_an_operation_that_is_described_differently_is_refused() -> None:
    with pytest.raises(GenerationError, match="GET /a is described differently"):
        merge([thing(TEXT), thing(TEXT, deprecated={}), Document("b", {"paths": {"/a": {"get": {}}}})])


def test_several_documents_are_generated_as_one(tmp_path: Path) -> None:
    other = {**CONTENT, "paths": {"/b": CONTENT["paths"]["/a"]}}
    sources = [write(tmp_path / "one.json", CONTENT), write(tmp_path / "two.json", other)]
    assert main(["--spec", *sources, "--output", str(tmp_path), "--package", "both_api"]) == 0
    made = {path.stem for path in (tmp_path / "both_api" / "one" / "operations").glob("*.py")}
    assert made == {"__init__", "get_a", "get_a_2"}
