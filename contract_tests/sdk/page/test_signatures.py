"""Signatures and data classes are those of the documentation page: names, order, defaults."""

import ast
import dataclasses
import inspect
import typing
from typing import Any

import pytest

import sim_sdk
import simstudio
from contract_tests.sdk.page.conftest import SAMPLES

REQUIRED = inspect.Parameter.empty

EXECUTION = [
    ("workflow_id", REQUIRED),
    ("input_data", None),
    ("timeout", 30.0),
    ("stream", None),
    ("selected_outputs", None),
]
RETRY = [("max_retries", 3), ("initial_delay", 1.0), ("max_delay", 30.0), ("backoff_multiplier", 2.0)]

# Positional parameters of each documented method.
METHODS: dict[str, list[tuple[str, Any]]] = {
    "__init__": [("api_key", None), ("base_url", "https://sim.ai")],  # api_key: from the environment where left out
    "execute_workflow": [*EXECUTION, ("async_execution", None)],
    "execute_workflow_sync": EXECUTION,
    "execute_with_retry": [*EXECUTION, ("async_execution", None), *RETRY],
    "get_workflow_status": [("workflow_id", REQUIRED)],
    "validate_workflow": [("workflow_id", REQUIRED)],
    "get_job_status": [("task_id", REQUIRED)],
    "get_rate_limit_info": [],
    "get_usage_limits": [],
    "set_api_key": [("api_key", REQUIRED)],
    "set_base_url": [("base_url", REQUIRED)],
    "close": [],
    "__enter__": [],
    "__exit__": [("kind", REQUIRED), ("error", REQUIRED), ("traceback", REQUIRED)],
}

# The fields of each documented class.
CLASSES: dict[str, list[tuple[str, Any]]] = {
    "WorkflowExecutionResult": [
        ("success", REQUIRED),
        ("output", None),
        ("error", None),
        ("logs", None),
        ("metadata", None),
        ("trace_spans", None),
        ("total_duration", None),
    ],
    "AsyncExecutionResult": [
        ("success", REQUIRED),
        ("task_id", REQUIRED),
        ("status", REQUIRED),
        ("created_at", REQUIRED),
        ("links", REQUIRED),
    ],
    "WorkflowStatus": [("is_deployed", REQUIRED), ("deployed_at", None), ("needs_redeployment", False)],
    "RateLimitInfo": [("limit", REQUIRED), ("remaining", REQUIRED), ("reset", REQUIRED), ("retry_after", None)],
    "UsageLimits": [("success", REQUIRED), ("rate_limit", REQUIRED), ("usage", REQUIRED)],
}

PAGE_FILES = {
    "WorkflowExecutionResult": "class_workflow_execution_result",
    "AsyncExecutionResult": "class_async_execution_result",
    "WorkflowStatus": "class_workflow_status",
    "RateLimitInfo": "class_rate_limit_info",
    "UsageLimits": "class_usage_limits",
}


def positional(function: Any) -> list[tuple[str, Any]]:
    """Name and default of each parameter that can be given by position; further ones may be keywords only."""
    parameters = list(inspect.signature(function).parameters.values())[1:]
    assert all(each.kind in (each.POSITIONAL_OR_KEYWORD, each.KEYWORD_ONLY) for each in parameters)
    assert all(each.default is not REQUIRED for each in parameters if each.kind is each.KEYWORD_ONLY)
    return [(each.name, each.default) for each in parameters if each.kind is each.POSITIONAL_OR_KEYWORD]


def fields(kind: Any) -> list[tuple[str, Any]]:
    return [
        (each.name, REQUIRED if each.default is dataclasses.MISSING else each.default)
        for each in dataclasses.fields(kind)
    ]


@pytest.mark.parametrize("name", METHODS)
def test_method(name: str) -> None:
    assert positional(getattr(simstudio.SimStudioClient, name)) == METHODS[name]


@pytest.mark.parametrize("name", CLASSES)
def test_data_class(name: str) -> None:
    kind: Any = getattr(simstudio, name)
    documented = CLASSES[name]
    assert fields(kind)[: len(documented)] == documented
    kind(*range(sum(default is REQUIRED for _, default in documented)))  # later fields are not required


@pytest.mark.parametrize("name", CLASSES)
def test_data_class_is_the_pages_own(name: str) -> None:
    source = (SAMPLES / f"{PAGE_FILES[name]}.py").read_text(encoding="utf-8")
    namespace: dict[str, Any] = {"dataclass": dataclasses.dataclass, **vars(typing)}
    exec(source, namespace)
    documented, ours = namespace[name], getattr(simstudio, name)
    count = len(dataclasses.fields(documented))
    assert fields(documented) == fields(ours)[:count]
    types, our_types = typing.get_type_hints(documented), typing.get_type_hints(ours)
    assert types == {field: our_types[field] for field in types}


@pytest.mark.parametrize("name", CLASSES)
def test_data_class_takes_the_documented_fields_by_position(name: str) -> None:
    documented = CLASSES[name]
    values = [f"value {index}" for index in range(len(documented))]
    instance = getattr(simstudio, name)(*values)
    as_dict = dataclasses.asdict(instance)
    assert list(as_dict.values())[: len(values)] == values
    assert list(as_dict)[: len(values)] == [field for field, _ in documented]
    assert instance == getattr(simstudio, name)(*values)


def test_the_constructor_of_the_page() -> None:
    source = (SAMPLES / "constructor.py").read_text(encoding="utf-8")
    signature = ast.parse(f"def {source.splitlines()[-1]}: ...").body[0]
    assert isinstance(signature, ast.FunctionDef)
    ours = inspect.signature(simstudio.SimStudioClient)
    names = [argument.arg for argument in signature.args.args]
    assert list(ours.parameters)[: len(names)] == names
    (base_url,) = signature.args.defaults
    assert ours.parameters["base_url"].default == ast.literal_eval(base_url)


def test_the_error_of_the_page() -> None:
    source = (SAMPLES / "class_sim_studio_error.py").read_text(encoding="utf-8")
    namespace: dict[str, Any] = dict(vars(typing))
    exec(source, namespace)
    documented = positional(namespace["SimStudioError"].__init__)
    assert positional(simstudio.SimStudioError.__init__) == documented
    assert documented == [("message", REQUIRED), ("code", None), ("status", None)]
    error = simstudio.SimStudioError("words", "TIMEOUT", 408)
    assert (str(error), error.code, error.status) == ("words", "TIMEOUT", 408)
    assert isinstance(error, Exception)


def test_both_import_names_give_the_same_objects() -> None:
    assert set(simstudio.__all__) == {*sim_sdk.__all__, "Client"}
    for name in sim_sdk.__all__:
        assert getattr(simstudio, name) is getattr(sim_sdk, name)
    assert set(dir(simstudio)) >= set(simstudio.__all__)
    assert set(dir(sim_sdk)) >= set(sim_sdk.__all__)


def test_the_published_alias_is_there_under_the_published_name_alone() -> None:
    assert simstudio.Client is sim_sdk.SimStudioClient
    assert not hasattr(sim_sdk, "Client")


@pytest.mark.parametrize("package", [simstudio, sim_sdk])
def test_there_is_nothing_else_to_import(package: Any) -> None:
    with pytest.raises(AttributeError, match="no attribute 'SimStudio'"):
        _ = package.SimStudio
