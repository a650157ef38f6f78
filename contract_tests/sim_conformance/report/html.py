"""The report as one HTML page that needs nothing else."""

import html
import json
from collections.abc import Iterable, Mapping

from sim_conformance.report.model import (
    OUTCOMES,
    CoveredOperation,
    Report,
    ReportedCheck,
    ReportedExchange,
    nothing_checked,
)
from sim_conformance.report.script import SCRIPT
from sim_conformance.report.style import STYLE

WORDS = {
    "pass": "conformant",
    "fail": "failure",
    "known-deviation": "known deviation",
    "skip": "skipped",
    "error": "suite error",
    "not-run": "not run",
}

# Nothing may be fetched, whatever an answer that is shown may hold.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"

PLURALS = {"fail": "failures", "known-deviation": "known deviations", "error": "suite errors"}

VERDICTS = {
    "pass": "Conformant",
    "fail": "Not conformant",
    "error": "The suite itself failed",
    "incomplete": "No failure as far as it got",
}


def html_page(report: Report) -> str:
    """The report as a page."""
    return f"""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{POLICY}">
<link rel="icon" href="data:,">
<title>{_text(_verdict(report))}: {_text(report["baseUrl"])}</title>
<style>{STYLE}</style>
</head>
<body>
<main>
{_head(report)}
<h2>Profiles</h2>
<div class="cards">{"".join(_card(name, counts) for name, counts in report["byProfile"].items())}</div>
<h2>Checks</h2>
{_tools(report)}
<div class="table"><table id="checks">
<thead><tr><th>Outcome</th><th>Check</th><th>Rule and evidence</th><th>Level</th><th class="number">ms</th></tr></thead>
<tbody>
{"".join(_row(check) for check in _worst_first(report["checks"]))}
</tbody>
</table><p class="none" id="none" hidden>No check fits.</p></div>
<h2>Endpoints</h2>
<div class="table"><table id="coverage">
<thead><tr>
<th>Operation</th><th class="number">Requests</th><th>Answers</th><th>Documented, but not seen</th>
</tr></thead>
<tbody>{"".join(_coverage_row(operation) for operation in report["coverage"])}</tbody>
</table></div>
</main>
<script>{SCRIPT}</script>
</body>
</html>
"""


def _head(report: Report) -> str:
    facts = {
        "Server": report["baseUrl"],
        "Taken for": f"Sim {report['version']}" if report["version"] != "documented" else "Sim as documented",
        "Started": report["startedAt"],
        "Took": f"{report['seconds']:.1f} s",
        "Runs": f"{report['runs']}" + (f" of {report['budgetRuns']}" if report["budgetRuns"] is not None else ""),
        "Seed": str(report["seed"]),
        "Suite": report["suite"],
    }
    items = "".join(
        f"<li><span class=soft>{_text(name)}</span> <b>{_text(fact)}</b></li>" for name, fact in facts.items()
    )
    stopped = (
        ""
        if report["complete"]
        else '<p class="notice">The run was stopped before its end: this report is partial.</p>'
    )
    deviates = report["verdict"] == "pass" and report["summary"]["known-deviation"]
    verdict = _verdict(report) + (", but for known deviations" if deviates else "")
    colour = "incomplete" if nothing_checked(report) else report["verdict"]
    return f"""<header>
<div><h1>Conformance of a Sim server</h1><p class="soft">{_sentence(report["summary"])}</p></div>
<p class="verdict {_text(colour)}">{_text(verdict)}</p>
</header>
<ul class="facts">{items}</ul>{stopped}"""


def _verdict(report: Report) -> str:
    return "Nothing could be checked" if nothing_checked(report) else VERDICTS[report["verdict"]]


def _sentence(counts: Mapping[str, int]) -> str:
    return ", ".join(_counted(counts[outcome], outcome) for outcome in OUTCOMES if counts[outcome])


def _counted(count: int, outcome: str) -> str:
    return f"{count} {WORDS[outcome] if count == 1 else PLURALS.get(outcome, WORDS[outcome])}"


def _card(name: str, counts: Mapping[str, int]) -> str:
    total = sum(counts.values()) or 1
    bar = "".join(
        f'<i class="{outcome}" style="width:{100 * counts[outcome] / total:.3f}%"></i>'
        for outcome in OUTCOMES
        if counts[outcome]
    )
    words = f'<h3>{_text(name)}</h3><p class="soft">{_sentence(counts)}</p>'
    return f'<div class="card">{words}<div class="bar">{bar}</div></div>'


def _tools(report: Report) -> str:
    chips = "".join(
        f'<button class="chip" type="button" data-outcome="{outcome}" aria-pressed="false">'
        f"{WORDS[outcome]} {report['summary'][outcome]}</button>"
        for outcome in OUTCOMES
        if report["summary"][outcome]
    )
    profiles = "".join(f'<option value="{_text(name)}">{_text(name)}</option>' for name in report["byProfile"])
    return f"""<div class="tools">
<input id="search" type="search" placeholder="Search ids, rules, clauses, messages" aria-label="Search">
<select id="profile" aria-label="Profile"><option value="">every profile</option>{profiles}</select>
<select id="level" aria-label="Level">
<option value="">every level</option><option>MUST</option><option>SHOULD</option>
</select>
{chips}<span class="soft" id="shown"></span>
</div>"""


def _worst_first(checks: Iterable[ReportedCheck]) -> list[ReportedCheck]:
    order = ("error", "fail", "known-deviation", "pass", "skip", "not-run")
    return sorted(checks, key=lambda check: order.index(check["outcome"]))


def _row(check: ReportedCheck) -> str:
    words = " ".join((check["id"], check["title"], check["clause"], check["profile"], check["message"])).lower()
    message = f'<div class="message">{_text(check["message"])}</div>' if check["message"] else ""
    outcome = check["outcome"]
    return f"""<tr class="{outcome}" data-outcome="{outcome}" data-profile="{_text(check["profile"])}" \
data-level="{check["level"]}" data-words="{_text(words)}">
<td><span class="badge {outcome}">{WORDS[outcome]}</span></td>
<td class="id mono">{_text(check["id"])}<br><span class="soft">{_text(check["profile"])}</span></td>
<td>{_text(check["title"])}<br><span class="soft">{_text(check["clause"])}</span>
{message}{_deviations(check)}{_evidence(check)}</td>
<td class="short">{check["level"]}</td><td class="short number">{check["milliseconds"]}</td></tr>
"""


def _deviations(check: ReportedCheck) -> str:
    if not check["knownDeviations"] or check["outcome"] == "known-deviation":
        return ""
    known = "; ".join(f"{one['seen']} ({', '.join(one['versions'])})" for one in check["knownDeviations"])
    return f'<div class="message soft">Known of real servers: {_text(known)}</div>'


def _evidence(check: ReportedCheck) -> str:
    if not check["exchanges"]:
        return ""
    left_out = (
        f" (the last of {check['exchangesLeftOut'] + len(check['exchanges'])})" if check["exchangesLeftOut"] else ""
    )
    opened = " open" if check["outcome"] in ("fail", "error") else ""
    exchanges = "".join(map(_exchange, check["exchanges"]))
    count = len(check["exchanges"])
    return (
        f"<details{opened}><summary>{count} exchange{'s' if count > 1 else ''}{left_out}</summary>{exchanges}</details>"
    )


def _exchange(exchange: ReportedExchange) -> str:
    request = _message(f"{exchange['method']} {exchange['path']}", exchange["requestHeaders"], exchange["requestBody"])
    first = f"{exchange['status']} after {exchange['milliseconds']} ms" if exchange["status"] else "no answer"
    answer = _message(first, exchange["responseHeaders"], exchange["responseBody"])
    problem = f'<div class="message">{_text(exchange["problem"])}</div>' if exchange["problem"] else ""
    return f"""<div class="exchange"><pre>{request}</pre><pre>{answer}</pre>{problem}
<button class="chip copy" type="button">copy</button><pre>{_text(exchange["curl"])}</pre></div>"""


def _message(first: str, headers: Mapping[str, str], body: str) -> str:
    lines = [first, *(f"{name}: {value}" for name, value in headers.items())]
    return _text("\n".join(lines) + (f"\n\n{_pretty(body)}" if body else ""))


def _pretty(body: str) -> str:
    try:
        return json.dumps(json.loads(body), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return body


def _coverage_row(operation: CoveredOperation) -> str:
    statuses = ", ".join(f"{status} × {count}" for status, count in operation["statuses"].items())
    return (
        f"<tr><td>{_text(operation['operation'])}<br>"
        f"<code class=soft>{operation['method']} {_text(operation['path'])}</code></td>"
        f"<td class=number>{operation['requests']}</td><td>{_text(statuses)}</td>"
        f"<td class=soft>{_text(', '.join(operation['unseen']))}</td></tr>"
    )


def _text(text: str) -> str:
    return html.escape(text)
