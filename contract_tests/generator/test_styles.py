"""What goes over the wire where a document says how values are written; the document is documents/styles.yaml."""

import io
from typing import Any, Dict

import pytest

from contract_tests.generator.conftest import generated, imported


@pytest.fixture(scope="module")
def styles(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The package made from the document."""
    return imported("styles", generated("styles", tmp_path_factory))


@pytest.mark.parametrize(
    ("arguments", "target"),
    [
        ({"piped": ["a", "b"]}, "/styles/x?piped=a&piped=b"),
        ({"spaced": ["a", "b"]}, "/styles/x?spaced=a%20b"),
        ({"text": 'a "b"'}, "/styles/x?text=a%20%22b%22"),
        ({"ids": ["a", "b/c"]}, "/styles/a,b%2Fc"),
    ],
)
def test_parameters_are_written_as_they_are_described(styles: Any, arguments: Dict[str, Any], target: str) -> None:
    assert styles.styles.operations.get_styles.build(**{"ids": "x", **arguments}).target == target


def test_objects_are_written_in_paths_and_headers_as_they_are_described(styles: Any) -> None:
    models = styles.styles.models
    request = styles.styles.operations.get_point.build(
        models.GetPointPoint(x=1, y="a=/,b"),
        {"w": 2, "h": 3},
        x_exploded=models.GetPointXExploded(a=1, b="c=d"),
        x_joined={"k": 1, "l": 2},
    )
    assert request.target == "/points/x=1,y=a%3D%2F%2Cb/w,2,h,3"
    # One header, though the path gives its name in capitals.
    assert request.headers == {"x-exploded": "a=1,b=c=d", "X-Joined": "k,1,l,2"}


def test_an_object_whose_keys_could_not_be_told_apart_is_refused(styles: Any) -> None:
    models = styles.styles.models
    for size, exploded in (({".": None}, None), ({"w": 1}, models.GetPointXExploded(b="a,b"))):
        with pytest.raises(ValueError, match=r"^(size|x-exploded): "):
            styles.styles.operations.get_point.build(models.GetPointPoint(x=1), size, x_exploded=exploded)


def test_an_argument_may_be_called_request(styles: Any) -> None:
    request = styles.styles.operations.get_styles.build_stream("x", request="r")
    assert (request.query, request.accept) == ((("request", "r"),), "text/event-stream")


def test_fields_of_a_form_are_written_as_they_are_described(styles: Any) -> None:
    models = styles.styles.models
    body = models.SendFormBody(
        joined=["a", "b"],
        repeated=["c", "d"],
        deep=models.SendFormBodyDeep(a=models.SendFormBodyDeepA(b=1)),
        spread={"e": "f"},
        json={"g": 1},
    )
    content = styles.styles.operations.send_form.build("x", body=body).body
    assert sorted(content.split(b"&")) == [
        b"deep%5Ba%5D%5Bb%5D=1",
        b"e=f",
        b"joined=a%2Cb",
        b"json=%7B%22g%22%3A1%7D",
        b"repeated=c",
        b"repeated=d",
    ]


def test_a_media_type_cannot_end_its_line(styles: Any) -> None:
    part = styles.request.FilePart(b"", content_type="text/plain\r\nX-Evil: 1")
    with pytest.raises(ValueError, match=r"^file: "):
        styles.styles.operations.send_form.build_multipart(
            "x", body=styles.styles.models.SendFormMultipartBody(file=part)
        )


@pytest.mark.parametrize("body", ["text", io.StringIO("text"), 5, None])
def test_a_body_of_bytes_is_nothing_else(styles: Any, body: Any) -> None:
    with pytest.raises(TypeError, match=r"^body: "):
        styles.styles.operations.send_form.build_binary("x", body=body)


@pytest.mark.parametrize("body", ["text", [1], None])
def test_a_form_is_an_object(styles: Any, body: Any) -> None:
    with pytest.raises(TypeError, match=r"^body: "):
        styles.styles.operations.send_form.build("x", body=body)


def test_a_default_answer_is_an_error_unless_it_is_the_only_one(styles: Any) -> None:
    operations = styles.styles.operations
    assert operations.get_styles.parse(201, {}, b'["a"]') == ["a"]
    assert operations.send_form.parse(200, {}, b"done") == "done"
    with pytest.raises(styles.request.ApiError):
        operations.send_form.parse(400, {}, b"bad")


def test_what_is_answered_to_head_has_no_body(styles: Any) -> None:
    assert styles.styles.operations.head_styles.parse(200, {}, b"") is None
