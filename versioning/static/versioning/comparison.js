/**
 * Keys of a comparison: "j" goes to the next change, "k" to the previous one.
 *
 * Everything can be done without this module; it moves the focus to the rows that carry
 * `data-syn-change` and follows the row's own links to other pages.
 *
 * @example
 * <p data-syn-keys hidden>…</p>
 * <div id="c-1" tabindex="-1" data-syn-change>…<a href="?page=2#c-2" data-syn-next>next</a></div>
 */

const rows = [...document.querySelectorAll("[data-syn-change]")];
let current = rows.findIndex((row) => row.matches(":target, :has(:target)"));

for (const hint of document.querySelectorAll("[data-syn-keys]")) {
  hint.hidden = rows.length === 0;
}

function isTyping(target) {
  return target instanceof Element && target.closest("input:not([type=radio]), select, textarea");
}

function step(direction) {
  const focused = rows.indexOf(document.activeElement?.closest("[data-syn-change]"));
  const from = focused >= 0 ? focused : current;
  const to = from < 0 && direction < 0 ? 0 : from + direction;
  const row = rows[to];
  if (row) {
    current = to;
    row.closest("details")?.setAttribute("open", "");
    row.focus({ preventScroll: true });
    row.scrollIntoView({ block: "start", behavior: "instant" });
    history.replaceState(null, "", `#${row.id}`);
    return;
  }
  const name = direction > 0 ? "[data-syn-next]" : "[data-syn-previous]";
  const link = rows[from]?.querySelector(name);
  if (link && !link.getAttribute("href").startsWith("#")) {
    link.click();
  }
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
    return;
  }
  if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    step(event.key === "j" ? 1 : -1);
  }
});
