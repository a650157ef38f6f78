"""The forms of a report: complete, true to each other, and safe to open."""

import base64
import gzip
import json
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from sim_conformance.mock.exchange import Headers
from sim_conformance.registry import all_checks
from sim_conformance.report.html import html_page
from sim_conformance.report.junit import junit_xml
from sim_conformance.wire import Exchange

# The first of these tests waits for whole runs, which take long on a busy machine.
pytestmark = pytest.mark.timeout(300)


class Page(HTMLParser):
    """What a page holds."""

    def __init__(self, text):
        super().__init__()
        self.open: list[str] = []
        self.rows: list[dict[str, str]] = []
        self.links: list[str] = []
        self.scripts = 0
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        named = dict(attrs)
        if tag not in ("meta", "link", "input", "br"):
            self.open.append(tag)
        if tag == "tr" and "data-outcome" in named:
            self.rows.append(named)
        self.scripts += tag == "script"
        self.links += [named[name] for name in ("src", "href", "action") if name in named]

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


@pytest.fixture(scope="module")
def run(healthy_runs):
    return healthy_runs["2025-10"]


def test_html_is_one_page_that_fetches_nothing(run):
    page = Page((run.folder / "report.html").read_text(encoding="utf-8"))
    assert page.open == []
    assert page.links == ["data:,"]
    assert page.scripts == 1


def test_html_has_every_check(run):
    page = Page((run.folder / "report.html").read_text(encoding="utf-8"))
    assert sorted((row["data-outcome"], row["data-profile"]) for row in page.rows) == sorted(
        (check["outcome"], check["profile"]) for check in run.report["checks"]
    )


def test_html_shows_what_a_server_says_as_text(run):
    evil = "</script><script>alert(1)</script><img src=x onerror=alert(1)>"
    report = json.loads(json.dumps(run.report))
    report["checks"][0]["message"] = evil
    report["checks"][0]["exchanges"][0]["responseBody"] = evil
    report["checks"][0]["exchanges"][0]["responseHeaders"] = {evil: evil}
    page = Page(html_page(report))
    assert page.scripts == 1
    assert "img" not in page.open
    assert page.links == ["data:,"]


def test_junit_counts(run):
    root = ET.parse(run.folder / "junit.xml").getroot()
    assert [suite.get("name") for suite in root] == list(run.report["byProfile"])
    for suite in root:
        counts = run.report["byProfile"][suite.get("name")]
        assert int(suite.get("tests")) == len(suite.findall("testcase")) == sum(counts.values())
        assert int(suite.get("skipped")) == len(suite.findall("testcase/skipped"))
    known = root.findall(".//skipped")
    assert known
    assert all(one.get("message").startswith("known deviation: ") for one in known)


def test_junit_tells_failures_with_their_command_and_survives_control_characters(run):
    report = json.loads(json.dumps(run.report))
    report["checks"][0].update(outcome="fail", message="bad \x00 \x1b[31m \ud800 end")
    failure = ET.fromstring(junit_xml(report).encode("utf-8", "replace")).find(".//failure")
    assert failure.get("message").startswith("bad \ufffd")
    assert "curl " in failure.text


def test_json_adds_up(run):
    report = run.report
    assert sum(report["summary"].values()) == len(report["checks"]) == len(all_checks())
    for outcome, count in report["summary"].items():
        assert count == sum(counts[outcome] for counts in report["byProfile"].values())
    assert report["runs"] > 50


def test_every_check_has_its_evidence(run):
    without = [check["id"] for check in run.report["checks"] if not check["exchanges"]]
    assert without == ["SIM-SDK-003"]  # the SDK alone talks there


def test_curl_repeats_the_request():
    headers = Headers({"x-api-key": "sk-main-key", "content-type": "application/json", "x-note": "it's"})
    exchange = Exchange("POST", "/api/x?a=1&b=2", headers, b'{"text":"it\'s"}')
    assert exchange.curl("http://sim", {"sk-main-key": "SIM_API_KEY"}) == (
        "curl -sS -i -N -X POST 'http://sim/api/x?a=1&b=2' -H \"x-api-key: $SIM_API_KEY\" "
        "-H 'content-type: application/json' -H 'x-note: it'\"'\"'s' -H 'User-Agent:' "
        '--data-binary \'{"text":"it\'"\'"\'s"}\''
    )


def test_curl_repeats_large_bodies_and_empty_headers():
    body = b'{"message":"' + b"0123456789" * 1000 + b'"}'
    command = Exchange("POST", "/api/x", Headers({"x-api-key": "", "user-agent": "x"}), body).curl("http://sim", {})
    assert "-H 'x-api-key;'" in command
    echo, packed, *rest = command.split(" ")
    assert (echo, " ".join(rest[:7])) == ("echo", "| base64 -d | gunzip | curl")
    assert command.endswith(" --data-binary @-")
    assert gzip.decompress(base64.b64decode(packed)) == body
