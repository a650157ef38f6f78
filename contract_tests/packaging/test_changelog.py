"""The changelog can be made of its fragments at any time."""

import shutil
import subprocess
import sys
from pathlib import Path

from contract_tests.docs._blocks import ROOT

FRAGMENTS = [path for path in (ROOT / "changelog.d").iterdir() if path.name != "README.md"]
MARKER = "<!-- towncrier: released versions begin here -->\n"


def test_a_release_puts_every_fragment_into_the_changelog(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "changelog.d", tmp_path / "changelog.d")
    for name in ("CHANGELOG.md", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    before = (tmp_path / "CHANGELOG.md").read_text("utf-8")
    command = [sys.executable, "-m", "towncrier", "build", "--keep", "--version", "9.9.9", "--date", "2026-11-23"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    head, released = (tmp_path / "CHANGELOG.md").read_text("utf-8").split(MARKER)
    assert head == before.split(MARKER)[0]
    assert released.startswith("\n## 9.9.9 (2026-11-23)\n\n### ")
    for fragment in FRAGMENTS:
        assert " ".join(fragment.read_text("utf-8").split()) in " ".join(released.split()), fragment.name
