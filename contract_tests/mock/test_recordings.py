"""The observed dialects answer recorded requests as the real servers did, byte for byte but for what is volatile."""

from collections.abc import Iterator
from typing import Any

import pytest

from contract_tests.mock.http_client import Client
from contract_tests.mock.recordings import (
    ECHO,
    SLOW,
    WORKSPACE,
    Exchange,
    body_of,
    recorded,
    set_up,
    shape,
    shown_headers,
)
from sim_conformance.mock import MockSim
from sim_conformance.mock.state import Mode

VERSIONS = ("2025-10", "2026-08")

IN_BOTH = (
    "async_mode_ASYNC_upper",
    "billing_disabled_execute_broke_user",
    "execute_bearer_auth",
    "execute_empty_body",
    "execute_empty_key",
    "execute_empty_object",
    "execute_expired_key",
    "execute_failing",
    "execute_get_method",
    "execute_invalid_json",
    "execute_no_api_trigger",
    "execute_no_key",
    "execute_response_block",
    "execute_response_block_text",
    "execute_selected_outputs_without_stream",
    "execute_sync_input_array",
    "execute_sync_input_null",
    "execute_sync_input_number",
    "execute_sync_input_plus_extra",
    "execute_sync_input_string",
    "execute_sync_json_root_null",
    "execute_sync_spread_with_stream_false",
    "execute_sync_success_input_object",
    "execute_sync_success_spread",
    "execute_text_content_type",
    "execute_trailing_slash",
    "execute_undeployed",
    "execute_undeployed_no_key",
    "execute_unknown_workflow",
    "execute_unknown_workflow_no_key",
    "execute_user_agent_empty",
    "execute_workspace_key",
    "execute_wrong_key",
    "execute_x_api_key_lowercase",
    "execution_by_id_no_key",
    "execution_by_id_outsider",
    "job_no_key",
    "jobs_unknown_no_key",
    "log_by_id_no_key",
    "log_by_id_outsider",
    "log_by_id_unknown",
    "logs_bad_cursor",
    "logs_bad_details",
    "logs_bad_limit",
    "logs_bad_startdate",
    "logs_basic_with_includes",
    "logs_dates_iso_z",
    "logs_full_no_includes",
    "logs_limit_0",
    "logs_limit_1",
    "logs_min_cost",
    "logs_missing_workspaceId",
    "logs_no_key",
    "logs_triggers_api",
    "logs_unknown_workspace",
    "logs_wrong_key",
    "status_deployed_no_key",
    "status_deployed_with_key",
    "status_deployed_wrong_key",
    "status_undeployed_no_key",
    "status_undeployed_with_key",
    "status_unknown_with_key",
    "stream_agent",
    "stream_block_id_underscore_output",
    "stream_display_name_output",
    "stream_empty_selected_outputs",
    "stream_failing",
    "stream_function_selected",
    "stream_function_selected_input_key",
    "stream_header_x_stream_response",
    "stream_no_api_trigger",
    "stream_no_dot_output",
    "stream_no_key",
    "stream_no_selected_outputs",
    "stream_response_block",
    "stream_selected_outputs_string",
    "stream_true_string",
    "stream_unknown_block",
    "usage_limits_bearer",
    "usage_limits_expired_key",
    "usage_limits_no_key",
    "usage_limits_with_key",
    "usage_limits_workspace_key",
    "usage_limits_wrong_key",
)

IN_ONE = {
    "2025-10": (
        "async_accepted_202",
        "async_failing_workflow",
        "async_jobs_garbage_id",
        "async_jobs_unknown",
        "async_undeployed",
        "async_usage_exceeded",
        "async_with_stream",
        "execute_is_secure_mode_body_flag",
        "execute_workflow_trigger_type_chat",
        "files_field_named_files_undeclared",
        "logs_limit_1_cursor_page2",
        "logs_model",
        "logs_other_workspace",
        "logs_post_method",
        "logs_while_sync_rate_limited",
        "ratelimit_sync_req01",
        "ratelimit_sync_req10",
        "status_post_method",
        "status_while_rate_limited",
        "stream_input_none",
        "usage_limits_while_v1_limited",
    ),
    "2026-08": (
        "async_echo_202",
        "async_failing_202",
        "async_job_by_execution_id",
        "async_job_no_key",
        "async_job_unknown",
        "async_job_unknown_uuid_form",
        "async_job_wrong_key",
        "async_no_key",
        "async_timeout_header",
        "async_timeout_header_on_sync",
        "async_with_empty_selected_outputs",
        "async_with_selected_outputs",
        "execute_async",
        "execute_body_executionId",
        "execute_files_key_undeclared",
        "execute_gzip",
        "execute_invalid_field_reference",
        "execute_other_workspace_key",
        "execute_put_method",
        "execute_slow_3s",
        "execute_sync_json_root_array",
        "execute_sync_json_root_string",
        "execute_triggerType_api",
        "execute_triggerType_override",
        "execute_uppercase_id",
        "execute_workflowTriggerType_chat",
        "execute_x_execution_id_bad",
        "execute_x_execution_id_header",
        "execute_x_request_id_sent",
        "execute_x_run_id_on_v1",
        "job_by_deterministic_id",
        "job_unknown",
        "jobs_unknown_wrong_key",
        "jobs_while_limited",
        "log_by_id_wrong_key",
        "logs_bad_order",
        "logs_cursor_with_order_changed",
        "logs_full_include_false_string",
        "logs_level_info",
        "logs_limit_negative",
        "logs_order_asc_limit_1",
        "logs_workspace_key",
        "status_other_workspace",
        "status_unknown_no_key",
        "status_while_limited",
        "status_workspace_key",
        "stream_agent_fail",
        "stream_agent_include_thinking_no_header",
        "stream_agent_tokens_output",
        "stream_async_both",
        "stream_function_selected_output_prefix",
        "stream_function_two_outputs_same_block",
        "stream_invalid_field_reference",
        "stream_response_block_no_selected",
        "stream_undeployed",
        "stream_unknown_path",
        "stream_wrong_key",
        "usage_limits_broke_user_hosted",
    ),
}

MADE_BY_WORKFLOWS = frozenset({"input", "output", "outputs", "finalOutput", "workflowInput", "subBlocks"})

CASES = [(version, name) for version in VERSIONS for name in (*IN_BOTH, *IN_ONE[version])]


@pytest.fixture(scope="module")
def servers() -> Iterator[dict[str, MockSim]]:
    with MockSim("2025-10", plan="free") as old, MockSim("2026-08", plan="free") as new:
        yield {"2025-10": old, "2026-08": new}


@pytest.fixture
def server(servers: dict[str, MockSim], version: str) -> MockSim:
    """A mock of the version, anew."""
    sim = servers[version]
    sim.reset()
    set_up(sim)
    return sim


def replayed(sim: MockSim, exchange: Exchange, path: str = "") -> tuple[int, frozenset[str], str]:
    """What the mock answers to a recorded request."""
    with Client(sim) as client:
        answer = client.request(
            exchange.method,
            path or exchange.path.replace(WORKSPACE, sim.workspace_id),
            body=exchange.body,
            headers={"User-Agent": "tests", **exchange.headers, **key_of(sim, exchange)},
        )
    return answer.status, shown_headers(answer.headers), shape(answer.data.decode())


def key_of(sim: MockSim, exchange: Exchange) -> dict[str, str]:
    """The mock's key of another user, where the recording has one."""
    return {"X-API-Key": sim.other_key} if exchange.headers.get("X-API-Key") == "sk-sim-test-outs" else {}


def answer_of(exchange: Exchange) -> tuple[int, frozenset[str], str]:
    return exchange.status, exchange.answer_headers, exchange.answer


def fill_logs(sim: MockSim) -> None:
    """Two runs, so that a page of one has another one behind it."""
    with Client(sim) as client:
        client.run(ECHO, {"n": 1})
        client.run(ECHO, {"n": 2})


@pytest.mark.parametrize(("version", "name"), CASES)
def test_a_recorded_request_gets_its_recorded_answer(server: MockSim, version: str, name: str) -> None:
    exchange = recorded(version, name)
    if name.startswith("logs_"):
        fill_logs(server)
    assert replayed(server, exchange) == answer_of(exchange)


@pytest.mark.parametrize(
    ("version", "name", "state"),
    [
        ("2025-10", "job_1_queued", "queued"),
        ("2025-10", "job_2_processing", "processing"),
        ("2025-10", "job_3_completed", "completed"),
        ("2025-10", "job_other_users_key", "completed"),
        ("2025-10", "job_waiting", "unknown"),
        ("2026-08", "async_job_1_first_poll", "processing"),
        ("2026-08", "async_echo_job_final", "completed"),
        ("2026-08", "async_job_completed_percent_encoded_id", "completed"),
        ("2026-08", "async_job_other_users_key", "completed"),
    ],
)
def test_a_job_looks_as_recorded(server: MockSim, version: str, name: str, state: str) -> None:
    exchange = recorded(version, name)
    server.script_jobs([state])
    slow = version == "2026-08" and name != "async_echo_job_final"
    with Client(server) as client:
        job_id = client.start_job(SLOW if slow else ECHO, {"message": "hello"})
    if "%3A" in exchange.path:
        job_id = job_id.replace(":", "%3A")
    assert replayed(server, exchange, f"/api/jobs/{job_id}") == answer_of(exchange)


@pytest.mark.parametrize(
    ("version", "name", "mode"),
    [
        ("2025-10", "ratelimit_sync_req11", "sync"),
        ("2025-10", "ratelimit_logs_req12", "api"),
        ("2025-10", "ratelimit_log_by_id", "api"),
        ("2025-10", "usage_limits_when_rate_limited", "sync"),
        ("2026-08", "execute_rate_limited_429", "sync"),
        ("2026-08", "stream_rate_limited_429", "sync"),
        ("2026-08", "async_rate_limited_429", "async"),
        ("2026-08", "usage_limits_while_limited", "sync"),
    ],
)
def test_an_exhausted_rate_limit_is_told_as_recorded(server: MockSim, version: str, name: str, mode: Mode) -> None:
    exchange = recorded(version, name)
    server.exhaust_rate_limit(mode)
    assert replayed(server, exchange) == answer_of(exchange)


@pytest.mark.parametrize(
    ("version", "name", "cost"),
    [
        ("2025-10", "execute_usage_limit_exceeded", 12.5),
        ("2026-08", "execute_usage_limit_exceeded", 12.52),
        ("2026-08", "async_usage_limit_exceeded", 12.52),
        ("2026-08", "usage_limits_broke_user", 12.5),
    ],
)
def test_spent_money_is_told_as_recorded(server: MockSim, version: str, name: str, cost: float) -> None:
    exchange = recorded(version, name)
    server.set_usage(cost=cost)
    assert replayed(server, exchange) == answer_of(exchange)


@pytest.mark.parametrize("version", VERSIONS)
def test_a_log_and_an_execution_have_the_recorded_keys_in_order(server: MockSim, version: str) -> None:
    with Client(server) as client:
        client.run(ECHO, {"message": "hello"})
        item = client.logs(details="full", includeTraceSpans="true", includeFinalOutput="true", limit=1).json()
        log = client.get(f"/api/v1/logs/{item['data'][0]['id']}").json()
        execution = client.get(f"/api/v1/logs/executions/{item['data'][0]['executionId']}").json()
    assert outline(item["data"]) == outline(body_of(version, "logs_full_traces_output_limit1")["data"])
    assert outline(log) == outline(body_of(version, "log_by_id"))
    assert outline(execution) == outline(body_of(version, "execution_by_id"))


def outline(value: Any) -> Any:
    """The keys of objects all the way down, in order; of arrays the last item; of what a workflow made nothing."""
    if isinstance(value, list):
        return outline(value[-1]) if value else None
    if not isinstance(value, dict):
        return None
    known = {shape(key): None if key in MADE_BY_WORKFLOWS else outline(item) for key, item in value.items()}
    return list(known.items())
