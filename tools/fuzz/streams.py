"""Differential fuzz of the event stream decoder: random streams, cut at random, held to the standard."""

import random
import time
from dataclasses import dataclass
from typing import Callable, List, Optional

from contract_tests.sdk.test_sse import BROKEN, ENDS, FIELDS, NOISE, SPACED, cut, interpret
from sim_sdk.sse import EventStreamDecoder, ServerSentEvent

Decode = Callable[[List[bytes]], List[ServerSentEvent]]

# Line ends, data and blank lines come often enough for most streams to dispatch events.
_TOKENS = [*FIELDS, *SPACED, *NOISE, *BROKEN, *4 * ENDS, *4 * [b"data:x", b"\n\n", b"\r\n\r\n"]]
_LONGEST = 24  # tokens
_MOST_CUTS = 6
_BATCH = 100  # streams between two looks at the clock


@dataclass
class Divergence:
    """A stream that is not read as the standard says.

    Attributes:
        chunks: The stream as it was cut, as small as it still diverges.
        got: What the decoder made of it.
        expected: What the standard makes of it.
    """

    chunks: List[bytes]
    got: List[ServerSentEvent]
    expected: List[ServerSentEvent]


@dataclass
class Outcome:
    """What a run has done: random streams, ways of cutting them, events in them; and the divergence that ended it."""

    streams: int = 0
    decodings: int = 0
    events: int = 0
    divergence: Optional[Divergence] = None


def decode(chunks: List[bytes]) -> List[ServerSentEvent]:
    """The events of a stream by the SDK's decoder."""
    decoder = EventStreamDecoder()
    return [event for chunk in chunks for event in decoder.feed(chunk)]


def fuzz(seconds: float, seed: int, decoder: Decode = decode) -> Outcome:
    """Read random streams for some seconds, or until one is read wrongly."""
    generator = random.Random(seed)
    outcome = Outcome()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        for _ in range(_BATCH):
            stream = b"".join(generator.choices(_TOKENS, k=generator.randrange(1, _LONGEST)))
            expected = interpret(stream)
            outcome.streams += 1
            outcome.events += len(expected)
            for chunks in chunkings(stream, generator):
                outcome.decodings += 1
                if decoder(chunks) != expected:
                    outcome.divergence = minimised(chunks, decoder)
                    return outcome
    return outcome


def chunkings(stream: bytes, generator: random.Random) -> List[List[bytes]]:
    """A stream whole, byte by byte, and cut at random."""
    places = [generator.randrange(len(stream) + 1) for _ in range(generator.randrange(1, _MOST_CUTS))]
    return [[stream], [stream[place : place + 1] for place in range(len(stream))], cut(stream, places)]


def minimised(chunks: List[bytes], decoder: Decode = decode) -> Divergence:
    """The smallest divergence to which leaving out chunks and bytes, and joining chunks, leads."""

    def diverges(candidate: List[bytes]) -> bool:
        return decoder(candidate) != interpret(b"".join(candidate))

    smaller: Optional[List[bytes]] = chunks
    while smaller is not None:
        chunks = smaller
        smaller = next(filter(diverges, _smaller(chunks)), None)
    return Divergence(chunks, decoder(chunks), interpret(b"".join(chunks)))


def _smaller(chunks: List[bytes]) -> List[List[bytes]]:
    without = [chunks[:index] + chunks[index + 1 :] for index in range(len(chunks))]
    joined = [
        [*chunks[:index], chunks[index] + chunks[index + 1], *chunks[index + 2 :]] for index in range(len(chunks) - 1)
    ]
    shorter = [
        [*chunks[:index], chunk[:place] + chunk[place + 1 :], *chunks[index + 1 :]]
        for index, chunk in enumerate(chunks)
        for place in range(len(chunk))
    ]
    return without + joined + shorter
