// Annotating in the text. Without this module every button is a link to the passage's own page;
// with it, annotations stand in the margin and words can be chosen with the pointer.
//
//   <div data-reading>…passages…<script type="application/json" id="syn-reading-data">…</script>

import { spoken } from "./caret.js";
import { lastingStorage, purgeDrafts } from "./drafts.js";
import { FormKeeper } from "./form.js";
import { Painter } from "./highlights.js";
import { offerKeyboard } from "./keyboard.js";
import { Panel } from "./panel.js";
import { placeCards } from "./placing.js";
import { characterAt, SelectionToolbar } from "./selection.js";
import { filled } from "./wording.js";

const CARDS = 3;

class ReadingPage {
  constructor(root) {
    this.root = root;
    this.text = root.querySelector(".syn-reading__text");
    const { ranges, labels } = JSON.parse(document.getElementById("syn-reading-data").textContent);
    this.painter = new Painter(root);
    this.painter.add(ranges);
    this.wide = matchMedia("(min-width: 66em)");
    this.announcer = root.querySelector("[data-announcer]");
    const say = (sentence) => this.say(sentence);
    this.panel = new Panel({
      labels,
      say,
      onChange: (content) => this.panelChanged(content),
      onClose: (passage, content) => this.panelClosed(passage, content),
      onForm: (keeper, body) => this.offerKeys(keeper, body),
      onWords: (body, range) => this.painter.show(range && { passage: idOf(body), ...range }),
    });
    this.toolbar = new SelectionToolbar({
      root,
      labels,
      announce: say,
      onChoice: (choice) => this.write(choice),
    });
    this.active = null;
    this.left = null; // the control of a card that led to its words
    this.isPressed = false;
    this.waiting = null; // the card that gets the focus while something in it is pressed
    this.labels = labels;
    this.sizes = new ResizeObserver(() => this.place());
  }

  start() {
    this.root.classList.add("is-enhanced");
    for (const help of this.root.querySelectorAll("[data-keyhelp]")) help.hidden = false;
    this.linkToWords();
    for (const button of this.root.querySelectorAll(".syn-passage__button")) {
      button.setAttribute("role", "button");
      button.setAttribute("aria-expanded", "false");
    }
    this.root.addEventListener("click", (event) => this.clicked(event));
    this.root.addEventListener("keydown", (event) => this.pressed(event));
    this.root.addEventListener("focusin", (event) => this.focused(event));
    this.root.addEventListener("pointerdown", () => this.press(true));
    for (const name of ["pointerup", "pointercancel"])
      addEventListener(name, () => this.press(false));
    this.wide.addEventListener("change", () => this.arrange());
    addEventListener("hashchange", () => this.goToHash());
    this.sizes.observe(this.text.querySelector("[data-text]"));
    for (const list of this.text.querySelectorAll("[data-cards]")) this.sizes.observe(list);
    if ("open" in this.root.dataset) this.toolbar.start();
    this.painter.paint();
    this.arrange();
    this.goToHash();
  }

  say(sentence) {
    this.announcer.textContent = "";
    requestAnimationFrame(() => {
      this.announcer.textContent = sentence;
    });
  }

  clicked(event) {
    const button = event.target.closest(".syn-passage__button");
    if (button) {
      if (event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      this.toggle(button.closest(".syn-passage"));
      return;
    }
    const link = event.target.closest("[data-show-words]");
    if (link) return this.showWords(link);
    if (event.target.closest("a, button, input, textarea, label, summary")) return;
    const card = event.target.closest("[data-card]");
    if (card) return this.activate(card.dataset.card, { showWords: true });
    const body = event.target.closest(".syn-passage__body");
    if (body && document.getSelection().isCollapsed) this.clickedWords(body, event);
  }

  pressed(event) {
    if (event.key === " " && event.target.matches(".syn-passage__button")) {
      event.preventDefault();
      event.target.click();
    }
    if (event.key !== "Escape") return;
    if (this.left?.isConnected && event.target.matches(".syn-passage__body")) this.backToCard();
    else if (this.panel.passage) this.panel.close();
  }

  focused(event) {
    const card = event.target.closest("[data-card]");
    if (!card || event.target.closest("form")) return;
    if (this.isPressed) this.waiting = card.dataset.card;
    else this.activate(card.dataset.card);
  }

  /** A card must not move or grow under a finger or a mouse that is pressing something in it. */
  press(isPressed) {
    this.isPressed = isPressed;
    if (isPressed || !this.waiting) return;
    const uuid = this.waiting;
    this.waiting = null;
    requestAnimationFrame(() => this.activate(uuid));
  }

  /** Open the form for words that were chosen in the text. */
  async write(choice) {
    const { body, start, end } = choice;
    this.activate(null);
    this.painter.show({ passage: Number(body.dataset.passage), start, end });
    await this.panel.open(body.closest(".syn-passage"), choice);
  }

  toggle(passage) {
    if (this.panel.isOpenAt(passage)) this.panel.close();
    else this.panel.open(passage);
  }

  /** Let words be chosen by keys for a form, and give them to it. */
  offerKeys(keeper, body) {
    const { root, labels, toolbar } = this;
    const say = (sentence) => this.say(sentence);
    offerKeyboard({
      form: keeper.form,
      ...{ body, root, labels, say, toolbar },
      onTake: (chosen) => this.panel.take(chosen),
    });
  }

  /** Show what stands on the words that somebody touched: the card, or all of several. */
  async clickedWords(body, event) {
    const offset = characterAt(body, event.clientX, event.clientY);
    const hits = offset === null ? [] : this.painter.at(idOf(body), offset);
    if (!hits.length) return this.activate(null);
    const passage = body.closest(".syn-passage");
    const uuid = hits.length === 1 ? hits[0].uuid : "";
    const card = uuid ? document.getElementById(`a-${uuid}`) : null;
    const isAlone = card?.checkVisibility() && !card.closest(".syn-panel") && hasAllCards(passage);
    if (isAlone) return this.activate(uuid);
    await this.panel.open(passage, null, { at: offset });
    const found = this.panel.content.querySelectorAll("[data-place] [data-card]");
    if (found.length === 1) this.activate(found[0].dataset.card);
  }

  /** Give every card that stands on words a control that leads to them. */
  linkToWords() {
    for (const card of this.root.querySelectorAll("[data-card][data-start]")) {
      const actions = card.querySelector(":scope > .syn-card__actions");
      if (!actions || actions.querySelector("[data-show-words]")) continue;
      const name = card.querySelector(".syn-card__name")?.textContent ?? "";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "syn-linkbutton";
      button.dataset.showWords = "";
      const hint = document.createElement("span");
      hint.className = "syn-hidden";
      hint.textContent = `: ${filled(this.labels.words_of, { name })}`;
      button.append(this.labels.show_words, hint);
      actions.append(button);
    }
  }

  /** Lead from a card to its words; the focus goes along, and Escape leads back. */
  showWords(link) {
    const { card: uuid } = link.closest("[data-card]").dataset;
    this.activate(uuid);
    const range = this.painter.domRange(uuid);
    if (!range) return;
    this.left = link;
    const body = this.painter.bodies.get(this.painter.find(uuid).passage);
    body.tabIndex = -1;
    body.focus({ preventScroll: true });
    const { top, bottom } = range.getBoundingClientRect();
    if (top < 0 || bottom > innerHeight) scrollBy(0, top - innerHeight / 3);
    const words = filled(this.labels.quoted, { words: spoken(range.toString()) });
    this.say(filled(this.labels.words_shown, { words }));
  }

  backToCard() {
    this.left.focus();
    this.left.scrollIntoView({ block: "nearest" });
    this.left = null;
    this.say(this.labels.card_again);
  }

  activate(uuid, { showWords = false } = {}) {
    if (this.active === uuid && !showWords) return;
    this.active = uuid;
    for (const card of this.root.querySelectorAll(".syn-card.is-active"))
      card.classList.remove("is-active");
    const card = uuid && document.getElementById(`a-${uuid}`);
    card?.classList.add("is-active");
    this.painter.activate(uuid);
    this.place();
    if (showWords) card?.closest(".syn-passage")?.scrollIntoView({ block: "nearest" });
  }

  /** Open the lists of cards in the margin; on a narrow screen the buttons open the panel. */
  arrange() {
    for (const list of this.root.querySelectorAll("[data-cards]")) list.open = this.wide.matches;
    this.place();
  }

  /** Put the cards at the height of their passages. */
  place() {
    if (!this.wide.matches) return this.text.style.removeProperty("--syn-least");
    const lists = [...this.text.querySelectorAll(".syn-passage > [data-cards], .syn-panel")].filter(
      (list) => list.offsetParent !== null,
    );
    const items = lists.map((list) => ({
      desired: list.closest(".syn-passage").offsetTop - this.#offsetOfActive(list),
      height: list.offsetHeight,
    }));
    const panel = lists.findIndex((list) => list.matches(".syn-panel"));
    const active = lists.findIndex((list) => list.querySelector(".syn-card.is-active"));
    const tops = placeCards(items, panel >= 0 ? panel : active);
    lists.forEach((list, i) => {
      list.style.setProperty("--syn-top", `${tops[i]}px`);
    });
    const least = Math.max(0, ...items.map((item, i) => tops[i] + item.height));
    this.text.style.setProperty("--syn-least", `${least}px`);
  }

  #offsetOfActive(list) {
    if (list.matches(".syn-panel")) return 0;
    const card = list.querySelector(".syn-card.is-active");
    return card ? card.offsetTop : 0;
  }

  panelChanged(content) {
    if (content) {
      this.painter.add(rowsOf(content));
      this.painter.paint();
      this.linkToWords();
      this.#count(content);
    }
    this.place();
  }

  /** Show how many annotations a passage has now. */
  #count(content) {
    const count = content.querySelector("[data-count]")?.dataset.count;
    if (!count || !this.panel.passage) return;
    const { button } = this.panel;
    if (count !== "0") button.textContent = count;
    button.classList.toggle("has-annotations", count !== "0");
    const label = content.querySelector("[data-label]")?.dataset.label;
    if (!label) return;
    button.setAttribute("aria-label", label);
    this.panel.element.setAttribute("aria-label", label);
  }

  /** Leave the newest cards of a closed panel in the margin. */
  panelClosed(passage, content) {
    const newest = content.querySelector(".syn-panel__cards:not([data-place])");
    const cards = [...(newest?.querySelectorAll(".syn-card") ?? [])].slice(0, CARDS);
    let list = passage.querySelector("[data-cards]");
    const known = new Set([...(list?.querySelectorAll(".syn-card") ?? [])].map((card) => card.id));
    const fresh = cards.filter((card) => !known.has(card.id));
    if (fresh.length) {
      if (!list) {
        list = document.createElement("details");
        list.className = "syn-passage__cards";
        list.dataset.cards = "";
        list.append(document.createElement("summary"));
        list.open = this.wide.matches;
        passage.append(list);
        this.sizes.observe(list);
      }
      list.querySelector("summary").after(...fresh);
    }
    this.painter.activate(this.active);
    this.place();
  }

  async goToHash() {
    const [, uuid] = location.hash.match(/^#a-([0-9a-f-]{36})$/) ?? [];
    const card = uuid && document.getElementById(`a-${uuid}`);
    if (!card) return;
    if (!this.wide.matches && card.closest(".syn-passage")) {
      await this.panel.open(card.closest(".syn-passage"));
    }
    this.activate(uuid);
    const shown = [...document.querySelectorAll(`[data-card="${uuid}"]`)].find((each) =>
      each.checkVisibility(),
    );
    shown?.scrollIntoView({ block: "center" });
  }
}

class SinglePage {
  constructor(root) {
    this.root = root;
  }

  start() {
    const form = this.root.querySelector("[data-form]");
    const source = document.getElementById("syn-labels");
    if (!form || !source) return;
    const labels = JSON.parse(source.textContent);
    const announcer = this.root.querySelector("[data-announcer]");
    const say = (sentence) => {
      announcer.textContent = sentence;
    };
    const body = this.root.querySelector(".syn-passage__body");
    const text = body?.textContent ?? form.dataset.base ?? "";
    const keeper = new FormKeeper(form, { text, say, labels });
    keeper.start();
    form.addEventListener("submit", () => keeper.sent());
    if (!body) return;
    const take = (choice) => {
      keeper.choose(choice);
      keeper.focus();
    };
    const { root } = this;
    const toolbar = new SelectionToolbar({ root, labels, announce: say, onChoice: take });
    toolbar.start();
    offerKeyboard({ form, body, root, labels, say, toolbar, onTake: take });
  }
}

function rowsOf(content) {
  return [...content.querySelectorAll("[data-card][data-start]")].map(({ dataset }) => [
    Number(dataset.passage),
    Number(dataset.start),
    Number(dataset.end),
    dataset.card,
  ]);
}

function idOf(body) {
  return Number(body.dataset.passage);
}

/** Whether every annotation of a passage has its card on the page. */
function hasAllCards(passage) {
  const count = Number(passage.querySelector(".syn-passage__button").textContent) || 0;
  const cards = [...passage.querySelectorAll(".syn-card")];
  return (
    cards.filter((card) => !card.querySelector(":scope > .syn-card__tombstone")).length >= count
  );
}

purgeDrafts(lastingStorage());
for (const root of document.querySelectorAll("[data-reading]")) new ReadingPage(root).start();
for (const root of document.querySelectorAll("[data-single]")) new SinglePage(root).start();
for (const target of document.querySelectorAll("[data-single] [data-focus]")) target.focus();
