"""The reports as files."""

import json
from pathlib import Path
from tempfile import TemporaryFile

from sim_conformance.report.html import html_page
from sim_conformance.report.junit import junit_xml
from sim_conformance.report.model import Report
from sim_conformance.settings import BadSettings

NAMES = ("report.html", "report.json", "junit.xml")


def make_folder(folder: Path) -> None:
    """Make a folder for reports; done before the first run is paid for.

    Raises:
        BadSettings: when nothing can be written there.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        TemporaryFile(dir=folder).close()
    except OSError as error:
        raise BadSettings(f"the report cannot be written: {error}") from error


def write_reports(report: Report, folder: Path) -> list[Path]:
    """Write all forms of a report into a folder; the result says where.

    Raises:
        OSError: when that is not possible.
    """
    texts = (html_page(report), json.dumps(report, indent=1, ensure_ascii=False), junit_xml(report))
    paths = [folder / name for name in NAMES]
    for path, text in zip(paths, texts, strict=True):
        # A lone surrogate, which an answer may hold, has no UTF-8.
        path.write_bytes(text.encode("utf-8", errors="replace"))
    return paths
