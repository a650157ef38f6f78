"""What the fuzzers start from and what they once found, read again."""

from pathlib import Path

import pytest

from sim_sdk.sse import EventStreamDecoder, ServerSentEvent
from tools.fuzz import streams
from tools.fuzz.corpus import KEPT, recorded
from tools.fuzz.echoes import echoes
from tools.fuzz.targets import TARGETS, read_message, responses, write_message


@pytest.mark.parametrize("path", sorted(KEPT.glob("*/*")), ids=lambda path: f"{path.parent.name}-{path.name}")
def test_the_corpus_breaks_no_promise(path: Path) -> None:
    TARGETS[path.parent.name](path.read_bytes())


@pytest.mark.parametrize("path", sorted((KEPT / "responses").iterdir()), ids=lambda path: path.name)
def test_a_key_in_any_place_of_an_answer_is_shown_nowhere(path: Path) -> None:
    for echo in echoes(path.read_bytes()):
        responses(echo)


@pytest.mark.parametrize("target", sorted(TARGETS))
def test_recorded_answers_break_no_promise(target: str) -> None:
    for data in recorded(target):
        TARGETS[target](data)


def test_a_message_is_read_as_it_was_written() -> None:
    data = write_message(503, {"retry-after": "5", "X-Request-Id": "r"}, b"a\n\nb")
    status, headers, body = read_message(data)
    assert (status, dict(headers), body) == (503, {"retry-after": "5", "X-Request-Id": "r"}, b"a\n\nb")


def test_the_differential_fuzzer_finds_nothing() -> None:
    outcome = streams.fuzz(0.2, seed=1)
    assert outcome.divergence is None
    assert outcome.streams > 0
    assert outcome.events > 0


def test_the_differential_fuzzer_finds_a_mistake_and_makes_it_small() -> None:
    def careless(chunks: list[bytes]) -> list[ServerSentEvent]:
        """Takes the line feed of a line end that was cut for a line end of its own."""
        decoder = EventStreamDecoder()
        return [
            event for chunk in chunks for event in decoder.feed(chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n"))
        ]

    divergence = streams.fuzz(30, seed=1, decoder=careless).divergence
    assert divergence is not None
    assert divergence.got != divergence.expected
    assert len(b"".join(divergence.chunks)) <= len(b"data\r\ndata\n\n")
    assert len(divergence.chunks) == 2
