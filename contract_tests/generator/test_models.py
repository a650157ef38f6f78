"""JSON to models and back: the server's word is kept."""

import datetime
import importlib
import json
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any, List, Union

import pytest

from sim_api.convert import structure, unstructure
from sim_api.v1 import models

UTC = datetime.timezone.utc

ENTRY = {"id": "1", "executionId": "e", "level": "info", "trigger": "api", "startedAt": "2026-01-02T03:04:05.678Z"}


def test_keys_become_attributes_and_back() -> None:
    entry = structure({**ENTRY, "totalDurationMs": 12, "workflow": {"id": "w", "name": "n"}}, models.LogEntry)
    assert (entry.execution_id, entry.total_duration_ms) == ("e", 12)
    assert entry.started_at == datetime.datetime(2026, 1, 2, 3, 4, 5, 678000, tzinfo=UTC)
    assert isinstance(entry.workflow, models.LogWorkflow)
    assert unstructure(entry) == {**ENTRY, "totalDurationMs": 12, "workflow": {"id": "w", "name": "n"}}


def test_unknown_keys_are_kept_at_every_depth() -> None:
    value = {**ENTRY, "new": {"deep": [1]}, "workflow": {"id": "w", "name": "n", "newer": None}}
    entry = structure(value, models.LogEntry)
    assert entry.additional_properties == {"new": {"deep": [1]}}
    assert unstructure(entry) == value


@pytest.mark.parametrize("success", [True, 1, "true", None, 0.5])
def test_a_scalar_of_another_type_stays_what_it_is(success: object) -> None:
    result = structure({"success": success}, models.ExecutionResult)
    assert result.success is success


def test_an_enum_value_that_is_not_known_stays_text(shapes: Any) -> None:
    node = shapes.convert.structure(
        {"id": "1", "shape": {"kind": "circle", "radius": 1}, "state": "ajar"}, shapes.shapes.models.Node
    )
    assert node.state == "ajar"


def test_free_form_values_are_not_copied() -> None:
    output = {"deep": [{"a": 1}]}
    result = structure({"success": True, "output": output}, models.ExecutionResult)
    assert result.output is output
    assert unstructure(result)["output"] is output


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-02T03:04:05Z", datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02t03:04:05.1z", datetime.datetime(2026, 1, 2, 3, 4, 5, 100000, tzinfo=UTC)),
        ("2026-01-02T03:04:05.123456789Z", datetime.datetime(2026, 1, 2, 3, 4, 5, 123456, tzinfo=UTC)),
        ("2026-01-02 03:04:05+00:00", datetime.datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("2026-01-02T03:04:05", datetime.datetime(2026, 1, 2, 3, 4, 5)),
        ("2026-01-02", "2026-01-02"),
        ("2026-13-02T03:04:05Z", "2026-13-02T03:04:05Z"),
        ("2026-01-02T03:04:60Z", "2026-01-02T03:04:60Z"),
        ("soon", "soon"),
        ("", ""),
        (1767322800000, 1767322800000),
    ],
)
def test_a_date_time_that_is_none_stays_what_it_is(text: object, expected: object) -> None:
    assert structure({**ENTRY, "startedAt": text}, models.LogEntry).started_at == expected


@pytest.mark.parametrize(
    "text", ["2026-01-02T03:04:05.678Z", "2026-01-02T03:04:05.000Z", "2026-01-02T03:04:05.678+02:00", "soon"]
)
def test_date_times_are_written_as_servers_write_them(text: str) -> None:
    assert unstructure(structure({**ENTRY, "startedAt": text}, models.LogEntry))["startedAt"] == text


@pytest.mark.parametrize(
    ("text", "expected"), [("2026-01-02", datetime.date(2026, 1, 2)), ("20260102", "20260102"), ("2026-02-30",) * 2]
)
def test_a_date_that_is_none_stays_text(shapes: Any, text: str, expected: object) -> None:
    entity = shapes.convert.structure({"id": "1", "day": text}, shapes.shapes.models.Entity)
    assert entity.day == expected
    assert shapes.convert.unstructure(entity) == {"id": "1", "day": text}


def test_what_is_missing_or_wrong_is_named_by_path() -> None:
    incomplete = {key: value for key, value in ENTRY.items() if key != "executionId"}
    with pytest.raises(ValueError, match="@") as failure:
        structure({"data": [{**ENTRY, "workflow": "text"}, incomplete]}, models.LogPage)
    assert str(failure.value).split("; ") == [
        "an object expected, not str @ $.data[0].workflow",
        "missing @ $.data[1].execution_id",
    ]


@pytest.mark.parametrize("value", [None, "success", [], 1, ["success"]])
def test_only_an_object_is_a_model(value: object) -> None:
    with pytest.raises(ValueError, match="an object expected"):
        structure(value, models.JobMetadata)


@pytest.mark.parametrize(
    ("frame", "kind"),
    [
        ({"blockId": "b", "chunk": "c"}, models.StreamChunk),
        ({"event": "final", "data": {"success": True}}, models.StreamFinal),
        ({"event": "done", "success": True}, models.StreamDone),
        ({"event": "error", "error": "e"}, models.StreamErrorEvent),
        ({"event": "stream_error", "blockId": "b", "error": "e"}, models.StreamBlockError),
        ({"event": "chunk_reset", "blockId": "b"}, models.StreamChunkReset),
        ({"event": "thinking", "blockId": "b", "data": "d", "new": 1}, models.StreamThinking),
        ({"event": "brand-new", "x": 1}, dict),
        ({"event": ["final"]}, dict),
        ("[DONE]", str),
        (None, type(None)),
    ],
)
def test_a_tag_decides_a_union_and_an_unknown_one_keeps_the_value(frame: object, kind: type) -> None:
    read = structure(frame, models.StreamFrame)
    assert type(read) is kind
    assert unstructure(read) == frame


def test_without_a_tag_the_member_that_knows_most_keys_is_taken() -> None:
    declared = Union[models.ErrorBody, models.ExecutionResult]
    assert isinstance(structure({"error": "e", "code": "C"}, declared), models.ErrorBody)
    assert isinstance(
        structure({"success": False, "output": {}, "error": "e", "metadata": {}}, declared), models.ExecutionResult
    )
    assert structure({"neither": 1}, declared) == {"neither": 1}


@pytest.mark.parametrize("error", ["text", {"message": "m", "code": "C", "new": 1}, None, 7])
def test_a_union_goes_by_json_kind(error: object) -> None:
    body = structure({"error": error}, models.ErrorBody)
    assert isinstance(body.error, models.ErrorObject) is isinstance(error, dict)
    assert unstructure(body) == {"error": error}


def test_recursive_models_and_unions(shapes: Any) -> None:
    leaf = {"id": "2", "shape": {"kind": "square", "side": 2.0}}
    filters = {"all": ["text", {"all": [{"all": []}, "more"]}]}
    tree = {"id": "1", "shape": {"kind": "circle", "radius": 1}, "children": [leaf, leaf], "filter": filters}
    node = shapes.convert.structure(tree, shapes.shapes.models.Node)
    assert type(node.children[1].shape).__name__ == "ShapeSquare"
    assert type(node.filter_.all_[1].all_[0]).__name__ == "FilterAll"
    assert shapes.convert.unstructure(node) == tree


def test_reading_calls_one_function_for_each_model_and_each_date_time() -> None:
    span = {"startTime": "2026-01-02T03:04:05.678Z", "input": {"a": [1]}, "children": []}
    entry = {**ENTRY, "workflow": None, "traceSpans": [{**span, "children": [span] * 10, "new": 1}]}
    structure(entry, models.LogEntry)  # makes the hooks
    called: List[str] = []
    before = sys.getprofile()
    sys.setprofile(lambda frame, event, _: called.append(frame.f_code.co_name) if event == "call" else None)
    try:
        read = structure(entry, models.LogEntry)
    finally:
        sys.setprofile(before)
    assert read.trace_spans is not None
    assert read.trace_spans[0].children == [structure(span, models.TraceSpan)] * 10
    counts = Counter(called)
    assert (counts.pop("read"), counts.pop("_date_time")) == (1 + 11, 1 + 11)
    counts.pop("<listcomp>", None)  # a call up to Python 3.11
    assert sum(counts.values()) < 10, counts


def test_maps_and_typed_unknown_keys(shapes: Any) -> None:
    models = shapes.shapes.models
    value = {"id": "1", "shape": {"kind": "circle", "radius": 1}, "counts": {"a": {"number": 1, "other": 2}}}
    node = shapes.convert.structure(value, models.Node)
    assert node.counts["a"] == models.Count(number=1, additional_properties={"other": 2})
    assert shapes.convert.unstructure(node) == value
    counts = shapes.convert.structure({"a": {"number": 1}}, models.Counts)
    assert counts == {"a": models.Count(number=1)}


def test_keys_that_are_names_of_the_emitted_code(shapes: Any) -> None:
    inner = {"cl": "c", "field": "f", "define": "d", "class": "c", "converter": "v", "additionalProperties": True}
    odd = {"datetime": "2026-01-02T03:04:05.678Z", "Optional": "o", "a-b": "x", "1st": "y", "__wire__": "w", "new": 1}
    value = {**inner, **odd, "attrs": [inner]}
    read = shapes.convert.structure(value, shapes.shapes.models.Names)
    assert (read.field, read.class_, read.converter_, read.additional_properties) == ("f", "c", "v", {"new": 1})
    assert shapes.convert.unstructure(read) == value


def test_threads_may_race_for_the_first_use(shapes: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    node = shapes.shapes.models.Node
    value = {"id": "1", "shape": {"kind": "circle", "radius": 1}, "filter": {"all": ["a"]}}
    module = importlib.import_module(f"{shapes.__name__}.converter")
    for _ in range(10):
        monkeypatch.setattr(module, "CONVERTER", module._converter())  # so that each round is a first use
        together = threading.Barrier(8)

        def read(_: int, together: threading.Barrier = together) -> Any:
            together.wait()
            return shapes.convert.unstructure(shapes.convert.structure(value, node))

        with ThreadPoolExecutor(8) as threads:
            assert list(threads.map(read, range(8))) == [value] * 8


def test_models_are_values() -> None:
    first, second = (structure(json.loads(json.dumps(ENTRY)), models.LogEntry) for _ in range(2))
    assert first == second
    with pytest.raises(AttributeError):
        first.typo = 1  # type: ignore[attr-defined]
