"""Healthy servers: the documented one passes, the observed ones show what is known of them and nothing else."""

import pytest

from sim_conformance.outcome import Outcome
from sim_conformance.registry import all_checks
from sim_conformance.settings import VERSIONS

# The first of these tests waits for whole runs, which take long on a busy machine.
pytestmark = pytest.mark.timeout(300)

# Real servers say unknown of jobs that are late; the mock's never are.
NOT_SHOWN_BY_THE_MOCK = {("SIM-JOB-006", "2025-10")}


@pytest.mark.parametrize("dialect", VERSIONS)
def test_run_passes(healthy_runs, dialect):
    run = healthy_runs[dialect]
    assert run.exit_code == 0
    assert run.report["verdict"] == "pass"
    assert run.report["complete"]
    assert run.report["version"] == dialect
    assert run.report["seconds"] < 120


def test_documented_server_passes_everything(healthy_runs):
    assert outcomes(healthy_runs["documented"]) == dict.fromkeys(outcomes(healthy_runs["documented"]), "pass")


@pytest.mark.parametrize("dialect", ["2025-10", "2026-08"])
def test_observed_server_shows_just_its_known_deviations(healthy_runs, dialect):
    expected = {
        check.id: "known-deviation" if any(dialect in one.versions for one in check.deviations) else "pass"
        for check in all_checks()
        if (check.id, dialect) not in NOT_SHOWN_BY_THE_MOCK
    }
    seen = {name: outcome for name, outcome in outcomes(healthy_runs[dialect]).items() if name in expected}
    assert seen == expected


def test_a_deviation_is_told_as_it_is(healthy_runs):
    for dialect in ("2025-10", "2026-08"):
        for check in healthy_runs[dialect].report["checks"]:
            if check["outcome"] == Outcome.KNOWN_DEVIATION.value:
                known = [one["seen"] for one in check["knownDeviations"] if dialect in one["versions"]]
                assert check["message"] in known


def test_every_operation_is_covered(healthy_runs):
    coverage = healthy_runs["documented"].report["coverage"]
    assert len(coverage) == 7
    assert all({"200", "401"} <= operation["statuses"].keys() for operation in coverage)


def outcomes(run):
    return {check["id"]: check["outcome"] for check in run.report["checks"]}
