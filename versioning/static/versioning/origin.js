/**
 * Where words come from: a card beside the words, and keys to go from words to words.
 *
 * Everything can be done without this module: each mark is a link to its entry in the list below
 * the paragraph. With it a click or Enter opens a card with the same entry; "j" and "k" go to the
 * next and the previous younger words; one mark at a time is a stop of the Tab key.
 *
 * @example
 * <article data-syn-origins data-title="…" data-close="…" data-opened="…" data-closed="…">
 *   <p role="status" data-syn-status></p>
 *   <div class="syn-passage"><a data-origin="4-1" id="w-4-1" href="#o-4-1">words</a>
 *     <details><ol><li id="o-4-1">…</li></ol></details></div>
 * </article>
 */

const root = document.querySelector("[data-syn-origins]");
const marks = [...root.querySelectorAll("a[data-origin][id]")];
const status = root.querySelector("[data-syn-status]");
let card = null;
let opener = null;

for (const hint of root.querySelectorAll("[data-syn-keys]")) {
  hint.hidden = marks.length === 0;
}

function parts(key) {
  return root.querySelectorAll(`[data-origin="${CSS.escape(key)}"]`);
}

/** Make one mark the stop of the Tab key. */
function stopAt(mark) {
  for (const other of marks) {
    other.tabIndex = other === mark ? 0 : -1;
  }
}

function close({ isFocusReturned = false } = {}) {
  if (!card) {
    return;
  }
  const from = opener;
  for (const part of parts(from.dataset.origin)) {
    part.classList.remove("is-open");
  }
  card.remove();
  card = null;
  opener = null;
  status.textContent = root.dataset.closed;
  if (isFocusReturned) {
    from.focus();
  }
}

function makeCard(entry) {
  const made = document.createElement("section");
  made.className = "syn-origin-card";
  made.setAttribute("aria-labelledby", "syn-origin-card-title");
  const title = document.createElement("h3");
  title.id = "syn-origin-card-title";
  title.className = "syn-origin-card__title";
  title.tabIndex = -1;
  title.textContent = root.dataset.title;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "syn-origin-card__close";
  button.textContent = root.dataset.close;
  button.addEventListener("click", () => close({ isFocusReturned: true }));
  const head = document.createElement("div");
  head.className = "syn-origin-card__head";
  head.append(title, button);
  made.append(head);
  for (const child of entry.children) {
    made.append(child.cloneNode(true));
  }
  return made;
}

function open(mark) {
  const key = mark.dataset.origin;
  const entry = document.getElementById(`o-${key}`);
  if (!entry) {
    return;
  }
  close();
  opener = marks.find((other) => other.dataset.origin === key) ?? mark;
  stopAt(opener);
  for (const part of parts(key)) {
    part.classList.add("is-open");
  }
  card = makeCard(entry);
  const list = entry.closest("details");
  list.before(card);
  card.querySelector("h3").focus({ preventScroll: true });
  card.scrollIntoView({ block: "nearest", behavior: "instant" });
  status.textContent = root.dataset.opened;
}

/** Return the mark that a key leads to; without focus on a mark the stop of the Tab key. */
function neighbour(direction) {
  const focused = document.activeElement?.closest("[data-origin]") ?? opener;
  const from = marks.findIndex((mark) => mark.dataset.origin === focused?.dataset.origin);
  return from < 0 ? marks.find((mark) => mark.tabIndex === 0) : marks[from + direction];
}

function step(direction) {
  const mark = neighbour(direction);
  if (!mark) {
    status.textContent = root.dataset.none;
    return;
  }
  close();
  stopAt(mark);
  mark.focus({ preventScroll: true });
  mark.scrollIntoView({ block: "center", behavior: "instant" });
}

function isTyping(target) {
  return target instanceof Element && target.closest("input:not([type=radio]), select, textarea");
}

root.addEventListener("click", (event) => {
  const mark = event.target.closest("a[data-origin]");
  if (!mark || event.ctrlKey || event.metaKey || event.shiftKey) {
    return;
  }
  event.preventDefault();
  if (opener?.dataset.origin === mark.dataset.origin) {
    close({ isFocusReturned: true });
  } else {
    open(mark);
  }
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) {
    return;
  }
  if (event.key === "Escape" && card) {
    event.preventDefault();
    close({ isFocusReturned: true });
  } else if (event.key === "j" || event.key === "k") {
    event.preventDefault();
    step(event.key === "j" ? 1 : -1);
  }
});

window.addEventListener("beforeprint", () => {
  for (const list of root.querySelectorAll(".syn-origin-list")) {
    list.open = true;
  }
});

if (marks.length > 0) {
  stopAt(marks[0]);
}
