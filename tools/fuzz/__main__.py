"""The fuzzers' command line.

    python -m tools.fuzz sse --seconds 600
    python -m tools.fuzz atheris responses --seconds 600
    python -m tools.fuzz echo

The exit code is 0 when nothing was found, 1 with a finding (which is printed), 2 when the fuzzer cannot run here.
"""

import argparse
import random
import sys
import traceback
from importlib.util import find_spec
from pathlib import Path

from tools.fuzz import campaign, corpus, streams
from tools.fuzz.echoes import echoes
from tools.fuzz.targets import TARGETS, responses

_CORPUS = Path("build") / "fuzz"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz", description="Fuzz what reads a server's bytes.")
    fuzzers = parser.add_subparsers(dest="fuzzer", required=True)
    differential = fuzzers.add_parser("sse", help="random event streams, held to the standard")
    fuzzers.add_parser("echo", help="recorded answers with the API key in every place, one after the other")
    guided = fuzzers.add_parser("atheris", help="coverage-guided, one target at a time")
    guided.add_argument("target", choices=sorted(TARGETS))
    guided.add_argument("--corpus", type=Path, help=f"where what is learnt stays (default: {_CORPUS}/TARGET)")
    for each in (differential, guided):
        each.add_argument("--seconds", type=int, default=60, help="how long (default: 60)")
        each.add_argument("--seed", type=int, default=random.randrange(1, 2**31), help="to repeat a run")
    arguments = parser.parse_args()
    if arguments.fuzzer == "echo":
        return echo_main()
    if arguments.fuzzer == "sse":
        return differential_main(arguments.seconds, arguments.seed)
    return guided_main(arguments.target, arguments.seconds, arguments.seed, arguments.corpus)


def differential_main(seconds: int, seed: int) -> int:
    outcome = streams.fuzz(seconds, seed)
    found = outcome.divergence
    print(
        f"sse: seed {seed}: {outcome.streams:,} streams in {outcome.decodings:,} chunkings, {outcome.events:,} events, "
        f"{'no divergence' if found is None else '1 divergence'}"
    )
    if found is None:
        return 0
    print(f"chunks:   {found.chunks!r}\ngot:      {found.got!r}\nexpected: {found.expected!r}")
    return 1


def echo_main() -> int:
    answers = [*(path.read_bytes() for path in corpus.kept("responses")), *corpus.recorded("responses")]
    tried = 0
    for echo in (echo for answer in answers for echo in echoes(answer)):
        tried += 1
        try:
            responses(echo)
        except AssertionError:
            traceback.print_exc()
            print(f"echo: the key is shown of: {echo!r}")
            return 1
    print(f"echo: {tried:,} echoes in {len(answers):,} answers, the key is shown of none")
    return 0


def guided_main(target: str, seconds: int, seed: int, learnt: "Path | None") -> int:
    if find_spec("atheris") is None:
        version = ".".join(map(str, sys.version_info[:2]))
        print(
            f"fuzz: atheris is not installed; it has wheels for Linux on x86_64 with Python 3.11 to 3.14, and this is "
            f'Python {version} on {sys.platform}: pip install -e ".[dev]" there',
            file=sys.stderr,
        )
        return 2
    figures = campaign.run(target, seconds, seed, learnt or _CORPUS / target)
    print(
        f"{target}: seed {seed}: {figures.executions:,} executions, {figures.coverage:,} edges, "
        f"{figures.corpus:,} inputs in the corpus, {'no finding' if figures.finding is None else '1 finding'}"
    )
    if figures.finding is None:
        return 0
    print(f"{figures.log[-4000:]}\ninput: {figures.finding!r}")
    return 1


if __name__ == "__main__":
    sys.exit(main())
