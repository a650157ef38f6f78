"""Importing is quick: what HTTP needs, and the models, come with the first call. Each case is a process of its own."""

import json
import os
import subprocess
import sys

import pytest

from contract_tests.sdk._server import refused
from contract_tests.sdk.conftest import KEY


def modules_after(code: str) -> set[str]:
    """What a new interpreter has loaded after running the code, beyond what it loads by itself."""
    environment = {name: text for name, text in os.environ.items() if not name.startswith(("SIM_", "COVERAGE"))}
    report = "import sys, json; before = set(sys.modules)\n{}\nprint(json.dumps(sorted(set(sys.modules) - before)))"
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", report.format(code)],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )
    return set(json.loads(done.stdout))


@pytest.mark.parametrize(
    "code",
    [
        "import sim_sdk",
        "import simstudio",
        "from sim_sdk import SimStudioClient",
        "from simstudio import SimStudioClient",
        f"from sim_sdk import SimStudioClient, SimStudioError; SimStudioClient({KEY!r}).close()",
    ],
)
def test_importing_loads_neither_http_nor_models(code: str) -> None:
    loaded = modules_after(code)
    assert not loaded & {"urllib3", "cattrs", "attrs", "attr", "aiohttp", "ssl", "asyncio"}
    assert not {name for name in loaded if name.startswith("sim_api.v1.models")}


def test_the_first_call_loads_http() -> None:
    with refused() as url:
        call = f"from sim_sdk import *\ntry: SimStudioClient({KEY!r}, {url!r}, max_retries=0).get_usage_limits()"
        assert "urllib3" in modules_after(f"{call}\nexcept ConnectionFailedError: pass")


@pytest.mark.parametrize("method", ["execute_workflow('w', {'message': 'hello'})", "get_workflow_status('w')"])
def test_a_call_without_models_loads_nothing_to_make_them_with(method: str) -> None:
    with refused() as url:
        call = f"from sim_sdk import *\ntry: SimStudioClient({KEY!r}, {url!r}, max_retries=0).{method}"
        loaded = modules_after(f"{call}\nexcept ConnectionFailedError: pass")
    assert not loaded & {"cattrs", "attrs", "attr"}
