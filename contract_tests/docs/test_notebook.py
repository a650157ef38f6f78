"""The notebook of the documentation runs from its first cell to its last, and shows what it fetches."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbclient import NotebookClient

from contract_tests.docs._blocks import ROOT

NOTEBOOK = ROOT / "docs" / "notebooks" / "tour.ipynb"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home for what Jupyter and IPython write."""
    for name in ("HOME", "IPYTHONDIR", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR"):
        monkeypatch.setenv(name, str(tmp_path))
    return tmp_path


def test_the_tour_runs(home: Path) -> None:
    notebook: Any = nbformat.read(NOTEBOOK, as_version=4)
    NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(home)}}).execute()
    shown = "".join(
        output.get("data", {}).get("text/html", "")
        for cell in notebook.cells
        if cell.cell_type == "code"
        for output in cell.outputs
    )
    for title in ("Workflow succeeded", "Workflow failed", "Workflow queued", "Usage limits", "executions", "deployed"):
        assert title in shown


def test_the_notebook_is_kept_without_its_output() -> None:
    notebook: Any = nbformat.read(NOTEBOOK, as_version=4)
    nbformat.validate(notebook)
    assert not any(cell.outputs or cell.execution_count for cell in notebook.cells if cell.cell_type == "code")
