"""Asks for known vulnerabilities of what users install along with the SDK: `python -m tools.audit`.

The exit code is 1 when there is one. Where the advisory service cannot be reached, or knows none of the packages, that
is said, and the exit code is 0: a build does not depend on somebody else's server.
"""

import json
import subprocess
import sys
import tempfile
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import Any, Dict, List, Optional

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

_SHIPPED = "sim-sdk[async,cli,mock]"
_TIMEOUT = 20  # seconds for one answer of the service
_UNREACHABLE = ("requests.exceptions.", "ServiceError", "blocking this service")  # in what pip-audit says then


def main() -> int:
    pins = shipped()
    report = ask(pins)
    if report is None:
        print("audit: NOT DONE: the advisory service cannot be reached")
        return 0
    return judge(report)


def shipped() -> Dict[str, str]:
    """Name and version of every distribution that the SDK, with what it offers users, brings along here."""
    pins: Dict[str, str] = {}
    _collect(Requirement(_SHIPPED), pins)
    del pins["sim-sdk"]
    return dict(sorted(pins.items()))


def _collect(requirement: Requirement, pins: Dict[str, str]) -> None:
    name = canonicalize_name(requirement.name)
    try:
        found = distribution(name)
    except PackageNotFoundError:
        return  # it is not for this Python
    if name in pins and not requirement.extras:
        return
    pins[name] = found.version
    for line in found.requires or ():
        needed = Requirement(line)
        if needed.marker is None or any(
            needed.marker.evaluate({"extra": extra}) for extra in ("", *requirement.extras)
        ):
            _collect(needed, pins)


def ask(pins: Dict[str, str]) -> Optional[List[Dict[str, Any]]]:
    """What the advisory service says of each distribution, None where it cannot be reached.

    Raises:
        RuntimeError: pip-audit did not run.
    """
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder) / "requirements.txt"
        requirements.write_text("".join(f"{name}=={version}\n" for name, version in pins.items()), "utf-8")
        options = ["--disable-pip", "--no-deps", "--progress-spinner=off", f"--timeout={_TIMEOUT}", "--format=json"]
        command = [sys.executable, "-m", "pip_audit", *options, "--requirement", str(requirements)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    if not done.stdout:
        if not any(sign in done.stderr for sign in _UNREACHABLE):
            raise RuntimeError(f"pip-audit did not run:\n{done.stderr}")
        print(done.stderr, file=sys.stderr)
        return None
    dependencies: List[Dict[str, Any]] = json.loads(done.stdout)["dependencies"]
    return dependencies


def judge(report: List[Dict[str, Any]]) -> int:
    """Print what a report says; 1 where it names a vulnerability."""
    audited = [entry for entry in report if "skip_reason" not in entry]
    for entry in audited:
        for advisory in entry["vulns"]:
            fixed = ", ".join(advisory["fix_versions"]) or "no version yet"
            print(f"audit: {entry['name']} {entry['version']}: {advisory['id']} (fixed in {fixed})")
    vulnerable = [entry for entry in audited if entry["vulns"]]
    if not audited:
        print(f"audit: NOT DONE: the advisory service knows none of the {len(report)} distributions")
    else:
        print(f"audit: {len(audited)} of {len(report)} distributions audited, {len(vulnerable)} with a vulnerability")
    return 1 if vulnerable else 0


if __name__ == "__main__":
    sys.exit(main())
