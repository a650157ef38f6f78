"""Documents as the generator takes them: those that are named as one, without what cannot be generated."""

import sys
from collections.abc import Sequence

from .checks import leave_out, problems, resolve_paths
from .document import Document, read
from .errors import GenerationError
from .merge import merge
from .trial import unreadable


def load(sources: Sequence[str], *, allow_missing: bool = False) -> Document:
    """Read documents as one; raise GenerationError for what cannot be generated, as ``checked`` does."""
    documents = [checked(read(source), allow_missing=allow_missing) for source in sources]
    # What only one document has somewhere of its own may be referred to, and is not in the one of all.
    return documents[0] if len(documents) == 1 else checked(merge(documents), allow_missing=allow_missing)


def checked(document: Document, *, allow_missing: bool = False) -> Document:
    """Return a document of which all can be generated.

    Raises GenerationError that names what cannot; with ``allow_missing`` that is listed and left out instead.
    """
    resolve_paths(document.content)
    for find in (problems, unreadable):
        found = find(document.content)
        if found and not allow_missing:
            raise GenerationError("\n".join(map(str, found)))
        for problem in found:
            print(f"left out: {problem}", file=sys.stderr)
        leave_out(document.content, found)
    return document
