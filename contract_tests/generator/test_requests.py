"""What operations build: targets, headers and bodies, and what they refuse to build."""

import datetime
import io
import json
import math
from email import message_from_bytes
from typing import Any, Dict

import pytest

import sim_api.encode
from sim_api.request import UNSET, Request, path_segment
from sim_api.v1 import models, operations

UTC = datetime.timezone.utc


def test_a_request_says_what_to_send() -> None:
    body = models.ExecuteWorkflowBody(stream=True, selected_outputs=["a.b"], additional_properties={"message": "hé"})
    request = operations.execute_workflow.build("w/1", body=body, x_execution_mode="async")
    assert request.operation == "execute_workflow"
    assert (request.method, request.target) == ("POST", "/api/workflows/w%2F1/execute")
    assert request.headers == {"X-Execution-Mode": "async"}
    assert request.body == '{"stream":true,"selectedOutputs":["a.b"],"message":"hé"}'.encode()
    assert (request.content_type, request.accept, request.auth) == ("application/json", "application/json", True)


def test_an_event_stream_is_the_same_request_with_another_accept() -> None:
    body = models.ExecuteWorkflowBody(stream=True)
    plain, stream = (
        operations.execute_workflow.build("w", body=body),
        operations.execute_workflow.build_stream("w", body=body),
    )
    assert (stream.accept, stream.target, stream.body) == ("text/event-stream", plain.target, plain.body)


def test_no_body_has_no_content_type() -> None:
    request = operations.execute_workflow.build("w")
    assert (request.body, request.content_type) == (None, None)


def test_query_parameters_keep_their_order_and_false_is_sent() -> None:
    request = operations.list_logs.build(
        workspace_id="w s",
        workflow_ids=["a", "b"],
        start_date=datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC),
        min_cost=1e-7,
        include_trace_spans=False,
    )
    assert request.query == (
        ("workspaceId", "w s"),
        ("workflowIds", "a,b"),
        ("startDate", "2026-01-02T03:04:05.678Z"),
        ("minCost", "1e-07"),
        ("includeTraceSpans", "false"),
    )
    assert request.target.startswith(
        "/api/v1/logs?workspaceId=w%20s&workflowIds=a%2Cb&startDate=2026-01-02T03%3A04%3A05.678Z"
    )


def test_lists_are_repeated_or_joined_as_the_document_says(shapes: Any) -> None:
    request = shapes.shapes.operations.get_node.build("n", tags=["a", "b"], kinds=["c", "d"])
    assert request.query == (("tags", "a"), ("tags", "b"), ("kinds", "c,d"))


def test_parameters_whose_names_are_taken_get_an_underscore(shapes: Any) -> None:
    request = shapes.shapes.operations.get_node.build("n", body_="b", responses_=1)
    assert request.query == (("body", "b"), ("responses", "1"))


def test_an_operation_without_security_wants_no_key(shapes: Any) -> None:
    operations, models = shapes.shapes.operations, shapes.shapes.models
    assert operations.put_node.build(body=models.NodePatch()).auth is False
    assert operations.get_node.build("n").auth is True


@pytest.mark.parametrize("value", ["", ".", "..", "a\nb", "a\x7fb", "\x00", "\ud800"])
def test_a_value_that_would_change_the_path_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"^taskId: "):
        operations.get_job.build(value)


@pytest.mark.parametrize("value", [None, b"x", ["x"], UNSET])
def test_a_value_without_text_form_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match=r"^taskId: "):
        operations.get_job.build(value)


@pytest.mark.parametrize(
    ("value", "segment"),
    [
        ("a:b", "a%3Ab"),
        ("%2e%2e", "%252e%252e"),
        ("a/../b", "a%2F..%2Fb"),
        ("é?#", "%C3%A9%3F%23"),
        (7, "7"),
        (True, "true"),
    ],
)
def test_a_path_segment_is_encoded_wholly(value: object, segment: str) -> None:
    assert path_segment("id", value) == segment


@pytest.mark.parametrize("value", ["a\r\nX-Evil: 1", "a\nb", "a\x00b", "漢"])
def test_a_value_that_could_end_a_header_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"^X-Execution-Mode: "):
        operations.execute_workflow.build("w", x_execution_mode=value)


@pytest.mark.parametrize(
    ("arguments", "name"),
    [
        ({"workflow_ids": ["a,b"]}, "workflowIds"),
        ({"start_date": datetime.datetime(2026, 1, 1)}, "startDate"),
        ({"min_cost": float("nan")}, "minCost"),
        ({"cursor": "\ud800"}, "cursor"),
    ],
)
def test_a_query_that_would_be_misread_is_refused(arguments: Dict[str, Any], name: str) -> None:
    with pytest.raises(ValueError, match=f"^{name}: "):
        operations.list_logs.build(workspace_id="w", **arguments)


def test_free_form_values_go_out_untouched() -> None:
    inner = {"list": [1, 2.5, None, True], "nested": {"stream": False}}
    body = models.ExecuteWorkflowBody(input_=inner, additional_properties={"extra": inner})
    sent = json.loads(operations.execute_workflow.build("w", body=body).body or b"")
    assert sent == {"input": inner, "extra": inner}


@pytest.mark.parametrize("value", [object(), b"bytes", {1, 2}, datetime.datetime(2026, 1, 1, tzinfo=UTC)])
def test_what_json_cannot_say_is_a_type_error(value: object) -> None:
    with pytest.raises(TypeError, match=type(value).__name__):
        operations.execute_workflow.build("w", body=models.ExecuteWorkflowBody(input_=value))


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "\ud800"])
def test_what_json_forbids_is_a_value_error(value: object) -> None:
    with pytest.raises(ValueError, match=r"JSON|surrogates"):
        operations.execute_workflow.build("w", body=models.ExecuteWorkflowBody(input_=value))


@pytest.fixture(params=["as it is", "missing", "made from other arguments"])
def encoder_in_c(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """What the standard library has of its JSON encoder in C, which is no part of its documented surface."""
    if request.param != "as it is":
        other = None if request.param == "missing" else lambda markers: None
        monkeypatch.setattr(json.encoder, "c_make_encoder", other)
    monkeypatch.setattr(sim_api.encode, "_write", sim_api.encode._writer())


@pytest.mark.usefixtures("encoder_in_c")
def test_json_is_written_alike_with_any_encoder() -> None:
    value = {"text": 'é"\n\0\u2028', "numbers": [0, -1, 10**20, 1.5, 1e22, True], "none": None, "empty": [{}, [], ""]}
    sent = operations.execute_workflow.build("w", body=models.ExecuteWorkflowBody(input_=value)).body
    text = '{"text":"é\\"\\n\\u0000\u2028","numbers":[0,-1,100000000000000000000,1.5,1e+22,true]'
    assert sent == f'{{"input":{text},"none":null,"empty":[{{}},[],""]}}}}'.encode()


@pytest.mark.usefixtures("encoder_in_c")
def test_a_value_in_itself_is_a_value_error_with_any_encoder() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(ValueError, match=r"JSON: .*in itself"):
        operations.execute_workflow.build("w", body=models.ExecuteWorkflowBody(input_=value))


@pytest.mark.usefixtures("encoder_in_c")
@pytest.mark.parametrize("value", [float("nan"), -math.inf])
def test_a_number_that_is_none_is_a_value_error_with_any_encoder(value: float) -> None:
    with pytest.raises(ValueError, match="JSON"):
        operations.execute_workflow.build("w", body=models.ExecuteWorkflowBody(input_=[value]))


def test_null_and_absent_differ_in_what_is_sent(shapes: Any) -> None:
    operations, models = shapes.shapes.operations, shapes.shapes.models
    sent = [
        operations.put_node.build(body=models.NodePatch(**fields)).body
        for fields in ({}, {"name": None}, {"name": "n", "class_": "c"}, {"extra": None})
    ]
    assert sent == [b"{}", b'{"name":null}', b'{"name":"n","class":"c"}', b'{"extra":null}']


def test_models_are_converted_wherever_they_occur(shapes: Any) -> None:
    operations, models = shapes.shapes.operations, shapes.shapes.models
    count = models.Count(number=1, additional_properties={"other": 2})
    sent = operations.put_node.build(body=models.NodePatch(counts=[count], extra={"deep": [count]})).body
    assert json.loads(sent) == {"counts": [{"number": 1, "other": 2}], "extra": {"deep": [{"number": 1, "other": 2}]}}


def test_a_form_is_url_encoded(shapes: Any) -> None:
    operations, models = shapes.shapes.operations, shapes.shapes.models
    request = operations.get_token.build(body=models.GetTokenBody(grant_type="a b", code="ü&"))
    assert request.body == b"grantType=a+b&code=%C3%BC%26"
    assert request.content_type == "application/x-www-form-urlencoded"


def test_a_multipart_body_holds_files_text_and_json(shapes: Any) -> None:
    operations, models, file_part = shapes.shapes.operations, shapes.shapes.models, shapes.request.FilePart
    body = models.UploadFileBody(
        file=file_part(io.BytesIO(b"\x00\r\n--\xff"), 'a"\r\nb.bin'),
        folder_id="ü",
        tags=["x", "y"],
        meta={"k": [1]},
    )
    request = operations.upload_file.build(body=body)
    head = b"Content-Type: " + request.content_type.encode() + b"\r\n\r\n"
    parts: Any = message_from_bytes(head + request.body).get_payload()
    found = [(p.get_param("name", header="content-disposition"), p.get_payload(decode=True)) for p in parts]
    assert found == [
        ("file", b"\x00\r\n--\xff"),
        ("folderId", "ü".encode()),
        ("tags", b"x"),
        ("tags", b"y"),
        ("meta", b'{"k":[1]}'),
    ]
    assert parts[0].get_filename() == "a%22%0D%0Ab.bin"
    assert parts[4].get_content_type() == "application/json"


def test_reprs_show_neither_body_nor_headers() -> None:
    body = models.ExecuteWorkflowBody(input_="secret-input")
    request = operations.execute_workflow.build("w", body=body)
    assert "secret" not in repr(Request(operation="o", method="GET", path="/", headers={"Authorization": "secret"}))
    assert "secret" not in repr(request)


def test_operations_say_what_they_accept(shapes: Any) -> None:
    operations, models = shapes.shapes.operations, shapes.shapes.models
    upload = models.UploadFileBody(file=shapes.request.FilePart(b""))
    assert operations.listen_to_events.build().accept == "text/event-stream"
    assert operations.upload_file.build(body=upload).accept == "application/octet-stream"
    assert operations.get_token.build().accept == "text/plain"
