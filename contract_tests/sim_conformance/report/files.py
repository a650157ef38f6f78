"""The reports as files."""

import json
from pathlib import Path

from sim_conformance.report.html import html_page
from sim_conformance.report.junit import junit_xml
from sim_conformance.report.model import Report

NAMES = ("report.html", "report.json", "junit.xml")


def write_reports(report: Report, folder: Path) -> list[Path]:
    """Write all forms of a report; the result says where.

    Raises:
        OSError: when that is not possible.
    """
    folder.mkdir(parents=True, exist_ok=True)
    texts = (html_page(report), json.dumps(report, indent=1, ensure_ascii=False), junit_xml(report))
    paths = [folder / name for name in NAMES]
    for path, text in zip(paths, texts, strict=True):
        # A lone surrogate, which an answer may hold, has no UTF-8.
        path.write_bytes(text.encode("utf-8", errors="replace"))
    return paths
