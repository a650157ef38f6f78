"""How the HTML report looks."""

STYLE = """
:root {
  color-scheme: light dark;
  --ground: #f6f7f9; --sheet: #ffffff; --ink: #1c2330; --soft: #5d6675; --line: #e2e5ea; --code: #f1f3f6;
  --pass: #1a7f4b; --fail: #c62f3b; --known: #8a5a00; --skip: #5d6675; --error: #8633b8; --accent: #2f5fd0;
  --pass-bg: #e3f4ea; --fail-bg: #fde7e9; --known-bg: #fcf0d8; --skip-bg: #eceef2; --error-bg: #f3e6fa;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12151b; --sheet: #1a1f28; --ink: #e6e9ef; --soft: #9aa4b5; --line: #2c3340; --code: #12161d;
    --pass: #5fd39a; --fail: #ff8790; --known: #f0c063; --skip: #9aa4b5; --error: #d39cf4; --accent: #8fb0ff;
    --pass-bg: #17352a; --fail-bg: #43202a; --known-bg: #3b3018; --skip-bg: #262c37; --error-bg: #362343;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 15px/1.5 system-ui, sans-serif; }
main { max-width: 1180px; margin: 0 auto; padding: 32px 24px 80px; }
h1 { font-size: 26px; line-height: 1.2; margin: 0 0 4px; letter-spacing: -0.01em; }
h2 { font-size: 18px; margin: 40px 0 12px; }
p { margin: 0; }
code, pre, .mono { font: 13px/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; }
.soft { color: var(--soft); }
header { display: flex; gap: 24px; justify-content: space-between; align-items: flex-start; flex-wrap: wrap; }
.verdict { padding: 10px 18px; border-radius: 10px; font-weight: 650; font-size: 17px; white-space: nowrap; }
.verdict.pass { background: var(--pass-bg); color: var(--pass); }
.verdict.fail { background: var(--fail-bg); color: var(--fail); }
.verdict.incomplete { background: var(--known-bg); color: var(--known); }
.verdict.error { background: var(--error-bg); color: var(--error); }
.notice { background: var(--known-bg); color: var(--known); border-radius: 10px; padding: 10px 16px; margin-top: 16px; }
.facts { display: flex; flex-wrap: wrap; gap: 6px 28px; margin: 18px 0 0; padding: 0; list-style: none; }
.facts b { font-weight: 600; }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(220px, 1fr)); gap: 14px; }
.card { background: var(--sheet); border: 1px solid var(--line); border-radius: 12px; padding: 14px 16px;
  display: flex; flex-direction: column; }
.card h3 { margin: 0 0 2px; font-size: 15px; }
.bar { display: flex; height: 8px; border-radius: 4px; overflow: hidden; margin-top: auto; background: var(--skip-bg); }
.card p { padding-bottom: 10px; }
.bar i { display: block; height: 100%; }
.bar .pass { background: var(--pass); } .bar .fail { background: var(--fail); }
.bar .known-deviation { background: var(--known); } .bar .error { background: var(--error); }
.bar .skip, .bar .not-run { background: var(--line); }
.tools { display: flex; flex-wrap: wrap; gap: 8px; align-items: center; margin-bottom: 12px; position: sticky; top: 0;
  background: var(--ground); padding: 10px 0; z-index: 1; }
.tools input, .tools select { font: inherit; color: inherit; background: var(--sheet); border: 1px solid var(--line);
  border-radius: 8px; padding: 6px 10px; }
.tools input { flex: 1 1 220px; min-width: 0; }
.chip { font: inherit; font-size: 14px; border: 1px solid var(--line); background: var(--sheet); color: var(--soft);
  border-radius: 999px; padding: 4px 12px; cursor: pointer; }
.chip[aria-pressed="true"] { border-color: var(--accent); color: var(--accent); font-weight: 600; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 1px; }
.table { background: var(--sheet); border: 1px solid var(--line); border-radius: 12px; overflow-x: auto; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-weight: 600; font-size: 13px; color: var(--soft); }
th, td { padding: 9px 14px; border-top: 1px solid var(--line); vertical-align: top; }
thead th { border-top: 0; }
td.number, th.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.id { white-space: nowrap; }
.badge { display: inline-block; border-radius: 6px; padding: 1px 8px; font-size: 13px; font-weight: 600;
  white-space: nowrap; }
.badge.pass { background: var(--pass-bg); color: var(--pass); }
.badge.fail { background: var(--fail-bg); color: var(--fail); }
.badge.known-deviation { background: var(--known-bg); color: var(--known); }
.badge.skip, .badge.not-run { background: var(--skip-bg); color: var(--skip); }
.badge.error { background: var(--error-bg); color: var(--error); }
.message { margin-top: 4px; white-space: pre-wrap; overflow-wrap: anywhere; }
tr.fail .message:not(.soft) { color: var(--fail); }
tr.known-deviation .message { color: var(--known); }
details > summary { cursor: pointer; color: var(--accent); font-size: 13px; margin-top: 4px; width: max-content; }
.exchange { border-left: 3px solid var(--line); padding: 2px 0 2px 12px; margin: 10px 0; }
pre { background: var(--code); border-radius: 8px; padding: 10px 12px; margin: 6px 0; max-height: 320px; overflow: auto;
  white-space: pre-wrap; overflow-wrap: anywhere; }
.copy { font-size: 12px; padding: 1px 8px; }
.none { padding: 24px; text-align: center; color: var(--soft); }
[hidden] { display: none !important; }
@media (max-width: 700px) {
  main { padding: 20px 16px 60px; }
  .verdict { white-space: normal; }
  .tools { position: static; }
  #checks thead { display: none; }
  #checks tr { display: block; padding: 10px 14px; }
  #checks tr + tr { border-top: 1px solid var(--line); }
  #checks td { display: block; border: 0; padding: 2px 0; text-align: left; }
  #checks td:first-child, #checks td.id, #checks td.short { display: inline-block; margin-right: 12px; }
  #checks td.id br { display: none; }
  #checks td.id .soft { margin-left: 8px; }
  #checks td.number::after { content: " ms"; }
  #coverage th, #coverage td { padding: 9px 8px; overflow-wrap: anywhere; white-space: normal; }
}
@media print { .tools { display: none; } body { background: white; } }
"""
