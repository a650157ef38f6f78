"""Modules that import what they export on its first use (PEP 562)."""

import sys
from importlib import import_module
from typing import Any, Callable, List, Mapping, Tuple


def exports(package: str, modules: Mapping[str, str]) -> Tuple[Callable[[str], Any], Callable[[], List[str]]]:
    """Return ``__getattr__`` and ``__dir__`` of ``package``, which exports the keys of ``modules``.

    A value is the submodule that defines its key, or "" if the key is a submodule itself.
    """

    def load(name: str) -> Any:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        if not modules[name]:
            return import_module(f"{package}.{name}")
        value = getattr(import_module(f"{package}.{modules[name]}"), name)
        setattr(sys.modules[package], name, value)  # from now on without this function
        return value

    return load, lambda: sorted(modules)
