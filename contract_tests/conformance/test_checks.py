"""The registry: what every check says of itself is true."""

import re

import pytest

from sim_conformance.mock.contract import document
from sim_conformance.registry import Check, Group, Profile, all_checks, spec
from sim_conformance.settings import VERSIONS
from sim_conformance.setup import INGREDIENTS

CHECKS = all_checks()

# Headings of the documentation that no operation of the API's description names.
OTHER_HEADINGS = {
    "Error handling",
    "Rate limits and retry",
    "AsyncExecutionResult",
    "WorkflowExecutionResult",
    "get_rate_limit_info()",
}


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_check_is_well_described(check: Check) -> None:
    assert re.fullmatch(r"SIM-[A-Z]+-\d{3}", check.id)
    assert check.title
    assert not check.title.endswith(".")
    assert set(check.needs) <= INGREDIENTS.keys()
    assert all(set(one.versions) <= set(VERSIONS) - {"documented"} and one.versions for one in check.deviations)


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_clause_exists(check: Check) -> None:
    if check.clause.source == "openapi.yaml":
        name, _, status = check.clause.section.partition(" ")
        assert name in schemas() or status in ({"", *operations()[name]["responses"]})
    else:
        assert check.clause.section in documented_headings() | OTHER_HEADINGS


def test_every_profile_has_checks() -> None:
    assert {check.profile for check in CHECKS} == set(Profile)


def test_an_id_is_given_once() -> None:
    with pytest.raises(ValueError, match="SIM-AUTH-001"):
        Group(Profile.CORE).must("SIM-AUTH-001", "Another", spec("ErrorBody"))(lambda sim: None)


def schemas():
    return document()["components"]["schemas"]


def operations():
    return {
        one["operationId"]: one
        for item in document()["paths"].values()
        for method, one in item.items()
        if method in ("get", "post")
    }


def documented_headings():
    return {clause["clause"] for one in operations().values() for clause in one["x-sim-documentation"]}
