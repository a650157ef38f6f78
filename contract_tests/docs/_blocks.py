"""The Python of a page, as it is run."""

import ast
import asyncio
import inspect
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sim_sdk import SimStudioClient

ROOT = Path(__file__).parents[2]

_FENCED = re.compile(r"^```(\w+)\n(.*?)^```$(?:\s+^```text\n(.*?)^```$)?", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Block:
    """A block of code.

    Attributes:
        line: The line of the page at which it begins.
        heading: What it stands under.
        output: What it prints: the block of text right after it; None where there is none.
    """

    page: Path
    line: int
    heading: str
    code: str
    output: str | None = None

    def run(self, namespace: dict[str, Any], instead: Mapping[str, str]) -> Any:
        """Run it; where it awaits outside of functions, return the coroutine that does.

        Args:
            namespace: The names that it finds and leaves.
            instead: What to run in place of texts on the page.
        """
        code = self.code
        for text, replacement in instead.items():
            code = code.replace(text, replacement)
        # The lines of a traceback are those of the page.
        source = "\n" * (self.line - 1) + code
        return eval(compile(source, self.page, "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT), namespace)


def blocks(page: Path, language: str = "python") -> list[Block]:
    """The blocks of a page in a language."""
    text = page.read_text(encoding="utf-8")
    found = []
    for fenced in _FENCED.finditer(text):
        if fenced[1] == language:
            line = text.count("\n", 0, fenced.start(2)) + 1
            heading = re.findall(r"^#+ (.*)$", text[: fenced.start()], re.MULTILINE)[-1]
            found.append(Block(page, line, heading, fenced[2], fenced[3]))
    return found


@contextmanager
def names_of(page: Path, instead: Mapping[str, str], printed: Callable[[], str]) -> Iterator[dict[str, Any]]:
    """Run a page's blocks in their order, the later ones with the names of the earlier ones; give those names.

    Args:
        page: The page.
        instead: What to run in place of texts on the page.
        printed: Gives what was printed since it was last called.
    """
    namespace: dict[str, Any] = {"__name__": page.stem}
    with closing_clients(namespace):
        with asyncio.Runner() as runner:
            for block in blocks(page):
                left = block.run(namespace, instead)
                if inspect.iscoroutine(left):
                    runner.run(left)
                out = printed()
                assert block.output in (None, out.removesuffix("\n") + "\n"), f"{page}, line {block.line}"
        yield namespace


@contextmanager
def closing_clients(namespace: Mapping[str, Any]) -> Iterator[None]:
    """Close at the end the clients that examples leave open."""
    try:
        yield
    finally:
        for value in list(namespace.values()):
            if type(value) is SimStudioClient:
                value.close()
