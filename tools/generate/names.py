"""Names in the emitted code: legal, stable, and different where the document's are."""

from collections.abc import Iterable, Set
from zlib import crc32

from openapi_python_client.parser.properties import Class
from openapi_python_client.strings import PythonIdentifier

from .config import CONFIG
from .schemas import INDEX

_EMITTED_TYPES = {
    "UNSET",
    "Any",
    "ClassVar",
    "Dict",
    "FilePart",
    "List",
    "Literal",
    "Mapping",
    "Optional",
    "Tuple",
    "Union",
    "Unset",
}
"""Classes, and what could be the name of one, that the modules of models import."""

_LONGEST = 100
"""Bytes of a name: files are named after it, and what lies deep within a type has a name as long as the way to it."""


def identifier(name: str) -> str:
    """Return a name in snake_case, legal in Python."""
    return _shortened(str(PythonIdentifier(name, prefix=CONFIG.field_prefix)))


def identifiers(names: Iterable[str], taken: Set[str] = frozenset()) -> list[str]:
    """Return an identifier for each name: with ``_`` behind a taken one, and numbered where two would be the same."""
    found: list[str] = []
    used = set(taken)
    for wanted in map(identifier, names):
        found.append(_free(f"{wanted}_" if wanted in taken else wanted, used))
        used.add(found[-1])
    return found


class ClassNames:
    """Gives class names that differ, and whose modules do where case does not count."""

    def __init__(self) -> None:
        self._modules = set[str]()
        self.claim(INDEX)

    def claim(self, wanted: str) -> str:
        """Return the class name for ``wanted``, with a number behind it if it is taken."""
        base = _class_name(_shortened(_class_name(wanted)))
        if base in _EMITTED_TYPES or base == _module_name(base):  # scripts without capitals
            base += "Model"
        name, number = base, 2
        while (module := _module_name(name)) in self._modules:
            name, number = _class_name(f"{base}{number}"), number + 1
        self._modules.add(module)
        return name


def _module_name(name: str) -> str:
    return str(Class.from_string(string=name, config=CONFIG).module_name)


def _shortened(name: str) -> str:
    """Cut a name that is too long; what is cut off becomes a number, which is the same whatever else there is."""
    written = name.encode()
    if len(written) <= _LONGEST:
        return name
    number = f"{crc32(written):010}"
    return written[: _LONGEST - len(number)].decode(errors="ignore") + number


def _class_name(wanted: str) -> str:
    """Return a class name that the parser takes as it is."""
    made = str(Class.from_string(string=wanted.replace("/", " "), config=CONFIG).name)
    return made if made == wanted else _class_name(made)


def _free(wanted: str, used: Set[str]) -> str:
    name, number = wanted, 2
    while name in used:
        name, number = f"{wanted}_{number}", number + 1
    return name
