"""The command sim-mock."""

import argparse
import signal
import sys
import threading
from collections.abc import Sequence
from types import FrameType

from sim_conformance.mock import MockSim
from sim_conformance.mock.dialects import DIALECTS


def main(argv: Sequence[str] | None = None) -> int:
    """Serve a mock until Ctrl-C or SIGTERM.

    Returns:
        0 when it was stopped, 2 when it could not start.
    """
    arguments = _parser().parse_args(argv)
    sim = MockSim(arguments.dialect, port=arguments.port, host=arguments.host, seed=arguments.seed)
    try:
        sim.start()
    except OSError as error:
        print(f"sim-mock: cannot serve on {arguments.host}:{arguments.port}: {error}", file=sys.stderr)
        return 2
    try:
        ended = _ended_by_signal()
        # Flushed at once: whoever started this process reads the address from a pipe, and may then end it.
        print(f"SIM_BASE_URL={sim.base_url}\nSIM_API_KEY={sim.api_key}\nSIM_WORKSPACE={sim.workspace_id}", flush=True)
        ended.wait()
    finally:
        sim.stop()
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "sim-mock",
        description="Serve a mock of Sim's API. Prints its address, a key and a workspace as shell variables.",
    )
    parser.add_argument("--port", type=_port, default=0, help="0, the default, takes any free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument(
        "--dialect", choices=tuple(DIALECTS), default="documented", help="the version of Sim to speak as"
    )
    parser.add_argument("--seed", type=int, default=0, help="of all ids and durations")
    return parser


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError(f"{port} is no port: those are 0 to 65535")
    return port


def _ended_by_signal() -> threading.Event:
    ended = threading.Event()

    def end(number: int, frame: FrameType | None) -> None:
        ended.set()

    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    return ended


if __name__ == "__main__":
    sys.exit(main())
