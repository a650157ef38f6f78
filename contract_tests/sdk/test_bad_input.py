"""What cannot be right is refused before anything is sent, with an error that names the argument."""

import datetime
import socket
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from contract_tests.sdk._server import refused
from contract_tests.sdk.conftest import KEY
from sim_sdk import ConnectionFailedError, File, SimStudioClient, SimStudioError
from sim_sdk.errors import DOCUMENTED_CODES

Connect = Callable[..., SimStudioClient]
Call = Callable[[SimStudioClient], object]


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    """A socket that would notice any connection; at the end of the test there must have been none."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener
        listener.setblocking(False)
        # The kernel completes connections without anybody accepting them, so they would be in its queue.
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.fixture
def url(listener: socket.socket) -> str:
    return f"http://127.0.0.1:{listener.getsockname()[1]}"


@pytest.fixture
def client(connect: Connect, url: str) -> SimStudioClient:
    return connect(url)


def check_refusal(call: Callable[[], object], name: str) -> str:
    """The message of the error that the call raises; it begins with the argument's name."""
    with pytest.raises((TypeError, ValueError)) as caught:
        call()
    message = str(caught.value)
    assert message.startswith(name)
    assert len(message) > len(name) + 10
    return message


BAD_KEYS: Mapping[str, Any] = {
    "empty": "",
    "blank": "  ",
    "line end": "sk-sim-secret\n",
    "carriage return": "sk-sim-secret\r\nX-Evil: 1",
    "null": "sk-sim-secret\0",
    "space inside": "sk-sim secret",
    "not ASCII": "sk-sim-secrét",
    "bytes": b"sk-sim-secret",
    "number": 5,
}


class TestApiKey:
    def test_missing(self) -> None:
        message = check_refusal(SimStudioClient, "api_key")
        assert "SIM_API_KEY" in message

    @pytest.mark.parametrize("key", BAD_KEYS.values(), ids=BAD_KEYS)
    def test_constructor(self, url: str, key: Any) -> None:
        message = check_refusal(lambda: SimStudioClient(key, url), "api_key")
        assert "sk-sim" not in message

    @pytest.mark.parametrize("key", [*BAD_KEYS.values(), None])
    def test_set_api_key(self, client: SimStudioClient, key: Any) -> None:
        check_refusal(lambda: client.set_api_key(key), "api_key")

    @pytest.mark.parametrize("key", [*BAD_KEYS.values(), None])
    def test_with_options(self, client: SimStudioClient, key: Any) -> None:
        check_refusal(lambda: client.with_options(api_key=key), "api_key")

    @pytest.mark.parametrize("key", ["", " \n", "sk-sim-secret\n"])
    def test_of_the_environment(self, url: str, monkeypatch: pytest.MonkeyPatch, key: str) -> None:
        monkeypatch.setenv("SIM_API_KEY", key)
        check_refusal(lambda: SimStudioClient(base_url=url), "api_key")


BAD_URLS = [
    "",
    "sim.ai",
    "/api",
    "//sim.ai",
    "ftp://sim.ai",
    "file:///etc/passwd",
    "http://",
    "http://:80",
    "https://sim.ai:99999",
    "https://sim.ai:zero",
    "https://sim.ai:0",
    "https://[::1",
    "https://sim.ai/?key=1",
    "https://sim.ai/#fragment",
    "https://sim.ai?",
    "https://sim.ai/#",
    "https://sim.ai\r\nHost: evil",
    "https://sim .ai",
    "https://user:password@sim.ai",
    None,
    5,
    b"https://sim.ai",
]


class TestBaseUrl:
    @pytest.mark.parametrize("bad", BAD_URLS)
    def test_constructor(self, bad: Any) -> None:
        check_refusal(lambda: SimStudioClient(KEY, bad), "base_url")

    @pytest.mark.parametrize("bad", BAD_URLS)
    def test_set_base_url(self, client: SimStudioClient, bad: Any) -> None:
        check_refusal(lambda: client.set_base_url(bad), "base_url")

    def test_of_the_environment(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("SIM_BASE_URL", "sim.ai")
        check_refusal(lambda: SimStudioClient(KEY), "base_url")


OPTIONS = [
    *((name, bad) for name in ("timeout", "connect_timeout", "idle_timeout") for bad in (0, -1, "30", True, [1])),
    *((name, bad) for name in ("timeout", "connect_timeout") for bad in (float("nan"), float("inf"))),
    *(("max_retries", bad) for bad in (-1, 1.5, "2", True, None)),
    *(("pool_size", bad) for bad in (0, -1, 1.5, "2", None)),
    *(("max_response_bytes", bad) for bad in (0, -1, 1.5, "2")),
    *(("user_agent", bad) for bad in ("", "  ", "a\r\nb", "é", None, 5)),
    *(("proxy", bad) for bad in ("", "proxy:8080", "ftp://proxy", 5)),
    ("headers", {"X-Name": "line\nend"}),
    ("headers", {"X-Name": "carriage\rreturn"}),
    ("headers", {"X-Name": "null\0"}),
    ("headers", {"X-Name": "漢"}),
    ("headers", {"X-Name": 5}),
    ("headers", {"": "value"}),
    ("headers", {"X Name": "value"}),
    ("headers", {"X-Name:": "value"}),
    ("headers", {"X-Name\n": "value"}),
    ("headers", {"X-Größe": "value"}),
    ("headers", {"漢": "value"}),
    ("headers", {"X-Name": "value", "x-name": "another"}),
    ("headers", {5: "value"}),
    *(("ssl_context", bad) for bad in (False, True, "certificates.pem")),
    ("headers", {"x-api-key": "another"}),
    ("headers", {"Content-Length": "0"}),
    ("headers", "X-Name: value"),
    ("headers", 5),
]


@pytest.mark.parametrize(("name", "bad"), OPTIONS)
def test_option_of_the_constructor(url: str, name: str, bad: Any) -> None:
    check_refusal(lambda: SimStudioClient(KEY, url, **{name: bad}), name)


@pytest.mark.parametrize(("name", "bad"), OPTIONS)
def test_option_of_a_copy(client: SimStudioClient, name: str, bad: Any) -> None:
    check_refusal(lambda: client.with_options(**{name: bad}), name)


def test_unknown_option(client: SimStudioClient) -> None:
    with pytest.raises(TypeError, match=r"'retries'.*max_retries"):
        client.with_options(retries=1)


BAD_IDS: Mapping[str, Any] = {
    "empty": "",
    "dot": ".",
    "two dots": "..",
    "line end": "workflow\n",
    "header": "workflow HTTP/1.1\r\nX-Evil: 1",
    "null": "workflow\0",
    "delete": "workflow\x7f",
    "lone surrogate": "workflow\ud800",
    "None": None,
    "number": 5,
    "bytes": b"workflow",
    "list": ["workflow"],
}

METHODS_WITH_IDS: Mapping[str, tuple[str, Callable[[SimStudioClient, Any], object]]] = {
    "execute_workflow": ("workflow_id", lambda client, bad: client.execute_workflow(bad)),
    "streaming": ("workflow_id", lambda client, bad: client.execute_workflow(bad, stream=True)),
    "async": ("workflow_id", lambda client, bad: client.execute_workflow(bad, async_execution=True)),
    "execute_workflow_sync": ("workflow_id", lambda client, bad: client.execute_workflow_sync(bad)),
    "execute_with_retry": ("workflow_id", lambda client, bad: client.execute_with_retry(bad)),
    "execute_and_wait": ("workflow_id", lambda client, bad: client.execute_and_wait(bad)),
    "stream_workflow": ("workflow_id", lambda client, bad: client.stream_workflow(bad)),
    "get_workflow_status": ("workflow_id", lambda client, bad: client.get_workflow_status(bad)),
    "validate_workflow": ("workflow_id", lambda client, bad: client.validate_workflow(bad)),
    "get_job_status": ("task_id", lambda client, bad: client.get_job_status(bad)),
    "wait_for_job": ("task_id", lambda client, bad: client.wait_for_job(bad)),
    "logs.list": ("workspace_id", lambda client, bad: client.logs.list(workspace_id=bad)),
    "logs.iter": ("workspace_id", lambda client, bad: list(client.logs.iter(workspace_id=bad))),
    "logs.get": ("log_id", lambda client, bad: client.logs.get(bad)),
    "logs.get_execution": ("execution_id", lambda client, bad: client.logs.get_execution(bad)),
}


@pytest.mark.parametrize("bad", BAD_IDS.values(), ids=BAD_IDS)
@pytest.mark.parametrize("method", METHODS_WITH_IDS)
def test_id(client: SimStudioClient, method: str, bad: Any) -> None:
    name, call = METHODS_WITH_IDS[method]
    check_refusal(lambda: call(client, bad), name)


class Unreadable:
    def read(self) -> object:
        return 5


def cycle() -> dict[str, Any]:
    outer: dict[str, Any] = {"inner": []}
    outer["inner"].append(outer)
    return outer


def abyss() -> list[Any]:
    deep: list[Any] = []
    for _ in range(2 * sys.getrecursionlimit()):
        deep = [deep]
    return deep


BAD_INPUTS: Mapping[str, tuple[Any, str]] = {
    "object": (object(), "input_data: "),
    "object inside": ({"a": [1, {"b": object()}]}, "input_data.a[1].b: "),
    "in a tuple": ({"a": (1, {2})}, "input_data.a[1]: "),
    "set": ({"a": {1}}, "input_data.a: "),
    "bytes": ({"file": b"bytes"}, "input_data.file: "),
    "bytearray": ([bytearray(b"bytes")], "input_data[0]: "),
    "path": ({"file": Path("file.txt")}, "input_data.file: "),
    "date": ({"when": datetime.datetime.now(datetime.timezone.utc)}, "input_data.when: "),
    "generator": ({"items": (item for item in "ab")}, "input_data.items: "),
    "generator at the root": ((item for item in [b"ab"]), "input_data: "),
    "complex": ({"a": 1j}, "input_data.a: "),
    "not a number": ({"a": [float("nan")]}, "input_data.a[0]: "),
    "infinite": ({"a": float("-inf")}, "input_data.a: "),
    "more digits than Python writes": ({"a": 10**5000}, "input_data: "),
    "lone surrogate": ({"a": "\ud800"}, "input_data: "),
    "lone surrogate in a key": ({"\ud800": 1}, "input_data: "),
    "number as key": ({"a": {1: "b"}}, "input_data.a: "),
    "None as key": ({None: "b"}, "input_data: "),
    "cycle": (cycle(), "input_data.inner[0]: "),
    "abyss": (abyss(), "input_data: "),
    "a file of numbers": ({"file": Unreadable()}, "input_data.file: "),
}


@pytest.mark.parametrize(("value", "place"), BAD_INPUTS.values(), ids=BAD_INPUTS)
def test_input(client: SimStudioClient, value: Any, place: str) -> None:
    check_refusal(lambda: client.execute_workflow("workflow-id", value), place)


@pytest.mark.parametrize("value", [b"bytes", Path("file.txt"), iter([b"bytes"])])
def test_what_to_do_about_an_input(client: SimStudioClient, value: Any) -> None:
    assert "File(" in check_refusal(lambda: client.execute_workflow("workflow-id", value), "input_data")


def test_input_under_both_names(client: SimStudioClient) -> None:
    message = check_refusal(lambda: client.execute_workflow("workflow-id", {"a": 1}, input={"a": 1}), "input")
    assert "input_data" in message


def test_a_file_that_is_not_there(client: SimStudioClient, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        client.execute_workflow("workflow-id", {"file": File(path=tmp_path / "nowhere.txt")})


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (lambda: File(), "File"),
        (lambda: File(b"a", path="a"), "File"),
        (lambda: File(5), "data"),  # type: ignore[arg-type]
        (lambda: File(path=5), "path"),  # type: ignore[arg-type]
        (lambda: File(b"a", name=5), "name"),  # type: ignore[arg-type]
        (lambda: File(b"a", mime=5), "mime"),  # type: ignore[arg-type]
    ],
)
def test_file(make: Callable[[], File], name: str) -> None:
    check_refusal(make, name)


NOT_SECONDS = [0, -1.0, float("nan"), float("inf"), "30", True, [30]]
NOT_NUMBERS = [-1, float("nan"), float("inf"), "1", True, None]
NOT_NAMES = ["agent1.content", b"agent1.content", ["agent1.content", 5], [None], [""], ["\ud800"], 5, {"a.b": 1}]


ARGUMENTS: list[tuple[str, list[Any], Callable[[SimStudioClient, Any], object]]] = [
    ("timeout", NOT_SECONDS, lambda client, bad: client.execute_workflow("id", timeout=bad)),
    ("timeout", NOT_SECONDS, lambda client, bad: client.execute_workflow("id", None, bad, async_execution=True)),
    ("timeout", NOT_SECONDS, lambda client, bad: client.execute_workflow_sync("id", timeout=bad)),
    ("timeout", NOT_SECONDS, lambda client, bad: client.execute_with_retry("id", timeout=bad)),
    ("timeout", NOT_SECONDS, lambda client, bad: client.execute_and_wait("id", timeout=bad)),
    ("timeout", NOT_SECONDS, lambda client, bad: client.wait_for_job("id", timeout=bad)),
    ("timeout", NOT_SECONDS, lambda client, bad: client.stream_workflow("id", timeout=bad)),
    ("first_event_timeout", NOT_SECONDS, lambda client, bad: client.stream_workflow("id", first_event_timeout=bad)),
    ("poll_interval", NOT_NUMBERS, lambda client, bad: client.execute_and_wait("id", poll_interval=bad)),
    ("poll_interval", NOT_NUMBERS, lambda client, bad: client.wait_for_job("id", poll_interval=bad)),
    ("on_status", [5, "print"], lambda client, bad: client.execute_and_wait("id", on_status=bad)),
    ("on_status", [5, "print"], lambda client, bad: client.wait_for_job("id", on_status=bad)),
    ("on_retry", [5, "print"], lambda client, bad: client.execute_with_retry("id", on_retry=bad)),
    ("on_progress", [5, "print"], lambda client, bad: client.execute_batch([("id", None)], on_progress=bad)),
    ("selected_outputs", NOT_NAMES, lambda client, bad: client.execute_workflow("id", selected_outputs=bad)),
    ("selected_outputs", NOT_NAMES, lambda client, bad: client.stream_workflow("id", selected_outputs=bad)),
    ("stream", ["yes", 1, []], lambda client, bad: client.execute_workflow("id", stream=bad)),
    ("async_execution", ["yes", 1], lambda client, bad: client.execute_workflow("id", async_execution=bad)),
    ("max_retries", [-1, 1.5, "3", True, None], lambda client, bad: client.execute_with_retry("id", max_retries=bad)),
    ("initial_delay", NOT_NUMBERS, lambda client, bad: client.execute_with_retry("id", initial_delay=bad)),
    ("max_delay", NOT_NUMBERS, lambda client, bad: client.execute_with_retry("id", max_delay=bad)),
    ("backoff_multiplier", NOT_NUMBERS, lambda client, bad: client.execute_with_retry("id", backoff_multiplier=bad)),
    ("max_retry_after", NOT_NUMBERS, lambda client, bad: client.execute_with_retry("id", max_retry_after=bad)),
    ("level", ["warning", 5], lambda client, bad: client.logs.list(workspace_id="id", level=bad)),
    ("order", ["newest", 5], lambda client, bad: client.logs.list(workspace_id="id", order=bad)),
    ("details", ["all", 5], lambda client, bad: client.logs.list(workspace_id="id", details=bad)),
    ("limit", [0, -1, "5", 1.5, True], lambda client, bad: client.logs.list(workspace_id="id", limit=bad)),
    ("triggers", ["api", [5], ["a,b"], []], lambda client, bad: client.logs.list(workspace_id="id", triggers=bad)),
    ("start_date", ["yesterday", 5], lambda client, bad: client.logs.list(workspace_id="id", start_date=bad)),
    ("min_cost", [-1, "1", float("nan")], lambda client, bad: client.logs.list(workspace_id="id", min_cost=bad)),
    ("include_trace_spans", ["no"], lambda client, bad: client.logs.list(workspace_id="id", include_trace_spans=bad)),
    (
        "unknown filter 'workflow'",
        ["id"],
        lambda client, bad: client.logs.list(workspace_id="id", workflow=bad),  # type: ignore[call-arg]
    ),
]


@pytest.mark.parametrize(
    ("name", "bad", "call"),
    [(name, bad, call) for name, all_bad, call in ARGUMENTS for bad in all_bad],
)
def test_argument(client: SimStudioClient, name: str, bad: Any, call: Callable[[SimStudioClient, Any], object]) -> None:
    check_refusal(lambda: call(client, bad), name)


async def awaited(*arguments: object) -> None: ...


@pytest.mark.parametrize(
    ("name", "call"),
    [
        ("on_retry", lambda client: client.execute_with_retry("id", on_retry=awaited)),
        ("on_status", lambda client: client.execute_and_wait("id", on_status=awaited)),
        ("on_status", lambda client: client.wait_for_job("id", on_status=awaited)),
        ("on_progress", lambda client: client.execute_batch([("id", None)], on_progress=awaited)),
    ],
)
def test_a_callback_that_nobody_would_await(name: str, call: Call) -> None:
    with refused() as url, SimStudioClient(KEY, url) as client:
        check_refusal(lambda: call(client), name)


@pytest.mark.parametrize("name", ["timeout", "initial_delay", "max_retry_after"])
def test_a_number_beyond_all_floats(client: SimStudioClient, name: str) -> None:
    check_refusal(lambda: client.execute_with_retry("id", **{name: 10**400}), name)


REQUESTS: Mapping[str, tuple[str, Call]] = {
    "execute_workflow": ("EXECUTION_ERROR", lambda client: client.execute_workflow("id", {"a": 1})),
    "streaming": ("EXECUTION_ERROR", lambda client: client.execute_workflow("id", stream=True)),
    "async": ("EXECUTION_ERROR", lambda client: client.execute_workflow("id", async_execution=True)),
    "execute_with_retry": ("EXECUTION_ERROR", lambda client: client.execute_with_retry("id")),
    "execute_and_wait": ("EXECUTION_ERROR", lambda client: client.execute_and_wait("id")),
    "stream_workflow": ("EXECUTION_ERROR", lambda client: client.stream_workflow("id")),
    "get_workflow_status": ("STATUS_ERROR", lambda client: client.get_workflow_status("id")),
    "get_job_status": ("STATUS_ERROR", lambda client: client.get_job_status("id")),
    "wait_for_job": ("STATUS_ERROR", lambda client: client.wait_for_job("id")),
    "get_usage_limits": ("USAGE_ERROR", lambda client: client.get_usage_limits()),
    "logs.list": ("EXECUTION_ERROR", lambda client: client.logs.list(workspace_id="id")),
}


def check_unreachable(client: SimStudioClient, method: str) -> SimStudioError:
    code, call = REQUESTS[method]
    with pytest.raises(ConnectionFailedError) as caught:
        call(client)
    error = caught.value
    assert (error.code, error.status, error.request_sent) == (code, None, False)
    assert error.code in DOCUMENTED_CODES
    assert client.base_url in str(error)
    assert KEY not in str(error)
    return error


@pytest.mark.parametrize("method", REQUESTS)
def test_a_server_that_refuses_connections(connect: Connect, method: str) -> None:
    with refused() as nowhere:
        assert "refused" in str(check_unreachable(connect(nowhere), method))


@pytest.mark.parametrize("method", REQUESTS)
def test_a_host_that_is_not_known(connect: Connect, monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    def fail(*arguments: Any, **options: Any) -> Any:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", fail)
    error = check_unreachable(connect("http://no-such-host.invalid"), method)
    assert "Name or service not known" in str(error)


def test_validate_workflow_of_an_unreachable_server(connect: Connect, caplog: pytest.LogCaptureFixture) -> None:
    with refused() as nowhere:
        assert connect(nowhere).validate_workflow("id") is False
    assert "cannot connect" in caplog.text
    assert caplog.records[-1].levelname == "WARNING"
