/**
 * Keys within the list of contributions: j leads to the next one, k to the one before, x chooses
 * it. They work while the focus is in the list alone (WCAG 2.1.4); without this module the tab key
 * and the space bar do the same.
 *
 * @example
 * <div id="listing-results"><table><tr><td><input type="checkbox"></td>
 *   <td><div data-desk-row><a href="…">Ada</a></div></td></tr></table></div>
 */

const STEPS = { j: 1, k: -1 };
const WRITES = "input:not([type=checkbox]), textarea, select, [contenteditable]";

/** Return the place of the next row, staying within the list. */
export function nextPlace(current, step, length) {
  return Math.min(Math.max(current + step, 0), length - 1);
}

function act(event, list) {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest(WRITES)) return;
  const rows = [...list.querySelectorAll("[data-desk-row]")].map((each) => each.closest("tr"));
  const current = rows.indexOf(event.target.closest("tr"));
  if (event.key in STEPS && rows.length) {
    rows[nextPlace(current, STEPS[event.key], rows.length)].querySelector("a").focus();
  } else if (event.key === "x" && current >= 0) {
    rows[current].querySelector("input[type=checkbox]")?.click();
  } else {
    return;
  }
  event.preventDefault();
}

if (typeof document !== "undefined") {
  const list = document.getElementById("listing-results");
  list?.addEventListener("keydown", (event) => act(event, list));
}
