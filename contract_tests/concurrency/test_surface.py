"""The two clients have one surface: the same methods, arguments, defaults and documentation."""

import inspect
from typing import Any

import pytest

from sim_sdk import AsyncSimStudioClient, AsyncWorkflowStream, SimStudioClient, WorkflowStream
from sim_sdk.aio import AsyncLogs
from sim_sdk.logs import Logs

PAIRS = [(SimStudioClient, AsyncSimStudioClient), (WorkflowStream, AsyncWorkflowStream), (Logs, AsyncLogs)]

# What the language calls differently where it is awaited.
TWINS = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "__await__": None,
}


def _public(cls: type) -> dict[str, Any]:
    names = (name for name in dir(cls) if not name.startswith("_") or name in TWINS or name in TWINS.values())
    return {TWINS.get(name, name) or "": inspect.getattr_static(cls, name) for name in names if TWINS.get(name, name)}


def _arguments(function: Any) -> list[tuple[str, Any, Any]]:
    return [(each.name, each.kind, each.default) for each in inspect.signature(function).parameters.values()]


@pytest.mark.parametrize(("synchronous", "asynchronous"), PAIRS)
def test_the_same_names(synchronous: type, asynchronous: type) -> None:
    assert _public(synchronous).keys() == _public(asynchronous).keys()


@pytest.mark.parametrize(("synchronous", "asynchronous"), PAIRS)
def test_the_same_arguments(synchronous: type, asynchronous: type) -> None:
    twins = _public(asynchronous)
    for name, member in _public(synchronous).items():
        if inspect.isfunction(member):
            assert _arguments(member) == _arguments(twins[name]), name


@pytest.mark.parametrize(("synchronous", "asynchronous"), PAIRS)
def test_the_same_documentation(synchronous: type, asynchronous: type) -> None:
    assert synchronous.__doc__ == asynchronous.__doc__
    twins = _public(asynchronous)
    for name, member in _public(synchronous).items():
        if not name.startswith("_"):
            assert member.__doc__, name
            assert member.__doc__ == twins[name].__doc__, name


def test_what_waits_is_awaited() -> None:
    immediate = {"get_rate_limit_info", "set_api_key", "set_base_url", "with_options"}
    for name, member in _public(AsyncSimStudioClient).items():
        if inspect.isfunction(member) and name not in immediate and not name.startswith("_"):
            asynchronous = inspect.iscoroutinefunction(member)
            assert asynchronous or "Async" in str(inspect.signature(member).return_annotation), name
