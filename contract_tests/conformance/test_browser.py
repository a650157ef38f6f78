"""The HTML report in a real browser: no script error, and its table filters."""

import json

import pytest

from contract_tests.conformance.browser import NoBrowser, browser

# The first of these tests waits for whole runs, which take long on a busy machine.
pytestmark = pytest.mark.timeout(300)

# What a reader can do, for the expressions below.
READER = """
window.rows = () => [...document.querySelectorAll("tr[data-outcome]")].filter(row => row.offsetParent !== null);
window.column = name => rows().map(row => row.dataset[name]);
window.chip = outcome => document.querySelector(`.chip[data-outcome="${outcome}"]`);
window.type = (id, text) => {
  const control = document.getElementById(id);
  control.value = text;
  control.dispatchEvent(new Event("input"));
};
"""


@pytest.fixture(scope="module")
def page(healthy_runs, tmp_path_factory):
    """The report of a run with known deviations, opened."""
    try:
        with browser(tmp_path_factory.mktemp("profile")) as opened:
            opened.open((healthy_runs["2025-10"].folder / "report.html").as_uri())
            opened.evaluate(READER)
            yield opened
    except NoBrowser as reason:
        pytest.skip(str(reason))


@pytest.fixture
def report(healthy_runs, page):
    """What the page should show; every filter is off again after the test."""
    yield healthy_runs["2025-10"].report
    page.evaluate("document.querySelectorAll('.chip[aria-pressed=true]').forEach(chip => chip.click())")
    page.evaluate("['profile', 'level', 'search'].forEach(id => type(id, ''))")


def test_all_checks_are_shown_at_first(page, report):
    assert page.evaluate("column('outcome').length") == len(report["checks"])
    assert page.evaluate("document.getElementById('shown').textContent") == f"{len(report['checks'])} checks"


def test_outcome_filters(page, report):
    page.evaluate("chip('known-deviation').click()")
    assert page.evaluate("column('outcome')") == ["known-deviation"] * report["summary"]["known-deviation"]
    assert page.evaluate("chip('known-deviation').getAttribute('aria-pressed')") == "true"
    page.evaluate("chip('pass').click()")
    assert page.evaluate("rows().length") == report["summary"]["known-deviation"] + report["summary"]["pass"]


def test_profile_and_outcome_filter_together(page, report):
    page.evaluate("chip('known-deviation').click()")
    page.evaluate("type('profile', 'limits')")
    assert page.evaluate("column('profile')") == ["limits"] * report["byProfile"]["limits"]["known-deviation"]


def test_level_filters(page, report):
    page.evaluate("type('level', 'SHOULD')")
    assert len(page.evaluate("column('level')")) == sum(check["level"] == "SHOULD" for check in report["checks"])


def test_search_takes_words_in_any_order_and_case(page, report):
    page.evaluate("type('search', 'RETRY-AFTER  429')")
    found = page.evaluate("rows().map(row => row.querySelector('.id').textContent.slice(0, 13))")
    assert "SIM-LIMIT-041" in found
    assert page.evaluate("document.getElementById('shown').textContent") == (
        f"{len(found)} of {len(report['checks'])} checks"
    )
    page.evaluate("type('search', 'no such words anywhere')")
    assert page.evaluate("rows().length") == 0
    assert page.evaluate("document.getElementById('none').offsetParent !== null")


def test_evidence_opens(page, report):
    page.evaluate("document.querySelector('details:not([open]) > summary').click()")
    shown = page.evaluate("document.querySelector('details[open] pre').innerText")
    assert shown.startswith(("GET ", "POST "))


def test_page_needs_no_sideways_scrolling(page):
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_narrow_page_shows_rules_without_sideways_scrolling(page, report):
    page.resize(390, 800)
    try:
        assert page.evaluate("innerWidth") == 390
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
        edges = "rows().flatMap(row => [...row.cells]).map(cell => Math.ceil(cell.getBoundingClientRect().right))"
        assert page.evaluate(f"Math.max(...{edges})") <= 390
    finally:
        page.resize(1280, 1000)


def test_command_is_copied_or_else_selected(page, report):
    page.evaluate("document.querySelector('tr:not([hidden]) details').open = true")
    page.evaluate("navigator.clipboard.writeText = () => Promise.reject(new Error('refused'))")
    page.evaluate("document.querySelector('details[open] button.copy').click()")
    page.evaluate("new Promise(done => setTimeout(done))")
    assert page.evaluate("getSelection().toString()").startswith("curl ")


def test_no_script_error(page):
    page.evaluate("1")
    assert page.problems == []


def test_script_errors_would_be_seen(healthy_runs, tmp_path):
    text = (healthy_runs["2025-10"].folder / "report.html").read_text(encoding="utf-8")
    broken = tmp_path / "broken.html"
    broken.write_text(text.replace('id="search"', 'id="gone"'), encoding="utf-8")
    try:
        with browser(tmp_path / "profile") as opened:
            opened.open(broken.as_uri())
            opened.evaluate("1")
            assert "TypeError" in json.dumps(opened.problems)
    except NoBrowser as reason:
        pytest.skip(str(reason))
