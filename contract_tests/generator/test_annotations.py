"""Types and docstrings as they are spelled in the emitted code."""

import ast
import inspect

import pytest

from tools.generate.annotations import optional, union
from tools.generate.docs import docstring


@pytest.mark.parametrize(
    ("members", "expected"),
    [
        (["str"], "str"),
        (["str", "int", "str"], "Union[str, int]"),
        (["str", "None"], "Optional[str]"),
        (["str", "None", "int"], "Optional[Union[str, int]]"),
        (["None"], "None"),
        (["str", "Any"], "Any"),
        (["Dict[str, Any]", "None", "Any"], "Any"),
        (["List[float]", "Literal['a']", "Any"], "Any"),
        (["models.Run", "Any"], "Union[models.Run, Any]"),
        (["List[Run]", "Any", "None"], "Optional[Union[List[Run], Any]]"),
        (["datetime.datetime", "Any"], "Union[datetime.datetime, Any]"),
    ],
)
def test_unions(members: "list[str]", expected: str) -> None:
    assert union(members) == expected


@pytest.mark.parametrize(
    ("annotation", "expected"), [("str", "Optional[str]"), ("Optional[str]", "Optional[str]"), ("Any", "Any")]
)
def test_optional(annotation: str, expected: str) -> None:
    assert optional(annotation) == expected


@pytest.mark.parametrize(
    "text",
    [
        "Short.",
        'Ends with a "quote"',
        "Ends with a backslash \\",
        'Holds """three""" quotes and \\N{BULLET} and \\x',
        "A long sentence " * 20 + "end.",
        "First paragraph.\n\nSecond one.\n\n- a list\n- of items, one of which is "
        + "long " * 40
        + "\n\n    code = indented",
    ],
)
def test_a_docstring_says_the_same_words(text: str) -> None:
    source = f"def f():\n    {docstring(text, 4)}\n"
    function = ast.parse(source).body[0]
    assert isinstance(function, ast.FunctionDef)
    assert (ast.get_docstring(function) or "").split() == text.split()
    assert all(len(line) <= 120 for line in source.splitlines())


def test_a_docstring_keeps_paragraphs_and_lists() -> None:
    text = "One\nparagraph.\n\n- first\n- second\n"
    assert inspect.cleandoc(ast.literal_eval(docstring(text, 4))) == "One paragraph.\n\n- first\n- second"
