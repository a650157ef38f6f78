"""The documents that a report compares with: a file, or the project's own at an earlier revision."""

import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from tools.generate.document import Document
from tools.generate.errors import GenerationError
from tools.generate.load import load


def last_revision(project: Path) -> str:
    """Return the last tag before the current commit, else its first parent, else ""."""
    for command in (("describe", "--tags", "--abbrev=0", "HEAD^"), ("rev-parse", "--verify", "HEAD^")):
        found = _git(project, *command)
        if found is not None:
            return found.strip()
    return ""


def documents_at(project: Path, revision: str) -> list[Document]:
    """Return the project's documents at a revision of git.

    Raises GenerationError if there is no such revision.
    """
    if _git(project, "rev-parse", "--verify", f"{revision}^{{commit}}") is None:
        raise GenerationError(f"{revision} is neither a document nor a revision")
    listed = (_git(project, "ls-tree", "-r", "--name-only", revision, "spec") or "").splitlines()
    with TemporaryDirectory() as folder:
        found: list[Document] = []
        for name in listed:
            if Path(name).match("spec/v*/openapi.yaml"):
                copied = Path(folder) / name
                copied.parent.mkdir(parents=True)
                copied.write_text(_git(project, "show", f"{revision}:{name}") or "", encoding="utf-8")
                found.append(load([str(copied)], allow_missing=True))
        return found


def _git(project: Path, *arguments: str) -> "str | None":
    done = subprocess.run(["git", *arguments], cwd=project, capture_output=True, text=True, check=False)
    return done.stdout if done.returncode == 0 else None
