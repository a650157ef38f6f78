"""What `tools.bench.instructions` counts: `python -m tools.bench._scenario TIMES NAME URL …`.

All scenarios run once, each against its URL, so that everything is loaded; then the first runs as often as is said.
"""

import itertools
import sys
from typing import Callable, Dict

from sim_sdk import SimStudioClient

_EVENTS = 100
_ENTRIES = 100


def _execute(client: SimStudioClient) -> None:
    assert client.execute_workflow("w", {"message": "hello"}).success


def _stream(client: SimStudioClient) -> None:
    with client.stream_workflow("w") as stream:
        assert sum(1 for _ in stream) == _EVENTS + 1


def _logs(client: SimStudioClient) -> None:
    entries = itertools.islice(client.logs.iter(workspace_id="w"), _ENTRIES)
    assert sum(bool(entry.id) for entry in entries) == _ENTRIES


SCENARIOS: Dict[str, Callable[[SimStudioClient], None]] = {"execute": _execute, "stream": _stream, "logs": _logs}


def main(times: int, *names_and_urls: str) -> None:
    clients = {name: SimStudioClient("sk-sim-benchmark", url) for name, url in zip(*[iter(names_and_urls)] * 2)}
    for name, client in clients.items():
        SCENARIOS[name](client)
    first = next(iter(clients))
    for _ in range(times):
        SCENARIOS[first](clients[first])
    for client in clients.values():
        client.close()


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
