"""Sixteen bugs of the published package that this one must not have."""

import base64
import email.utils
import importlib.resources
import io
import json
import pickle
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contract_tests.sdk._clock import FakeClock
from contract_tests.sdk._server import (
    STATUS,
    SUCCESS,
    Ending,
    ScriptedServer,
    answer,
    json_answer,
    stream,
)
from contract_tests.sdk.conftest import KEY
from sim_sdk import (
    AuthenticationError,
    RateLimitError,
    RedirectError,
    RequestTimeoutError,
    ServerError,
    SimStudioClient,
    SimStudioError,
)

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., SimStudioClient]

LIMITED = json_answer(429, {"error": "Rate limit exceeded"})


def limited(**headers: str) -> bytes:
    """A 429 with these headers; underscores in their names stand for hyphens."""
    return json_answer(
        429, {"error": "Rate limit exceeded"}, {name.replace("_", "-"): text for name, text in headers.items()}
    )


def sent_files(server: ScriptedServer) -> list[tuple[str, bytes]]:
    """Name and content of each file in the first request's input `files`."""
    files = server.requests[0].json()["files"]
    return [(file["name"], base64.b64decode(file["data"].partition(";base64,")[2])) for file in files]


def test_01_stream_true_gives_a_result(serve: Serve, connect: Connect) -> None:
    frames = [{"blockId": "b", "chunk": "One"}, {"blockId": "b", "chunk": ", two"}]
    final = {"event": "final", "data": {"success": True, "output": {}}}
    server = serve([stream([*frames, final, "[DONE]"])])
    result = connect(server).execute_workflow("workflow-id", stream=True, selected_outputs=["agent1.content"])
    assert (result.success, result.output) == (True, {"b": {"content": "One, two"}})


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_02_the_key_goes_to_no_other_origin(serve: Serve, connect: Connect, status: int) -> None:
    elsewhere = serve()
    redirect = answer(status, headers={"Location": f"{elsewhere.url}/api/workflows/workflow-id/status"})
    client = connect(serve([redirect], [redirect]))
    with pytest.raises(RedirectError, match=r"redirects to 'http://127\.0\.0\.1"):
        client.get_workflow_status("workflow-id")
    with pytest.raises(RedirectError):
        client.execute_workflow("workflow-id")
    assert elsewhere.connections == 0


@pytest.mark.parametrize(
    ("hostile", "segment"),
    [
        ("../users/me", "..%2Fusers%2Fme"),
        ("a/b", "a%2Fb"),
        ("a?key=1", "a%3Fkey%3D1"),
        ("a#b", "a%23b"),
        ("a%2Fb", "a%252Fb"),
        ("a b", "a%20b"),
        ("é;=", "%C3%A9%3B%3D"),
        ("...", "..."),
    ],
)
def test_03_an_id_stays_one_segment_of_the_url(serve: Serve, connect: Connect, hostile: str, segment: str) -> None:
    job = json_answer(200, {"status": "completed"})
    server = serve([STATUS], [SUCCESS], [job])
    client = connect(server)
    client.get_workflow_status(hostile)
    client.execute_workflow(hostile)
    client.get_job_status(hostile)
    assert [request.target for request in server.requests] == [
        f"/api/workflows/{segment}/status",
        f"/api/workflows/{segment}/execute",
        f"/api/jobs/{segment}",
    ]


def test_04_an_iso_reset_is_read(serve: Serve, connect: Connect) -> None:
    headers = {"X-RateLimit-Limit": "10", "X-RateLimit-Remaining": "9", "X-RateLimit-Reset": "2026-01-01T00:01:00.500Z"}
    client = connect(serve([json_answer(200, {"isDeployed": True}, headers)]))
    client.get_workflow_status("workflow-id")
    info = client.get_rate_limit_info()
    assert info is not None
    assert (info.limit, info.remaining, info.reset) == (10, 9, 1_767_225_660)


def test_05_an_http_date_in_retry_after_is_read(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    moment = email.utils.formatdate(clock.time() + 40, usegmt=True)
    client = connect(serve([limited(Retry_After=moment)]))
    with pytest.raises(RateLimitError) as caught:
        client.execute_workflow("workflow-id")
    assert caught.value.retry_after == 40


def test_06_retry_after_counts_without_other_headers(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    client = connect(serve([limited(Retry_After="7")], [SUCCESS]))
    assert client.execute_with_retry("workflow-id").success
    (slept,) = clock.slept
    assert 7 <= slept <= 9


def test_06_no_message_speaks_of_none(serve: Serve, connect: Connect) -> None:
    client = connect(serve([LIMITED]))
    with pytest.raises(RateLimitError) as caught:
        client.execute_with_retry("workflow-id", max_retries=0)
    assert "None" not in str(caught.value)
    assert caught.value.retry_after is None


def test_07_one_calls_hint_does_not_make_another_wait(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    client = connect(serve([limited(Retry_After="60", X_RateLimit_Remaining="0")], [LIMITED], [SUCCESS]))
    with pytest.raises(RateLimitError):
        client.execute_workflow("workflow-id")
    assert client.execute_with_retry("workflow-id").success
    (slept,) = clock.slept
    assert 0.75 <= slept <= 1.25


def test_08_a_hint_is_never_shortened(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    tries = 20
    client = connect(serve(*[[limited(Retry_After="10")]] * tries, [SUCCESS]))
    assert client.execute_with_retry("workflow-id", max_retries=tries).success
    assert len(clock.slept) == tries
    assert min(clock.slept) >= 10


def test_08_a_hint_of_zero_is_a_hint(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    client = connect(serve([limited(Retry_After="0")], [SUCCESS]))
    assert client.execute_with_retry("workflow-id").success
    assert clock.slept == [0]


def test_09_a_503_is_tried_again(serve: Serve, connect: Connect, clock: FakeClock) -> None:
    busy = json_answer(503, {"error": "Busy"}, {"Retry-After": "3"})
    client = connect(serve([busy], [SUCCESS], [json_answer(503, {"error": "Busy"})], [STATUS]))
    assert client.execute_with_retry("workflow-id").success
    assert 3 <= clock.slept[0] <= 4
    assert client.get_workflow_status("workflow-id").is_deployed


@pytest.mark.parametrize("body", [["a", "list"], "a string", None, 42, True, {}, {"error": ["a list"]}])
def test_10_an_error_body_may_be_any_json(serve: Serve, connect: Connect, body: Any) -> None:
    client = connect(serve([json_answer(500, body)]))
    with pytest.raises(ServerError) as caught:
        client.execute_workflow("workflow-id")
    error = caught.value
    assert (error.status, error.code, error.response_body) == (500, "EXECUTION_ERROR", json.dumps(body))
    assert str(error)


@pytest.mark.parametrize("body", [{"created": True}, {"success": "yes"}, ["a"], "words", 42, None, False])
def test_11_a_response_blocks_answer_is_the_output(serve: Serve, connect: Connect, body: Any) -> None:
    result = connect(serve([json_answer(201, body)])).execute_workflow("workflow-id")
    assert (result.success, result.output, result.status_code) == (True, body, 201)


def test_11_a_response_block_may_answer_with_an_error(serve: Serve, connect: Connect) -> None:
    client = connect(serve([json_answer(418, {"flavour": "mint"})]))
    with pytest.raises(SimStudioError) as caught:
        client.execute_workflow("workflow-id")
    assert json.loads(caught.value.response_body or "") == {"flavour": "mint"}
    assert caught.value.status == 418


def test_12_a_bad_key_does_not_look_like_an_undeployed_workflow(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    refusal = json_answer(401, {"error": "Invalid API key"})
    client = connect(serve([refusal], [refusal]))
    with pytest.raises(AuthenticationError):
        client.get_workflow_status("workflow-id")
    assert client.validate_workflow("workflow-id") is False
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert "Invalid API key" in caplog.text


@pytest.mark.parametrize(
    "call",
    [
        lambda client: client.get_workflow_status("workflow-id"),
        lambda client: client.get_job_status("task-id"),
        lambda client: client.get_usage_limits(),
        lambda client: client.logs.list(workspace_id="workspace-id"),
    ],
)
def test_13_a_get_has_a_timeout(serve: Serve, connect: Connect, call: Callable[[SimStudioClient], object]) -> None:
    server = serve([Ending.STALL])
    client = connect(server, timeout=0.05, clock=None)
    with pytest.raises(RequestTimeoutError) as caught:
        call(client)
    assert caught.value.code == "TIMEOUT"


@pytest.mark.parametrize(
    "input_data",
    [
        {"stream": "of thought", "a": 1},
        {"selectedOutputs": ["mine"]},
        {"stream": False, "selectedOutputs": []},
        {"input": 1, "b": 2},
        {"triggerType": "mine", "workflowTriggerType": "mine"},
    ],
)
def test_14_no_key_of_the_input_is_overwritten(serve: Serve, connect: Connect, input_data: Any) -> None:
    final = {"event": "final", "data": {"success": True, "output": 1}}
    server = serve([SUCCESS], [stream([final, "[DONE]"])])
    client = connect(server)
    client.execute_workflow("workflow-id", input_data)
    client.execute_workflow("workflow-id", input_data, stream=True, selected_outputs=["agent1.content"])
    plain, streamed = (request.json() for request in server.requests)
    assert plain == {"input": input_data}
    assert streamed == {"input": input_data, "stream": True, "selectedOutputs": ["agent1.content"]}


def test_14_cookies_are_not_kept(serve: Serve, connect: Connect) -> None:
    server = serve([json_answer(200, {"isDeployed": True}, {"Set-Cookie": "session=1; Path=/"})], [STATUS])
    client = connect(server)
    client.get_workflow_status("workflow-id")
    client.get_workflow_status("workflow-id")
    assert "cookie" not in server.requests[1].headers


def test_14_a_netrc_is_not_read(
    serve: Serve, connect: Connect, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login somebody password secret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    monkeypatch.setenv("HOME", str(tmp_path))
    server = serve([STATUS])
    connect(server).get_workflow_status("workflow-id")
    assert "authorization" not in server.requests[0].headers
    assert server.requests[0].headers["x-api-key"] == KEY


class Pipe(io.RawIOBase):
    """A file that cannot seek."""

    name = "pipe.bin"

    def __init__(self, content: bytes) -> None:
        self._rest = io.BytesIO(content)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        return self._rest.readinto(buffer)


def test_15_files_that_cannot_seek(serve: Serve, connect: Connect) -> None:
    server = serve([SUCCESS])
    connect(server).execute_workflow("workflow-id", {"files": [Pipe(b"\x00pipe")]})
    assert sent_files(server) == [("pipe.bin", b"\x00pipe")]


def test_15_files_in_text_mode(serve: Serve, connect: Connect, tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Grüße, 漢字", encoding="utf-8")
    server = serve([SUCCESS])
    with path.open(encoding="utf-8") as file:
        connect(server).execute_workflow("workflow-id", {"files": [file, io.StringIO("text")]})
    assert sent_files(server) == [("notes.txt", "Grüße, 漢字".encode()), ("file", b"text")]
    assert server.requests[0].json()["files"][0]["mime"] == "text/plain"


def test_15_files_in_tuples(serve: Serve, connect: Connect) -> None:
    server = serve([SUCCESS])
    connect(server).execute_workflow("workflow-id", {"deep": ({"files": (io.BytesIO(b"a"), [io.BytesIO(b"b")])},)})
    files = server.requests[0].json()["deep"][0]["files"]
    assert [files[0]["type"], files[1][0]["type"]] == ["file", "file"]
    assert files[0]["data"].endswith(";base64," + base64.b64encode(b"a").decode())


@pytest.mark.synchronous("unpickles, which gives the asynchronous client itself")
def test_16_a_pickled_client_does_not_hold_the_key(connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    client = connect("http://sim.test", clock=None, timeout=7.0)
    pickled = pickle.dumps(client)
    assert KEY.encode() not in pickled
    monkeypatch.setenv("SIM_API_KEY", "sk-sim-of-the-other-process")
    with pickle.loads(pickled) as copy:
        assert copy.base_url == "http://sim.test"
    monkeypatch.delenv("SIM_API_KEY")
    with pytest.raises(ValueError, match="SIM_API_KEY"):
        pickle.loads(pickled)


@pytest.mark.parametrize("package", ["sim_sdk", "simstudio", "sim_api"])
def test_16_type_checkers_are_told_that_there_are_types(package: str) -> None:
    assert importlib.resources.files(package).joinpath("py.typed").is_file()
