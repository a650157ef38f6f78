"""What the HTML report can do: its table filters, its commands can be copied."""

SCRIPT = """
(() => {
  "use strict";
  const rows = [...document.querySelectorAll("tr[data-outcome]")];
  const chips = [...document.querySelectorAll(".chip[data-outcome]")];
  const search = document.getElementById("search");
  const profile = document.getElementById("profile");
  const level = document.getElementById("level");
  const none = document.getElementById("none");
  const shown = document.getElementById("shown");

  function apply() {
    const wanted = new Set(chips.filter(c => c.getAttribute("aria-pressed") === "true").map(c => c.dataset.outcome));
    const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
    let count = 0;
    for (const row of rows) {
      const fits = (!wanted.size || wanted.has(row.dataset.outcome))
        && (!profile.value || profile.value === row.dataset.profile)
        && (!level.value || level.value === row.dataset.level)
        && words.every(word => row.dataset.words.includes(word));
      row.hidden = !fits;
      count += fits ? 1 : 0;
    }
    none.hidden = count > 0;
    shown.textContent = count === rows.length ? `${count} checks` : `${count} of ${rows.length} checks`;
  }

  for (const chip of chips) {
    chip.addEventListener("click", () => {
      chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
      apply();
    });
  }
  for (const control of [search, profile, level]) {
    control.addEventListener("input", apply);
  }
  for (const button of document.querySelectorAll("button.copy")) {
    button.addEventListener("click", async () => {
      const command = button.nextElementSibling;
      try {
        await navigator.clipboard.writeText(command.textContent);
        button.textContent = "copied";
      } catch {
        // Browsers give no clipboard to pages that came over plain HTTP.
        getSelection().selectAllChildren(command);
        button.textContent = "selected";
      }
    });
  }
  apply();
})();
"""
