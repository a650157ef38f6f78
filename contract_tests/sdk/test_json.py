"""JSON is read alike with orjson (the extra `fast`) and without."""

import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import sim_api.loads
from contract_tests.sdk._server import answer
from sim_api.loads import loads
from sim_sdk import SimStudioClient

BY_ORJSON = sim_api.loads.by_orjson
RECORDINGS = Path(__file__).parent.parent / "recordings"

_NUMBERS = ["1", "-0", "-0.0", "1E5", "1e400", "-1e400", "0.1e-400", "NaN", "[Infinity]", "0.1234567890123456789012"]
_LARGE = [str(2**64 - 1), str(2**64), str(-(2**63)), str(-(2**63) - 1), "[9" + "0" * 30 + "]", '"' + "1" * 40 + '"']
_TEXTS = ['"\\ud800"', '"\x7f"', '"a\tb"', '"\u2028é😀"', '{"a":1,"a":2}']
_ODD = ["  [1]\n", "\ufeff1", "[1,]", "", "{", "nul", "1 2", '{"a":1}x', "[" * 500 + "]" * 500, "[" * 100_000]

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@pytest.fixture(params=["orjson", "standard library"])
def reader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Reads as an installation with the extra does, and as one without."""
    name: str = request.param
    found = BY_ORJSON() if name == "orjson" else None
    assert (found is None) == (name != "orjson")
    monkeypatch.setattr(sim_api.loads, "by_orjson", lambda: found)
    return name


def shown(text: "bytes | str") -> str:
    """What is read, with the types of numbers and signs of zeros, or the kind of error."""
    try:
        return repr(loads(text))
    except (ValueError, RecursionError) as error:
        return "RecursionError" if isinstance(error, RecursionError) else "ValueError"


def expected(text: "bytes | str") -> str:
    try:
        return repr(json.loads(text))
    except (ValueError, RecursionError) as error:
        return "RecursionError" if isinstance(error, RecursionError) else "ValueError"


@pytest.mark.parametrize("text", [*_NUMBERS, *_LARGE, *_TEXTS, *_ODD], ids=lambda text: repr(text[:24]))
def test_a_text_is_read_as_the_standard_library_reads_it(reader: str, text: str) -> None:
    assert shown(text) == expected(text)
    written = text.encode("utf-8", "surrogatepass")
    assert shown(written) == expected(written)


@pytest.mark.parametrize("written", [b"\xff", b'"\xff"', b"\xef\xbb\xbf[1]", "[1]".encode("utf-16"), b'"\xed\xa0\x80"'])
def test_bytes_are_read_as_the_standard_library_reads_them(reader: str, written: bytes) -> None:
    assert shown(written) == expected(written)


@given(value=VALUES, indent=st.none() | st.integers(0, 2), ascii_only=st.booleans())
def test_any_value_comes_back(value: Any, indent: "int | None", ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    for found in (BY_ORJSON(), None):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sim_api.loads, "by_orjson", lambda found=found: found)
            assert shown(text) == expected(text)


def test_recorded_bodies_are_read_alike(reader: str) -> None:
    bodies = [json.loads(file.read_bytes())["response"].get("body") for file in sorted(RECORDINGS.rglob("*.json"))]
    texts = [body for body in bodies if isinstance(body, str) and body]
    assert len(texts) > 100
    for text in texts:
        assert shown(text.encode()) == expected(text.encode())


def test_a_result_has_the_numbers_that_the_server_sent(serve: Any, connect: Any, reader: str) -> None:
    body = b'{"success":true,"output":{"id":18446744073709551617,"cost":0.30000000000000004,"none":NaN}}'
    client: SimStudioClient = connect(serve([answer(200, body, {"Content-Type": "application/json"})]))
    output: Any = client.execute_workflow("w").output
    assert output["id"] == 18446744073709551617
    assert isinstance(output["id"], int)
    assert output["cost"] == 0.30000000000000004
    assert math.isnan(output["none"])
