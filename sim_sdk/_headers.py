"""Response headers: names without regard to case, read-only."""

from typing import AbstractSet, Dict, Iterable, Iterator, Mapping, Optional, Tuple, TypeVar, Union, overload

_T = TypeVar("_T")


class Headers(Mapping[str, str]):
    """Header fields of one response. Fields of the same name are joined by a comma (RFC 9110, section 5.3)."""

    __slots__ = ("_fields",)

    def __init__(self, pairs: Iterable[Tuple[str, str]] = ()) -> None:
        fields: Dict[str, Tuple[str, str]] = {}
        for name, value in pairs:
            key = name.lower()
            fields[key] = (name, fields[key][1] + ", " + value) if key in fields else (name, value)
        self._fields = fields

    def __getitem__(self, name: str) -> str:
        return self._fields[name.lower()][1]

    @overload
    def get(self, name: str) -> Optional[str]: ...

    @overload
    def get(self, name: str, default: Union[str, _T]) -> Union[str, _T]: ...

    def get(self, name: str, default: object = None) -> object:
        # Mapping's own raises and catches a KeyError for each header that is not there, which most are not.
        field = self._fields.get(name.lower())
        return default if field is None else field[1]

    def isdisjoint(self, names: AbstractSet[str]) -> bool:
        """Whether none of these names, in small letters, is there."""
        return names.isdisjoint(self._fields)

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._fields.values())

    def __len__(self) -> int:
        return len(self._fields)

    def __repr__(self) -> str:
        return f"Headers({dict(self)!r})"
