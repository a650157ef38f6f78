"""The input of a workflow as it goes out: plain JSON, with every file in it encoded."""

import base64
import json
import math
import os
from collections import abc
from typing import IO, Any, Dict, List, Mapping, Optional, Set, Tuple, Union

__all__ = ["File", "encode_input"]

_DEFAULT_NAME = "file"
_DEFAULT_MIME = "application/octet-stream"
_TEXT_MIME = "text/plain"
_AS_THEY_ARE = (str, bool, int)


class File:
    """A file for a workflow's input, from memory or from a path.

    Any file-like object in the input is taken too; this class is for bytes at hand, and for another name or media
    type than the file's own.

    Args:
        data: The content: bytes, or text (sent as UTF-8).
        path: The file to read instead; it is read when the workflow is executed.
        name: The file name to send; the path's last part by default.
        mime: The media type to send; guessed from the name by default.

    Raises:
        TypeError: Neither or both of `data` and `path` are given, or one has the wrong type.
    """

    def __init__(
        self,
        data: Union[bytes, bytearray, memoryview, str, None] = None,
        *,
        path: Union[str, "os.PathLike[str]", None] = None,
        name: Optional[str] = None,
        mime: Optional[str] = None,
    ) -> None:
        if (data is None) == (path is None):
            raise TypeError("File: expected either data or path")
        if data is not None and not isinstance(data, (bytes, bytearray, memoryview, str)):
            raise TypeError(f"data: expected bytes or str, got {type(data).__name__}")
        if path is not None and not isinstance(path, (str, os.PathLike)):
            raise TypeError(f"path: expected a path, got {type(path).__name__}")
        for argument, text in (("name", name), ("mime", mime)):
            if text is not None and not isinstance(text, str):
                raise TypeError(f"{argument}: expected a str, got {type(text).__name__}")
        self._data = data
        self._path = None if path is None else os.fspath(path)
        self.name: str = name if name is not None else _last_part(self._path or "")
        self.mime: str = mime if mime is not None else _guess_mime(self.name, text=isinstance(data, str))

    def __repr__(self) -> str:
        return f"File(name={self.name!r}, mime={self.mime!r})"

    def read(self) -> bytes:
        """The content.

        Raises:
            OSError: The path cannot be read.
        """
        if self._path is not None:
            with open(self._path, "rb") as file:
                return file.read()
        return self._data.encode("utf-8") if isinstance(self._data, str) else bytes(self._data or b"")


def encode_input(value: Any, name: str = "input_data") -> Any:
    """A copy of an input in which every file is a JSON object of the documented form.

    `{"type": "file", "data": "data:<mime>;base64,…", "name": …, "mime": …}` (Python SDK page; execution API). Files are
    read from where they stand, and put back there where they can be.

    Args:
        value: The input: JSON values, tuples, file-like objects and `File`, in any depth.
        name: What to call the input in errors.

    Raises:
        TypeError: A value that is neither JSON nor a file; the message names its place.
        ValueError: A value that JSON cannot hold: a number that is not finite, a cycle, too deep a nesting.
    """
    try:
        return _encode(value, name, set())
    except RecursionError:
        raise ValueError(f"{name}: nested too deeply") from None


def _encode(value: Any, place: str, parents: Set[int]) -> Any:
    if value is None or isinstance(value, _AS_THEY_ARE):
        return value
    if isinstance(value, float):
        if not math.isfinite(value):
            raise ValueError(f"{place}: expected a finite number, got {value!r}, which JSON does not have")
        return value
    if isinstance(value, (dict, list, tuple, abc.Mapping)):
        if id(value) in parents:
            raise ValueError(f"{place}: contains itself")
        parents.add(id(value))
        encode = _encode_mapping if isinstance(value, (dict, abc.Mapping)) else _encode_sequence
        encoded = encode(value, place, parents)
        parents.discard(id(value))
        return encoded
    if isinstance(value, File) or callable(getattr(value, "read", None)):
        return _encode_file(value, place)
    raise TypeError(f"{place}: expected a JSON value or a file, got {type(value).__name__}{_advice(value)}")


def _encode_sequence(value: Any, place: str, parents: Set[int]) -> Any:
    # Most items are sent as they are; spelling out the place of each would take longer than encoding it.
    return [
        item if isinstance(item, _AS_THEY_ARE) else _encode(item, f"{place}[{index}]", parents)
        for index, item in enumerate(value)
    ]


def _encode_mapping(value: Any, place: str, parents: Set[int]) -> Any:
    encoded: Dict[str, Any] = {}
    for key, item in value.items():
        if not isinstance(key, str):
            raise TypeError(f"{place}: expected str keys, got {key!r} ({type(key).__name__})")
        encoded[key] = item if isinstance(item, _AS_THEY_ARE) else _encode(item, f"{place}.{key}", parents)
    return encoded


def _encode_file(file: Union[File, IO[Any]], place: str) -> Dict[str, Any]:
    from sim_api.values import JsonText

    if isinstance(file, File):
        content, name, mime = file.read(), file.name, file.mime
    else:
        read = _read(file, place)
        content = read.encode(*_encoding(file)) if isinstance(read, str) else read
        name = _name(file)
        mime = _told_mime(file) or _guess_mime(name, text=isinstance(read, str))
    start = json.dumps(f"data:{mime};base64,")[:-1].encode()
    return {"type": "file", "data": JsonText(start, base64.b64encode(content), b'"'), "name": name, "mime": mime}


def _read(file: IO[Any], place: str) -> Union[bytes, str]:
    position = _tell(file)
    content = file.read()
    if position is not None:
        file.seek(position)
    if isinstance(content, (bytes, str)):
        return content
    if isinstance(content, (bytearray, memoryview)):
        return bytes(content)
    if hasattr(content, "close"):
        content.close()  # a coroutine that nobody will await
    raise TypeError(f"{place}: expected a file whose read() gives bytes or str, got {type(content).__name__}")


def _tell(file: IO[Any]) -> Optional[int]:
    try:
        # Some that can be rewound don't say so: tempfile.SpooledTemporaryFile before Python 3.11.
        seekable = file.seekable() if hasattr(file, "seekable") else hasattr(file, "seek")
        return file.tell() if seekable else None
    except (AttributeError, OSError, ValueError):
        return None


def _encoding(file: IO[Any]) -> Tuple[str, str]:
    """How a text is turned back into the bytes of its file: bytes that are none in its encoding may be among them."""
    encoding, errors = getattr(file, "encoding", None), getattr(file, "errors", None)
    return encoding if isinstance(encoding, str) else "utf-8", errors if isinstance(errors, str) else "strict"


def _name(file: IO[Any]) -> str:
    # What was uploaded to Flask has the file's name there, and the form field's in "name".
    names = (getattr(file, attribute, None) for attribute in ("filename", "name"))
    return _last_part(next((name for name in names if name and isinstance(name, (str, bytes, os.PathLike))), ""))


def _last_part(path: "Union[str, bytes, os.PathLike[Any]]") -> str:
    # Bytes of a file name that are no text can be in a str here, but not in JSON.
    return os.path.basename(os.fsdecode(path)).encode("utf-8", "replace").decode("utf-8") or _DEFAULT_NAME


def _told_mime(file: IO[Any]) -> Optional[str]:
    """The media type that came with an upload: web frameworks keep it so, and simstudio-sdk took it from there."""
    mime = getattr(file, "content_type", None)
    return mime if isinstance(mime, str) and mime else None


def _guess_mime(name: str, *, text: bool) -> str:
    import mimetypes  # loaded with the first file, not with the SDK

    kind, coding = mimetypes.guess_type(name)
    if coding is not None:
        # What is sent is what the coding made; of "data.csv.gz" the kind would be text/csv.
        return "application/gzip" if coding == "gzip" else f"application/x-{coding}"
    return kind or (_TEXT_MIME if text else _DEFAULT_MIME)


def _advice(value: object) -> str:
    if isinstance(value, (bytes, bytearray, memoryview)):
        return "; wrap bytes as sim_sdk.File(data, name=...)"
    if isinstance(value, os.PathLike):
        return "; open the file, or wrap the path as sim_sdk.File(path=...)"
    if hasattr(value, "__next__"):
        return "; collect a generator's values first: files as bytes in sim_sdk.File(...), other values in a list"
    return ""


JSONInput = Union[Mapping[str, Any], List[Any], str, int, float, bool, None]
"""What `input_data` may be (files stand for JSON objects)."""
