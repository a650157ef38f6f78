"""The body of an execution: how an input goes out, and how nothing in it is lost or overwritten."""

import collections
import enum
import types
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract_tests.sdk._server import SUCCESS, ScriptedServer
from sim_conformance.mock import MockSim
from sim_sdk import SimStudioClient

Serve = Callable[..., ScriptedServer]
Connect = Callable[..., SimStudioClient]


def sent(serve: Serve, connect: Connect, input_data: Any, **options: Any) -> Any:
    server = serve([SUCCESS])
    connect(server).execute_workflow("wf", input_data, **options)
    (request,) = server.requests
    assert request.headers["content-type"] == "application/json"
    return request.json()


@pytest.mark.parametrize(
    ("input_data", "body"),
    [
        (None, {}),
        ({}, {}),
        ({"message": "hi", "n": 1}, {"message": "hi", "n": 1}),
        ({"nested": {"stream": True}}, {"nested": {"stream": True}}),
        # No object: only `input` can carry it.
        ("text", {"input": "text"}),
        ("", {"input": ""}),
        (0, {"input": 0}),
        (False, {"input": False}),
        (1.5, {"input": 1.5}),
        ([], {"input": []}),
        ([1, {"a": 2}], {"input": [1, {"a": 2}]}),
        ((1, 2), {"input": [1, 2]}),
        # Already in the form that servers take.
        ({"input": {"a": 1}}, {"input": {"a": 1}}),
        ({"input": None}, {"input": None}),
        # Keys that a server would take for its own.
        ({"stream": True}, {"input": {"stream": True}}),
        ({"a": 1, "selectedOutputs": ["x"]}, {"input": {"a": 1, "selectedOutputs": ["x"]}}),
        ({"input": 1, "b": 2}, {"input": {"input": 1, "b": 2}}),
        ({"useDraftState": True}, {"input": {"useDraftState": True}}),
        ({"workflowId": "w", "b": 2}, {"input": {"workflowId": "w", "b": 2}}),
        # Other kinds of mapping and sequence.
        (types.MappingProxyType({"a": 1}), {"a": 1}),
        (collections.OrderedDict(b=1, a=2), {"b": 1, "a": 2}),
        ({"t": (1, (2, 3))}, {"t": [1, [2, 3]]}),
        # Characters.
        ({"ž": "\u2028🐎\0"}, {"ž": "\u2028🐎\0"}),
    ],
)
def test_bodies(serve: Serve, connect: Connect, input_data: Any, body: Any) -> None:
    assert sent(serve, connect, input_data) == body


class Name(str, enum.Enum):
    WORKFLOW = "wf-1"
    DOTTED = "wf.1"
    KEY = "sk-sim-of-an-enumeration"


@pytest.mark.parametrize("name", [Name.WORKFLOW, Name.DOTTED])
def test_members_of_an_enumeration_of_texts_are_their_values(serve: Serve, connect: Connect, name: Name) -> None:
    server = serve([SUCCESS])
    connect(server).with_options(api_key=Name.KEY).execute_workflow(name, {name: name})
    (request,) = server.requests
    assert request.target == f"/api/workflows/{name.value}/execute"
    assert request.headers["x-api-key"] == Name.KEY.value
    assert request.json() == {name.value: name.value}


def test_control_keys_stand_beside_the_input(serve: Serve, connect: Connect) -> None:
    assert sent(serve, connect, {"a": 1}, stream=True, selected_outputs=["x.y"]) == {
        "a": 1,
        "stream": True,
        "selectedOutputs": ["x.y"],
    }
    assert sent(serve, connect, {"stream": "mine"}, stream=True, selected_outputs=("x.y",)) == {
        "input": {"stream": "mine"},
        "stream": True,
        "selectedOutputs": ["x.y"],
    }


@pytest.mark.parametrize("stream", [None, False])
@pytest.mark.parametrize("selected", [None, []])
def test_control_keys_that_say_nothing_are_not_sent(
    serve: Serve, connect: Connect, stream: bool | None, selected: list[str] | None
) -> None:
    assert sent(serve, connect, {"a": 1}, stream=stream, selected_outputs=selected, async_execution=False) == {"a": 1}


def test_input_is_another_name_for_input_data(serve: Serve, connect: Connect) -> None:
    assert sent(serve, connect, None, input={"a": 1}) == {"a": 1}
    server = serve([SUCCESS], [SUCCESS])
    client = connect(server)
    client.execute_workflow_sync("wf", input=[1])
    client.execute_with_retry("wf", input=None)
    assert [request.json() for request in server.requests] == [{"input": [1]}, {}]


def test_the_callers_input_is_left_as_it_is(serve: Serve, connect: Connect) -> None:
    given_input = {"a": [1, (2,)], "stream": True}
    sent(serve, connect, given_input, stream=True)
    assert given_input == {"a": [1, (2,)], "stream": True}


def test_the_same_value_may_occur_twice(serve: Serve, connect: Connect) -> None:
    shared = {"x": [1]}
    assert sent(serve, connect, {"a": shared, "b": [shared, shared]}) == {"a": shared, "b": [shared, shared]}


JSON_VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@pytest.fixture(scope="module")
def echo() -> Iterator[SimStudioClient]:
    with MockSim(validate=False) as sim, SimStudioClient(sim.api_key, sim.base_url) as client:
        yield client


@settings(max_examples=100, deadline=None)
@given(value=st.dictionaries(st.text() | st.sampled_from(["stream", "input", "selectedOutputs"]), JSON_VALUES))
def test_any_input_reaches_the_workflow_as_it_is(echo: SimStudioClient, value: dict[str, Any]) -> None:
    result = echo.execute_workflow("echo", value)
    assert result.success
    assert result.output is not None
    assert result.output["result"]["echo"] == (value["input"] if value.keys() == {"input"} else value)
