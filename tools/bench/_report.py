"""The table and the picture of the README, from one run of all benchmarks."""

import platform
import re
from html import escape
from importlib import import_module
from pathlib import Path
from typing import Dict, List, Sequence, Tuple

from tools.bench import execute, growth, imports, logs, stream, upload
from tools.bench._measure import Finding, Rounds, verdict

ROOT = Path(__file__).parent.parent.parent
README = ROOT / "README.md"
PICTURE = ROOT / "docs" / "benchmarks.svg"

_BEGIN, _END = "<!-- benchmarks -->", "<!-- end of benchmarks -->"
_WIDTH, _LABELS, _BAR, _GAP = 720, 190, 18, 8
_OURS = (execute.OURS, execute.OURS_ASYNC, stream.OURS)


def main() -> int:
    """Run all benchmarks, write the table and the picture, and tell whether all targets are met."""
    calls, events = execute.measure(), stream.measure()
    found = [
        *execute.findings(calls),
        *import_module("tools.bench.async").findings(),  # a name that no import statement takes
        *stream.findings(events),
        stream.latency(),
        *imports.findings(),
        *logs.measure(),
        *upload.findings(),
        *growth.findings(),
    ]
    text = README.read_text("utf-8")
    README.write_text(
        re.sub(f"{_BEGIN}.*{_END}", lambda _: f"{_BEGIN}\n{table(found)}\n{_END}", text, flags=re.S), "utf-8"
    )
    PICTURE.write_text(picture(calls, events), "utf-8")
    return verdict(found)


def table(found: Sequence[Finding]) -> str:
    """The findings as a Markdown table."""
    rows = [
        f"| {finding.what} | {finding.ratio:.2f} × {finding.against} | {finding.limit or ''} |" for finding in found
    ]
    where = f"Python {platform.python_version()}, {platform.system()}: processor time on loopback, as ratios."
    return "\n".join([where, "", "| What | Outcome | Target |", "| --- | --- | --- |", *rows])


def picture(calls: Rounds, events: Rounds) -> str:
    """Two bar charts as an SVG, readable on light and dark pages."""
    panels: List[Tuple[str, Dict[str, float]]] = [
        ("One call, µs of processor time", {name: calls.microseconds(name) for name in calls.seconds}),
        ("One event of a stream, µs of processor time", {name: events.microseconds(name) for name in events.seconds}),
    ]
    shapes: List[str] = []
    top = 0
    for title, values in panels:
        shapes.append(f'<text x="0" y="{top + 16}" font-weight="bold">{escape(title)}</text>')
        top += 28
        for name, value in sorted(values.items(), key=lambda item: item[1]):
            shapes.extend(_bar(top, name, value, max(values.values())))
            top += _BAR + _GAP
        top += 16
    style = "text{font:13px sans-serif;fill:#808080}rect{fill:#9aa7b8}.ours{fill:#3b82f6}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {top}" role="img">'
    return "\n".join([head, f"<title>Benchmarks</title><style>{style}</style>", *shapes, "</svg>", ""])


def _bar(top: int, name: str, value: float, most: float) -> List[str]:
    width = round(value / most * (_WIDTH - _LABELS - 80))
    ours = ' class="ours"' if name.partition(",")[0] in _OURS else ""
    return [
        f'<text x="0" y="{top + 14}">{escape(name)}</text>',
        f'<rect x="{_LABELS}" y="{top}" width="{width}" height="{_BAR}" rx="3"{ours}/>',
        f'<text x="{_LABELS + width + 8}" y="{top + 14}">{value:,.1f}</text>',
    ]
