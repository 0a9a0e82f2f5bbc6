// What is a signed-in reader's own on a page that is the same for everybody: what they support and
// follow, what they may still mend, and their contributions that still wait for a check. It is loaded apart, and only when
// the frame around the page says that somebody is signed in (`data-signed-in`).
//
//   <body data-signed-in> … <div data-mine="/annotations/mine/1/">…</div>

import { Supports } from "./supports.js";

class Mine {
  constructor(root, mine) {
    this.root = root;
    this.mine = mine;
    const announcer = root.querySelector("[data-announcer]");
    this.supports = new Supports({ mine, say: (sentence) => tell(announcer, sentence) });
  }

  start() {
    this.supports.start(this.root);
    this.#showWaiting();
    this.#mark(this.root);
    new MutationObserver((records) => this.#added(records)).observe(this.root, {
      childList: true,
      subtree: true,
    });
  }

  /** Cards come and go with the panel; those that come are marked, too. */
  #added(records) {
    for (const { addedNodes } of records) {
      for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) this.#mark(node);
    }
  }

  #mark(element) {
    this.supports.mark(element);
    this.#linkEditable(element);
    for (const link of element.querySelectorAll("[data-follow]")) {
      if (!this.mine.follows.includes(link.dataset.follow)) continue;
      const state = link.parentElement.querySelector("[data-follow-state]");
      state.textContent = this.mine.labels.following;
      state.hidden = false;
    }
  }

  /** Lead from one's words to the form that mends them; what is in the way the form says. */
  #linkEditable(element) {
    for (const actions of element.querySelectorAll(".syn-card__actions")) {
      const url = this.mine.editable[actions.parentElement.id.replace(/^a-/, "")];
      if (url && !actions.querySelector(`[href="${url}"]`)) actions.prepend(this.#link(url));
    }
  }

  #link(url) {
    const link = element("a", "", this.mine.labels.edit);
    link.href = url;
    return link;
  }

  #showWaiting() {
    for (const one of this.mine.waiting) {
      const passage = document.getElementById(`p-${one.passage}`);
      const words = passage?.querySelector(".syn-passage__words") ?? passage;
      words?.after(this.#note(one));
    }
  }

  /** A contribution that only its author sees; nothing in it is read as markup. */
  #note({ uuid, kind, day, quote, body }) {
    const note = element("div", "syn-waiting");
    note.append(element("p", "syn-waiting__state", this.mine.labels.waiting));
    note.append(element("p", "syn-waiting__facts", `${day} · ${kind}`));
    if (quote) note.append(said("blockquote", "syn-waiting__quote", quote));
    note.append(said("p", "syn-waiting__words", body));
    const url = this.mine.editable[uuid];
    if (url) note.appendChild(element("p", "")).append(this.#link(url));
    return note;
  }
}

function element(name, classname, text = "") {
  const made = document.createElement(name);
  made.className = classname;
  made.textContent = text;
  return made;
}

function said(name, classname, text) {
  const made = element(name, classname, text);
  made.dir = "auto";
  return made;
}

function tell(announcer, sentence) {
  announcer.textContent = "";
  requestAnimationFrame(() => {
    announcer.textContent = sentence;
  });
}

async function begin(root) {
  try {
    const response = await fetch(root.dataset.mine, { headers: { Accept: "application/json" } });
    if (response.ok) new Mine(root, await response.json()).start();
  } catch {
    // without it every control is a link, and the text can be read all the same
  }
}

if (document.querySelector("[data-signed-in]")) {
  for (const root of document.querySelectorAll("[data-mine]")) begin(root);
}
