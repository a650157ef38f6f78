"""The inputs that each target starts from: those that are kept, and the recorded answers of real servers."""

import hashlib
import json
from pathlib import Path
from typing import Iterator, List

from tools.fuzz.targets import write_message

_TESTS = Path(__file__).resolve().parent.parent.parent / "contract_tests"
KEPT = _TESTS / "fuzz" / "corpus"
_RECORDINGS = _TESTS / "recordings"


def kept(target: str) -> List[Path]:
    """The corpus that lies beside the tests: what once was a finding, and what reaches far."""
    return sorted((KEPT / target).iterdir())


def recorded(target: str) -> Iterator[bytes]:
    """The recorded answers, as the target reads them."""
    for path in sorted(_RECORDINGS.glob("*/*.json")):
        response = json.loads(path.read_text("utf-8"))["response"]
        body = response.get("body", "").encode()
        if target in ("headers", "responses"):
            yield write_message(response["status"], response["headers"], body)
        elif target == "sse" and body.startswith(b"data:"):
            yield body


def fill(folder: Path, target: str) -> None:
    """Write all inputs of a target into a folder."""
    for data in [*(path.read_bytes() for path in kept(target)), *recorded(target)]:
        (folder / hashlib.sha256(data).hexdigest()).write_bytes(data)
