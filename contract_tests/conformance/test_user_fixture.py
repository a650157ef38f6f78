"""`sim_sdk.testing` as a user has it: from a built wheel, in a project of their own."""

import os
import re
import subprocess
import sys
import zipfile

import pytest

from tools.check_wheel import ROOT, build_wheel

# The wheel is built first, which takes long on a busy machine.
pytestmark = pytest.mark.timeout(300)

USERS_TESTS = '''
import pytest

import sim_sdk
from sim_sdk import SimStudioClient

pytest_plugins = ["sim_sdk.testing"]


def greet(name):
    """The program under test: it takes key and address from the environment."""
    with SimStudioClient() as client:
        result = client.execute_workflow("echo", {"name": name})
        return f"Hello, {result.output['result']['echo']['name']}"


def test_program(sim_mock):
    assert greet("Ada") == "Hello, Ada"
    assert len(sim_mock.journal) == 1


@pytest.mark.parametrize("sim_mock", ["2025-10", "2026-08"], indirect=True)
def test_other_versions(sim_mock):
    assert greet("Ada") == "Hello, Ada"


def test_rate_limit(sim_mock):
    sim_mock.set_rate_limit(1)
    greet("Ada")
    with pytest.raises(sim_sdk.RateLimitError):
        greet("Grace")


def test_wrong_request(sim_mock):
    import urllib3

    urllib3.request("POST", sim_mock.base_url + "/api/workflows/echo/execute", body=b"[1]", retries=False)


def test_where_from():
    print("from", sim_sdk.__file__)
'''


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The unpacked wheel of the tree."""
    folder = tmp_path_factory.mktemp("wheel")
    with zipfile.ZipFile(build_wheel(folder, "--no-isolation")) as archive:
        archive.extractall(folder / "site")
    return folder / "site"


def pytest_in(folder, wheel, tests):
    """What pytest says of a user's tests."""
    (folder / "test_mine.py").write_text(tests, encoding="utf-8")
    # A user has none of the plugins that come with what our tests need.
    without = ["-pno:cacheprovider", "-pno:anyio", "-pno:schemathesis"]
    command = [sys.executable, "-m", "pytest", "-q", "-s", *without, "-W", "error", str(folder)]
    variables = {name: value for name, value in os.environ.items() if not name.startswith("SIM_")}
    variables |= {"PYTHONPATH": str(wheel)}
    return subprocess.run(command, capture_output=True, text=True, env=variables, cwd=folder, check=False)


def test_example_of_the_readme_passes(wheel, tmp_path):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    example = next(text for text in re.findall(r"```python\n(.*?)```", readme, re.DOTALL) if "sim_sdk.testing" in text)
    done = pytest_in(tmp_path, wheel, example)
    assert "1 passed" in done.stdout, done.stdout


def test_fixture_serves_a_users_tests(wheel, tmp_path):
    done = pytest_in(tmp_path, wheel, USERS_TESTS)
    assert f"from {wheel}" in done.stdout, done.stdout
    assert "6 passed, 1 error" in done.stdout
    assert "requests that the API does not allow: executeWorkflow" in done.stdout
