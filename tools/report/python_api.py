"""What Python code that uses a generated package can no longer do, as griffe sees it.

That is names and arguments. Types it does not compare: which change of them breaks code depends on which way the values
travel, and that the document's section says. Whatever breaks here does so there too.
"""

from pathlib import Path

import griffe

from tools.report.changes import Change


def compare_packages(name: str, old: Path, new: Path) -> list[Change]:
    """Compare the package ``name`` in two folders."""
    before, after = (griffe.load(name, search_paths=[folder], allow_inspection=False) for folder in (old, new))
    found = griffe.find_breaking_changes(before, after)
    return sorted({Change("changed", _said(each), breaking=True) for each in found}, key=str)


def _said(breakage: griffe.Breakage) -> str:
    changed = breakage.old_value or breakage.new_value
    of_what = f"({changed.name})" if isinstance(changed, griffe.Parameter) else ""
    return f"{breakage.obj.path}{of_what}: {breakage.kind.value.lower()}"
