"""The published SDK, which has the same package name as ours: loaded from a folder of its own."""

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

VERSION = "0.1.2"


def load_published(folder: Path) -> Any:
    """The module of simstudio-sdk, installed into `folder`."""
    command = ["install", "--quiet", "--no-deps", "--target", str(folder), f"simstudio-sdk=={VERSION}"]
    subprocess.run([sys.executable, "-m", "pip", "--disable-pip-version-check", *command], check=True)
    spec = importlib.util.spec_from_file_location("published_simstudio", folder / "simstudio" / "__init__.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # its data classes look themselves up
    spec.loader.exec_module(module)
    return module
