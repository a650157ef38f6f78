"""The recorded exchanges: what was asked, and the answer as it was on the wire."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

ROOT = Path(__file__).parents[2] / "recordings"


@dataclass(frozen=True)
class Recording:
    """One exchange.

    Attributes:
        path: without the query, percent-decoded.
        asked_headers: of the request; names in lower case.
        asked: the request's body as JSON, or its text where it is none.
        headers: of the answer; names in lower case.
        body: of the answer, without any transfer coding.
        head: of the answer, as a server sends it.
        coded_body: of the answer, as a server sends it.
    """

    name: str
    method: str
    path: str
    asked_headers: dict[str, str]
    asked: Any
    status: int
    headers: dict[str, str]
    body: bytes
    head: bytes
    coded_body: bytes

    @property
    def wire(self) -> bytes:
        """The answer as a server sends it."""
        return self.head + self.coded_body

    @property
    def value(self) -> Any:
        """The answer's body as JSON; None where it is none."""
        return json_or_none(self.body)

    @property
    def last_segment(self) -> str:
        """The last part of the path: the id of a job, a log or an execution."""
        return self.path.rpartition("/")[2]

    @property
    def workflow_id(self) -> str:
        """The workflow in the path."""
        return self.path.split("/")[3]


def recordings() -> Iterator[Recording]:
    """All of them."""
    for file in sorted(ROOT.glob("*/*.json")):
        exchange = json.loads(file.read_text(encoding="utf-8"))
        yield _read(f"{file.parent.name}/{file.stem}", exchange["request"], exchange["response"])


def json_or_none(body: "bytes | str") -> Any:
    try:
        return json.loads(body)
    except ValueError:
        return None


def _read(name: str, request: dict[str, Any], response: dict[str, Any]) -> Recording:
    coded = response.get("transfer_encoded_body")
    body = response["body"].encode() if coded is None else _dechunked(coded.encode())
    asked = json_or_none(request["body"] or "")
    lines = [f"HTTP/1.1 {response['status']} {response['reason']}"]
    lines += [f"{header}: {text}" for header, text in response["headers"].items()]
    return Recording(
        name=name,
        method=request["method"],
        path=unquote(urlsplit(request["path"]).path),
        asked_headers=_lower(request["headers"]),
        asked=request["body"] if asked is None else asked,
        status=response["status"],
        headers=_lower(response["headers"]),
        body=body,
        head="\r\n".join([*lines, "", ""]).encode(),
        coded_body=chunked(body) if coded is None else coded.encode(),
    )


def chunked(body: bytes, size: int = 1 << 30) -> bytes:
    """The body in the chunked transfer coding, with at most that many bytes in a chunk."""
    pieces = [body[start : start + size] for start in range(0, len(body), size)]
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in [*pieces, b""])


def _lower(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): text for name, text in headers.items()}


def _dechunked(coded: bytes) -> bytes:
    body = b""
    while coded:
        size, _, rest = coded.partition(b"\r\n")
        length = int(size, 16)
        body += rest[:length]
        coded = rest[length + 2 :]
    return body
