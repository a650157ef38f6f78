"""What the audit of dependencies makes of each thing that the advisory service may say, or not."""

from typing import Any

import pytest

from contract_tests.sdk._server import refused
from tools import audit

GOOD = {"name": "attrs", "version": "1", "vulns": []}
BAD = {"name": "cattrs", "version": "2", "vulns": [{"id": "CVE-2026-1", "fix_versions": []}]}
UNKNOWN = {"name": "urllib3", "skip_reason": "not on the index"}


def test_all_that_the_extras_bring_is_asked_for() -> None:
    asked = audit.shipped()
    assert {"attrs", "cattrs", "urllib3", "aiohttp", "rich", "starlette"} <= set(asked)
    assert "sim-sdk" not in asked
    assert "pytest" not in asked


@pytest.mark.parametrize(
    ("report", "code", "said"),
    [
        ([GOOD, UNKNOWN], 0, "1 of 2 distributions audited, 0 with a vulnerability"),
        ([GOOD, BAD], 1, "cattrs 2: CVE-2026-1 (fixed in no version yet)"),
        ([UNKNOWN], 0, "NOT DONE: the advisory service knows none of the 1 distributions"),
    ],
    ids=["good", "vulnerable", "unknown"],
)
def test_what_the_service_says_is_told(
    report: list[dict[str, Any]], code: int, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert audit.judge(report) == code
    assert said in capsys.readouterr().out


def test_a_service_that_cannot_be_reached_fails_no_build(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    with refused() as proxy:
        for name in ("http_proxy", "https_proxy"):
            monkeypatch.setenv(name, proxy)
        for name in ("no_proxy", "NO_PROXY"):
            monkeypatch.delenv(name, raising=False)
        assert audit.main() == 0
    assert "NOT DONE: the advisory service cannot be reached" in capsys.readouterr().out


def test_an_audit_that_does_not_run_is_not_taken_for_that() -> None:
    with pytest.raises(RuntimeError, match="did not run"):
        audit.ask({"not a name": "1"})
