/**
 * A comparison with less to click: choices apply at once, "j" and "k" go from change to change, a
 * bar says which one is in sight, and a link to a change is copied.
 *
 * Everything can be done without this module. It moves the focus to the rows that carry
 * `data-syn-change` and follows the row's own links to other pages.
 *
 * @example
 * <form data-syn-controls>… <p data-syn-hint hidden>…</p></form>
 * <div data-syn-jump>
 *   <a href="#c-1" data-syn-back>Previous</a> <span data-syn-place data-syn-words="Change # of 7">…</span>
 *   <a href="#c-1" data-syn-forward>Next</a>
 * </div>
 * <article id="c-1" tabindex="-1" data-syn-change="1">… <a href="?page=2#c-2" data-syn-next>next</a></article>
 */

import { currentIndex, nextMark, nextTarget } from "./stepping.js";

const root = document.querySelector("[data-syn-comparison]");
const rows = [...document.querySelectorAll("[data-syn-change]")];
const bar = document.querySelector("[data-syn-jump]");
const KEPT = "syn-focus";

root?.classList.add("is-enhanced");
for (const hint of document.querySelectorAll("[data-syn-keys]")) {
  hint.hidden = bar === null;
}

/* Choices */

for (const form of document.querySelectorAll("[data-syn-controls]")) {
  form.querySelector("[type=submit]").hidden = true;
  form.querySelector("[data-syn-hint]").hidden = false;
  form.addEventListener("change", (event) => {
    const { name, value, type } = event.target;
    const own = type === "radio" ? `[name="${name}"][value="${value}"]` : `[name="${name}"]`;
    sessionStorage.setItem(KEPT, own);
    form.requestSubmit();
  });
}

function takeFocusBack() {
  const kept = sessionStorage.getItem(KEPT);
  sessionStorage.removeItem(KEPT);
  if (kept && !location.hash) {
    document.querySelector(`[data-syn-controls] ${kept}`)?.focus();
  }
}

/* From change to change */

let current = -1;
let jumped = null;

function barHeight() {
  const isSticky = bar && getComputedStyle(bar).position === "sticky";
  return isSticky ? bar.getBoundingClientRect().height : 0;
}

/** Return the first of the headings that stand right above a row, else the row. */
function headingAbove(row) {
  const before = row.previousElementSibling;
  const isHeading = before?.matches(".syn-rows__chapter, .syn-rows__section");
  return isHeading ? headingAbove(before) : row;
}

function go(target) {
  if (!target) {
    return;
  }
  for (let fold = target.closest("details"); fold; fold = fold.parentElement.closest("details")) {
    fold.open = true;
  }
  const row = target.closest("[data-syn-change]") ?? target;
  row.focus({ preventScroll: true });
  headingAbove(row).scrollIntoView({ block: "start", behavior: "instant" });
  jumped = row.matches("[data-syn-change]") ? row : null;
  show(rows.indexOf(row));
}

/** Go on within a row that is longer than the screen, and tell whether there was anything. */
function stepWithin(row, direction) {
  const marks = [...(row?.querySelectorAll("ins, del, .syn-format") ?? [])];
  const sight = { top: barHeight(), bottom: innerHeight };
  const boxes = marks.map((mark) => mark.getBoundingClientRect());
  const mark = marks[nextMark(boxes, sight, direction)];
  mark?.scrollIntoView({ block: "center", behavior: "instant" });
  return Boolean(mark);
}

function step(direction) {
  const from = place();
  if (stepWithin(rows[from], direction)) {
    return;
  }
  const { row, link } = nextTarget(rows, from, direction);
  if (row) {
    history.replaceState(null, "", `#${row.id}`);
    go(row);
  } else if (link) {
    link.click();
  } else {
    leave(direction);
  }
}

/** Follow the bar to another page, as above the first change, or where a page has none. */
function leave(direction) {
  const link = bar?.querySelector(direction > 0 ? "[data-syn-forward]" : "[data-syn-back]");
  if (link?.getAttribute("href")?.startsWith("?")) {
    location.assign(link.href);
  }
}

function isInSight(row) {
  const box = row?.getBoundingClientRect();
  return Boolean(box) && box.top < innerHeight && box.bottom > barHeight();
}

/** Return the row that has the focus or was jumped to while it is in sight, else where reading is. */
function place() {
  const focused = document.activeElement?.closest("[data-syn-change]");
  const chosen = [focused, jumped].find(isInSight);
  return chosen ? rows.indexOf(chosen) : current;
}

function show(index) {
  current = index;
  const words = bar?.querySelector("[data-syn-place]");
  if (words) {
    words.dataset.synAll ??= words.textContent;
    const number = rows[index]?.dataset.synChange;
    words.textContent = number ? words.dataset.synWords.replace("#", number) : words.dataset.synAll;
    bar.querySelector("[data-syn-where]").textContent = rows[index]?.dataset.synSection ?? "";
  }
}

function follow() {
  const tops = rows.map((row) => row.getBoundingClientRect().top);
  const { scrollPaddingTop } = getComputedStyle(document.documentElement);
  current = currentIndex(tops, Number.parseFloat(scrollPaddingTop) + 8);
  show(place());
}

let isWaiting = false;
document.addEventListener(
  "scroll",
  () => {
    if (!isWaiting) {
      isWaiting = true;
      requestAnimationFrame(() => {
        isWaiting = false;
        follow();
      });
    }
  },
  { passive: true },
);

function isTyping(target) {
  return target instanceof Element && target.closest("input:not([type=radio]), select, textarea");
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

for (const [name, direction] of [
  ["[data-syn-back]", -1],
  ["[data-syn-forward]", 1],
]) {
  bar?.querySelector(name).addEventListener("click", (event) => {
    if (rows.length > 0) {
      event.preventDefault();
      step(direction);
    }
  });
}

/* Links to one change, and to the other end of a move */

function openTarget() {
  const name = decodeURIComponent(location.hash.slice(1));
  if (name) {
    go(document.getElementById(name));
  }
}

document.addEventListener("click", async (event) => {
  const link = event.target.closest("a[data-syn-permalink]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || !navigator.clipboard) {
    return;
  }
  event.preventDefault();
  try {
    await navigator.clipboard.writeText(link.href);
    root.querySelector("[data-syn-status]").textContent = link.dataset.synCopied;
    link.dataset.synDone = link.dataset.synCopied;
  } catch {
    location.assign(link.href);
  }
});

window.addEventListener("hashchange", openTarget);
// The browser goes to the target itself once all is loaded, and takes the focus with it.
window.addEventListener("load", () => requestAnimationFrame(openTarget));
takeFocusBack();
openTarget();
follow();
