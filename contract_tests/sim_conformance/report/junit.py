"""The report as JUnit XML, which CI systems read."""

import re
import xml.etree.ElementTree as ET

from sim_conformance.report.model import NOT_RUN, Report, ReportedCheck

# What XML 1.0 has no way to write.
_UNWRITABLE = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit_xml(report: Report) -> str:
    """The report: a test suite for each profile, a test case for each check.

    A known deviation is a skipped case, with its reason; a check that was not made is one too.
    """
    root = ET.Element("testsuites", name="sim-conformance", time=f"{report['seconds']:.2f}")
    for profile, counts in report["byProfile"].items():
        checks = [check for check in report["checks"] if check["profile"] == profile]
        suite = ET.SubElement(
            root,
            "testsuite",
            name=profile,
            timestamp=report["startedAt"],
            tests=str(len(checks)),
            failures=str(counts["fail"]),
            errors=str(counts["error"]),
            skipped=str(counts["skip"] + counts["known-deviation"] + counts[NOT_RUN]),
            time=f"{sum(check['milliseconds'] for check in checks) / 1000:.3f}",
        )
        for check in checks:
            _add_case(suite, check)
    ET.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add_case(suite: ET.Element, check: ReportedCheck) -> None:
    case = ET.SubElement(
        suite,
        "testcase",
        classname=f"sim_conformance.{check['profile']}",
        name=f"{check['id']} {check['title']}",
        time=f"{check['milliseconds'] / 1000:.3f}",
    )
    tags = {"fail": "failure", "error": "error", "skip": "skipped", "known-deviation": "skipped", NOT_RUN: "skipped"}
    tag = tags.get(check["outcome"])
    if tag is None:
        return
    prefix = "known deviation: " if check["outcome"] == "known-deviation" else ""
    note = ET.SubElement(case, tag, message=_written(prefix + check["message"]))
    if tag == "failure" and check["exchanges"]:
        note.text = _written(f"{check['level']}, by {check['clause']}\n{check['exchanges'][-1]['curl']}")


def _written(text: str) -> str:
    return _UNWRITABLE.sub("\ufffd", text)
