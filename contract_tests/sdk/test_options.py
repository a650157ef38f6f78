"""What a client can be told, where it is told it, and that it tells nobody its key."""

import copy
import logging
import os
import pickle
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable
from typing import Any

import pytest

import simstudio
from contract_tests.sdk._server import PATIENCE, STATUS, SUCCESS, Ending, ScriptedServer, json_answer
from contract_tests.sdk.conftest import KEY
from sim_sdk import SimStudioClient, SimStudioError
from sim_sdk._clock import SystemClock

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., SimStudioClient]


# The environment


def test_key_and_server_come_from_the_environment(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve([STATUS])
    monkeypatch.setenv("SIM_API_KEY", "from-the-environment")
    monkeypatch.setenv("SIM_BASE_URL", server.url + "/")
    with SimStudioClient() as client:
        assert client.base_url == server.url
        client.get_workflow_status("wf")
    assert server.requests[0].headers["x-api-key"] == "from-the-environment"


def test_what_is_given_counts_more_than_the_environment(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve([STATUS])
    monkeypatch.setenv("SIM_API_KEY", "from-the-environment")
    monkeypatch.setenv("SIM_BASE_URL", "http://from-the-environment.example")
    with SimStudioClient("given", server.url) as client:
        client.get_workflow_status("wf")
    assert server.requests[0].headers["x-api-key"] == "given"


def test_the_documented_server_can_be_asked_for_whatever_the_environment_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SIM_BASE_URL", "http://from-the-environment.example")
    assert SimStudioClient("key", "https://sim.ai").base_url == "https://sim.ai"
    assert SimStudioClient("key", base_url="".join(["https://", "sim.ai"])).base_url == "https://sim.ai"


def test_without_an_environment_the_server_is_sims() -> None:
    assert SimStudioClient("key").base_url == "https://sim.ai"


def test_an_empty_variable_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_BASE_URL", "")
    assert SimStudioClient("key").base_url == "https://sim.ai"


# Setters and copies


def test_setters_take_effect_on_the_next_request(serve: Serve, connect: Connect) -> None:
    first, second = serve([STATUS], [STATUS]), serve([STATUS])
    client = connect(first)
    client.get_workflow_status("wf")
    client.set_api_key("another-key")
    client.get_workflow_status("wf")
    client.set_base_url(second.url + "/")
    client.get_workflow_status("wf")
    keys = [request.headers["x-api-key"] for request in [*first.requests, *second.requests]]
    assert keys == [KEY, "another-key", "another-key"]


def test_setters_do_not_disturb_a_stream_under_way(serve: Serve, connect: Connect) -> None:
    final = b'data: {"event":"final","data":{"success":true,"output":{}}}\n\n'
    whole = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nContent-Length: %d\r\n\r\n" % len(final)
    client = connect(serve([whole, final]))
    with client.stream_workflow("wf") as stream:
        client.set_api_key("another-key")
        client.set_base_url("http://elsewhere.example")
        assert stream.result.success


@pytest.mark.synchronous("looks at the copy's own class")
def test_a_copy_differs_in_what_it_is_told_only(serve: Serve, connect: Connect) -> None:
    server = serve([STATUS], [STATUS])
    client = connect(server, headers={"X-A": "1"})
    other = client.with_options(api_key="another-key", headers={"X-B": "2"})
    assert type(other) is SimStudioClient
    other.get_workflow_status("wf")
    client.get_workflow_status("wf")
    changed, same = (request.headers for request in server.requests)
    assert (changed["x-api-key"], changed.get("x-a"), changed["x-b"]) == ("another-key", None, "2")
    assert (same["x-api-key"], same["x-a"], same.get("x-b")) == (KEY, "1", None)


def test_a_copy_goes_to_its_own_server(serve: Serve, connect: Connect) -> None:
    first, second = serve([STATUS]), serve([STATUS])
    client = connect(first)
    client.with_options(base_url=second.url + "/").get_workflow_status("wf")
    client.get_workflow_status("wf")
    assert len(first.requests) == len(second.requests) == 1


@pytest.mark.parametrize(
    ("options", "error", "name"),
    [
        ({"time_out": 5}, TypeError, "unknown option 'time_out'"),
        ({"timeout": -1}, ValueError, "timeout"),
        ({"api_key": None}, TypeError, "api_key"),
        ({"base_url": "sim.ai"}, ValueError, "base_url"),
        ({"base_url": None}, TypeError, "base_url"),
        ({"max_retries": "3"}, TypeError, "max_retries"),
    ],
)
def test_a_copy_is_checked_as_the_original_was(
    connect: Connect, options: dict[str, Any], error: type[Exception], name: str
) -> None:
    client = connect("http://sim.example")
    with pytest.raises(error, match=name):
        client.with_options(**options)


def test_a_copy_takes_back_what_the_original_was_given(serve: Serve, connect: Connect) -> None:
    server = serve([STATUS])
    client = connect(server, headers={"X-Team": "data"})
    plain = client.with_options(headers=None, clock=None)
    plain.get_workflow_status("wf")
    assert "x-team" not in server.requests[0].headers


@pytest.mark.parametrize("key", [None, "", " ", "a b", "key\n", "žluť", 7])
def test_a_bad_key_leaves_the_old_one(serve: Serve, connect: Connect, key: Any) -> None:
    server = serve([STATUS])
    client = connect(server)
    with pytest.raises((TypeError, ValueError), match="api_key"):
        client.set_api_key(key)
    client.get_workflow_status("wf")
    assert server.requests[0].headers["x-api-key"] == KEY


def test_both_names_give_the_same_client() -> None:
    assert simstudio.SimStudioClient is SimStudioClient


# The key


def test_a_client_shows_where_it_goes_and_not_its_key() -> None:
    client = SimStudioClient(KEY, "http://sim.example", proxy="http://user:hidden-word@proxy.example")
    assert repr(client) == "SimStudioClient(base_url='http://sim.example')"
    shown = f"{client} {client!r} {vars(client)}"
    assert KEY not in shown
    assert "hidden-word" not in shown


def test_a_constructor_that_fails_does_not_show_the_key_in_its_traceback() -> None:
    with pytest.raises(ValueError, match="timeout") as caught:
        SimStudioClient(KEY, timeout=-1)
    frames = traceback.TracebackException.from_exception(caught.value, capture_locals=True).stack
    shown = [str(frame.locals) for frame in frames if "sim_sdk" in frame.filename and "contract" not in frame.filename]
    assert len(shown) > 1
    assert KEY not in "".join(shown)


def test_a_pickled_client_leaves_its_key_behind(serve: Serve, monkeypatch: pytest.MonkeyPatch) -> None:
    server = serve([STATUS])
    client = SimStudioClient(KEY, server.url, timeout=7.0, headers={"X-A": "1"}, max_retries=0)
    pickled = pickle.dumps(client)
    assert KEY.encode() not in pickled
    with pytest.raises(ValueError, match="SIM_API_KEY"):
        pickle.loads(pickled)
    monkeypatch.setenv("SIM_API_KEY", "of-the-other-process")
    with pickle.loads(pickled) as unpickled:
        assert unpickled.base_url == server.url
        unpickled.get_workflow_status("wf")
    assert server.requests[0].headers["x-api-key"] == "of-the-other-process"
    assert server.requests[0].headers["x-a"] == "1"


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_the_parts_of_a_client_cannot_be_pickled_with_the_key(protocol: int) -> None:
    client = SimStudioClient(KEY)
    with pytest.raises(TypeError, match="API key is not pickled"):
        pickle.dumps(vars(client), protocol)


def test_a_copied_client_has_its_key_from_the_environment_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SIM_API_KEY", "x")
    assert copy.copy(SimStudioClient(KEY)).base_url == "https://sim.ai"


def test_a_short_key_is_not_cut_out_of_ordinary_words(serve: Serve) -> None:
    server = serve([json_answer(500, {"error": "a test failed"})])
    with SimStudioClient("test", server.url) as client, pytest.raises(SimStudioError, match="a test failed"):
        client.execute_workflow("wf")


def test_headers_are_those_of_the_moment_when_they_were_given(serve: Serve) -> None:
    server = serve([STATUS])
    headers = {"X-Team": "a"}
    with SimStudioClient(KEY, server.url, headers=headers) as client:
        headers["X-Team"] = "b"
        client.get_workflow_status("wf")
    assert server.requests[0].headers["x-team"] == "a"


# Logging


def test_what_happens_is_logged_without_the_key(
    serve: Serve, connect: Connect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "sim_sdk")
    server = serve(
        [SUCCESS],
        [json_answer(503, {"error": f"echo of {KEY}"})],
        [Ending.CLOSE],
        [json_answer(401, {"error": f"bad key {KEY}"}, {"X-Echo": KEY})],
    )
    client = connect(server)
    client.execute_workflow("wf", {"secret": "input stays private"})
    assert client.validate_workflow("wf") is False
    text = caplog.text
    assert "POST" in text
    assert "HTTP 200" in text
    assert "try 1 failed" in text
    assert "cannot be validated" in text
    assert KEY not in text
    assert "input stays private" not in text


PROGRAM = """
import sys
from sim_sdk import SimStudioClient

with SimStudioClient("sk-canary-key", sys.argv[1]) as client:
    client.get_workflow_status("wf")
"""


@pytest.mark.parametrize(
    ("level", "said"), [("debug", True), ("DEBUG", True), ("warning", False), ("nonsense", False), ("", False)]
)
def test_sim_log_switches_logging_on(serve: Serve, level: str, said: bool) -> None:
    server = serve([STATUS])
    ran = subprocess.run(
        [sys.executable, "-c", PROGRAM, server.url],
        env={**os.environ, "SIM_LOG": level},
        capture_output=True,
        text=True,
        check=True,
        timeout=PATIENCE,
    )
    assert ("sim_sdk DEBUG GET " in ran.stderr) is said
    assert "canary" not in ran.stderr + ran.stdout


# Time limits


@pytest.mark.parametrize("limit", [1e10, 1.7e308])
def test_a_time_limit_may_be_of_any_length(serve: Serve, connect: Connect, limit: float) -> None:
    server = serve([SUCCESS], [SUCCESS], [STATUS])
    limits = {"timeout": limit, "connect_timeout": limit, "idle_timeout": limit}
    client = connect(server, **limits)
    assert client.execute_workflow("wf", timeout=limit).success
    with client.stream_workflow("wf", timeout=limit, first_event_timeout=limit) as stream:
        assert stream.result.success
    assert client.get_workflow_status("wf").is_deployed


def test_a_sleep_may_be_of_any_length(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)
    SystemClock().sleep(1.7e308)
    assert 1e8 < slept[0] <= threading.TIMEOUT_MAX
