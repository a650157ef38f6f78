"""Files in an input: any file-like object in any depth, and what becomes of it."""

import base64
import io
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.datastructures import FileStorage

from contract_tests.sdk._server import SUCCESS, ScriptedServer, json_answer
from sim_conformance.mock import MockSim
from sim_sdk import File, InvalidRequestError, SimStudioClient

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., SimStudioClient]

CONTENT = b"\x00\x01binary\xff"


def as_sent(content: bytes, name: str, mime: str) -> dict[str, str]:
    """The documented form of a file."""
    data = base64.b64encode(content).decode()
    return {"type": "file", "data": f"data:{mime};base64,{data}", "name": name, "mime": mime}


def sent(serve: Serve, connect: Connect, value: Any) -> Any:
    server = serve([SUCCESS])
    connect(server).execute_workflow("wf", {"file": value})
    return server.requests[0].json()["file"]


class Unseekable:
    """Only what has to be there: read()."""

    name: str

    def __init__(self, content: Any) -> None:
        self._content = content

    def read(self) -> Any:
        return self._content


class Silent:
    """Can be rewound, but does not say so: as tempfile.SpooledTemporaryFile before Python 3.11."""

    def __init__(self, content: bytes) -> None:
        file = io.BytesIO(content)
        self.read, self.seek, self.tell = file.read, file.seek, file.tell


class NamedText(io.StringIO):
    name = "/somewhere/notes.txt"
    encoding = "latin-1"


class Upload(io.BytesIO):
    """A file as web frameworks hand it over."""

    name = "report"

    def __init__(self, content_type: Any) -> None:
        super().__init__(CONTENT)
        self.content_type = content_type


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (lambda: io.BytesIO(CONTENT), as_sent(CONTENT, "file", "application/octet-stream")),
        (lambda: io.StringIO("ž\r\n"), as_sent("ž\r\n".encode(), "file", "text/plain")),
        (lambda: NamedText("é"), as_sent(b"\xe9", "notes.txt", "text/plain")),
        (lambda: Unseekable(CONTENT), as_sent(CONTENT, "file", "application/octet-stream")),
        (lambda: Unseekable(bytearray(CONTENT)), as_sent(CONTENT, "file", "application/octet-stream")),
        (lambda: Unseekable(memoryview(CONTENT)), as_sent(CONTENT, "file", "application/octet-stream")),
        (lambda: Unseekable("text"), as_sent(b"text", "file", "text/plain")),
        (lambda: Upload("application/pdf"), as_sent(CONTENT, "report", "application/pdf")),
        (lambda: Upload(None), as_sent(CONTENT, "report", "application/octet-stream")),
        (lambda: Upload(lambda: "image/x"), as_sent(CONTENT, "report", "application/octet-stream")),
        (lambda: Unseekable(b""), as_sent(b"", "file", "application/octet-stream")),
        (lambda: File(CONTENT), as_sent(CONTENT, "file", "application/octet-stream")),
        (lambda: File(bytearray(CONTENT)), as_sent(CONTENT, "file", "application/octet-stream")),
        (lambda: File(memoryview(CONTENT)), as_sent(CONTENT, "file", "application/octet-stream")),
        (lambda: File("ž"), as_sent("ž".encode(), "file", "text/plain")),
        (lambda: File(CONTENT, name="a.png"), as_sent(CONTENT, "a.png", "image/png")),
        (lambda: File(CONTENT, name="a.png", mime="image/x"), as_sent(CONTENT, "a.png", "image/x")),
        (lambda: File("{}", name="a.json"), as_sent(b"{}", "a.json", "application/json")),
        (lambda: File(CONTENT, name="a.csv.gz"), as_sent(CONTENT, "a.csv.gz", "application/gzip")),
        (lambda: File(CONTENT, name="a.tar.bz2"), as_sent(CONTENT, "a.tar.bz2", "application/x-bzip2")),
        (lambda: File(b"", name="a.unheard-of"), as_sent(b"", "a.unheard-of", "application/octet-stream")),
    ],
)
def test_files_go_out_in_the_documented_form(
    serve: Serve, connect: Connect, make: Callable[[], Any], expected: dict[str, str]
) -> None:
    assert sent(serve, connect, make()) == expected


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "picture ž.png"
    path.write_bytes(CONTENT)
    return path


def test_an_open_file_is_known_by_its_name(serve: Serve, connect: Connect, picture: Path) -> None:
    with picture.open("rb") as file:
        assert sent(serve, connect, file) == as_sent(CONTENT, "picture ž.png", "image/png")
        assert not file.closed


def test_a_file_in_text_mode_goes_out_in_its_own_encoding(serve: Serve, connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"\xe9t\xe9")
    with path.open(encoding="latin-1") as file:
        assert sent(serve, connect, file) == as_sent(b"\xe9t\xe9", "notes.txt", "text/plain")


def test_bytes_that_are_no_text_come_out_of_a_file_in_text_mode_as_they_went_in(
    serve: Serve, connect: Connect, tmp_path: Path
) -> None:
    path = tmp_path / "notes.txt"
    path.write_bytes(b"caf\xe9")
    with path.open(encoding="utf-8", errors="surrogateescape") as file:
        assert sent(serve, connect, file) == as_sent(b"caf\xe9", "notes.txt", "text/plain")


def test_an_upload_is_known_by_the_name_of_its_file(serve: Serve, connect: Connect) -> None:
    upload = FileStorage(io.BytesIO(CONTENT), filename="report.pdf", name="document")
    assert sent(serve, connect, upload) == as_sent(CONTENT, "report.pdf", "application/pdf")
    unnamed = FileStorage(io.BytesIO(CONTENT), filename="", name="document.png")
    assert sent(serve, connect, unnamed) == as_sent(CONTENT, "document.png", "image/png")


def test_a_name_may_be_bytes(serve: Serve, connect: Connect, picture: Path) -> None:
    with open(os.fsencode(picture), "rb") as file:
        assert sent(serve, connect, file) == as_sent(CONTENT, "picture ž.png", "image/png")


def test_a_name_may_be_a_path(serve: Serve, connect: Connect, picture: Path) -> None:
    file: Any = io.BytesIO(CONTENT)
    file.name = picture
    assert sent(serve, connect, file) == as_sent(CONTENT, picture.name, "image/png")


def test_a_name_that_is_no_text_is_sent_as_one(serve: Serve, connect: Connect) -> None:
    file = Unseekable(CONTENT)
    file.name = "/somewhere/caf\udce9.png"
    assert sent(serve, connect, file) == as_sent(CONTENT, "caf?.png", "image/png")


def test_a_path_is_read_when_the_workflow_is_executed(serve: Serve, connect: Connect, picture: Path) -> None:
    file = File(path=picture)
    picture.write_bytes(b"changed")
    assert sent(serve, connect, file) == as_sent(b"changed", "picture ž.png", "image/png")
    assert sent(serve, connect, File(path=str(picture), name="b.gif")) == as_sent(b"changed", "b.gif", "image/gif")


def test_a_path_that_is_not_there_is_an_error_before_anything_is_sent(serve: Serve, connect: Connect) -> None:
    server = serve()
    with pytest.raises(FileNotFoundError):
        connect(server).execute_workflow("wf", {"file": File(path="/nowhere/at/all")})
    assert server.connections == 0


def test_a_pipe_can_be_read_but_not_rewound(serve: Serve, connect: Connect) -> None:
    reading, writing = os.pipe()
    with os.fdopen(reading, "rb") as source:
        with os.fdopen(writing, "wb") as sink:
            sink.write(CONTENT)
        # Its name is a number, which is none.
        assert sent(serve, connect, source) == as_sent(CONTENT, "file", "application/octet-stream")


def test_a_temporary_file_without_a_name(serve: Serve, connect: Connect) -> None:
    with tempfile.TemporaryFile() as file:
        file.write(CONTENT)
        file.seek(0)
        assert sent(serve, connect, file) == as_sent(CONTENT, "file", "application/octet-stream")


def test_a_file_is_read_from_where_it_stands_and_put_back_there(serve: Serve, connect: Connect) -> None:
    file = io.BytesIO(b"0123456789")
    file.seek(4)
    assert sent(serve, connect, file) == as_sent(b"456789", "file", "application/octet-stream")
    assert file.tell() == 4


@pytest.mark.parametrize("kind", [io.BytesIO, Silent])
def test_the_same_file_can_be_sent_twice(serve: Serve, connect: Connect, kind: Callable[[bytes], Any]) -> None:
    file = kind(CONTENT)
    once = as_sent(CONTENT, "file", "application/octet-stream")
    assert sent(serve, connect, [file, file]) == [once, once]
    assert sent(serve, connect, file) == once


def test_files_are_found_in_any_depth(serve: Serve, connect: Connect) -> None:
    found = as_sent(CONTENT, "file", "application/octet-stream")
    value = {"a": [({"b": io.BytesIO(CONTENT)},), "text"], "c": (File(CONTENT),)}
    assert sent(serve, connect, value) == {"a": [[{"b": found}], "text"], "c": [found]}


def test_a_file_may_be_the_whole_input(serve: Serve, connect: Connect) -> None:
    server = serve([SUCCESS], [SUCCESS])
    client = connect(server)
    client.execute_workflow("wf", File(CONTENT))
    client.execute_workflow("wf", [File(CONTENT)])
    found = as_sent(CONTENT, "file", "application/octet-stream")
    assert [request.json() for request in server.requests] == [{"input": found}, {"input": [found]}]


def test_a_retry_sends_the_file_again_without_reading_it_again(serve: Serve, connect: Connect) -> None:
    class Once(io.BytesIO):
        reads = 0

        def read(self, size: int | None = -1) -> bytes:
            self.reads += 1
            return super().read(size)

        def seekable(self) -> bool:
            return False

    file = Once(CONTENT)
    server = serve([json_answer(429, {"error": "x"})], [SUCCESS])
    connect(server).execute_with_retry("wf", {"file": file})
    assert file.reads == 1
    assert server.requests[0].body == server.requests[1].body


class Coroutine:
    """What read() of an asynchronous file gives."""

    closed = False

    def close(self) -> None:
        self.closed = True


def numbers() -> Iterator[bytes]:
    yield b"1"


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        (b"bytes", TypeError, r"input_data\.file: .*wrap bytes as sim_sdk\.File"),
        (bytearray(b"x"), TypeError, r"wrap bytes"),
        (Path("x.png"), TypeError, r"input_data\.file: .*File\(path=\.\.\.\)"),
        (numbers(), TypeError, r"input_data\.file: .*generator"),
        (Unseekable(None), TypeError, r"input_data\.file: .*NoneType"),
        (Unseekable(7), TypeError, r"input_data\.file: .*int"),
        ([{"x": Unseekable(None)}], TypeError, r"input_data\.file\[0\]\.x"),
        (object(), TypeError, r"input_data\.file: .*object"),
    ],
)
def test_what_is_no_file_is_refused_with_its_place(
    serve: Serve, connect: Connect, value: Any, error: type[Exception], message: str
) -> None:
    server = serve()
    with pytest.raises(error, match=message):
        connect(server).execute_workflow("wf", {"file": value})
    assert server.connections == 0


def test_an_asynchronous_file_is_refused_without_leaving_a_coroutine_behind(serve: Serve, connect: Connect) -> None:
    coroutine = Coroutine()
    with pytest.raises(TypeError, match="Coroutine"):
        connect(serve()).execute_workflow("wf", {"file": Unseekable(coroutine)})
    assert coroutine.closed


def test_a_closed_file_is_an_error(serve: Serve, connect: Connect) -> None:
    file = io.BytesIO(CONTENT)
    file.close()
    with pytest.raises(ValueError, match="closed file"):
        connect(serve()).execute_workflow("wf", {"file": file})


def test_a_file_is_made_of_data_or_a_path() -> None:
    with pytest.raises(TypeError, match="either data or path"):
        File()
    with pytest.raises(TypeError, match="either data or path"):
        File(b"", path="x")
    with pytest.raises(TypeError, match="data: expected bytes or str, got int"):
        File(7)  # type: ignore[arg-type]


def test_a_file_shows_no_content() -> None:
    assert repr(File(b"secret", name="a.txt")) == "File(name='a.txt', mime='text/plain')"
    assert repr(File(path="/x/b.png")) == "File(name='b.png', mime='image/png')"


def test_a_refused_upload_says_why(serve: Serve, connect: Connect) -> None:
    too_large = json_answer(413, {"error": "File exceeds the maximum size of 20 MB"})
    with pytest.raises(InvalidRequestError, match="20 MB") as caught:
        connect(serve([too_large])).execute_workflow("wf", {"file": File(CONTENT)})
    assert caught.value.status == 413


def test_a_file_arrives_at_the_workflow(sim: MockSim, client: SimStudioClient) -> None:
    output = client.execute_workflow("echo", {"file": File(CONTENT, name="a.png")}).output
    assert output is not None
    assert output["result"]["echo"]["file"] == as_sent(CONTENT, "a.png", "image/png")
