"""`python -m tools.bench upload`: the memory that sending a file takes."""

import tracemalloc
from contextlib import ExitStack
from typing import List

from sim_sdk import File, SimStudioClient
from tools.bench._measure import Finding, Limit, verdict
from tools.bench._server import fixed_server

_KEY = "sk-sim-benchmark"
_BYTES = 20 * 1024 * 1024
_ENCODED_BYTES = _BYTES * 4 / 3


def main(arguments: List[str]) -> int:
    return verdict(findings())


def findings() -> List[Finding]:
    """The most memory in use while a file is sent, without the file itself."""
    content = bytes(_BYTES)
    with ExitStack() as stack:
        client = stack.enter_context(SimStudioClient(_KEY, stack.enter_context(fixed_server())))
        client.execute_workflow("w", {"file": File(b"x", name="x.bin")})
        tracemalloc.start()
        try:
            client.execute_workflow("w", {"file": File(content, name="x.bin")})
            peak = tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()
    return [Finding("memory to send a file of 20 MiB", peak / _ENCODED_BYTES, "its base64 size", Limit(2.5))]
