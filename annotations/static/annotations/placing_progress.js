/**
 * Asks again how far the placing of annotations is, as long as something is going on. Without this
 * module the page says so when it is loaded.
 *
 * @example
 * <div data-synopse-placing="/admin/annotations/progress/"><progress …></progress></div>
 */

const EVERY = 3000;

async function refreshed(part) {
  const response = await fetch(part.dataset.synopsePlacing);
  if (!response.ok) return;
  const fresh = new DOMParser().parseFromString(await response.text(), "text/html");
  part.replaceChildren(...fresh.body.firstElementChild.childNodes);
}

async function watch() {
  const part = document.querySelector("[data-synopse-placing]");
  if (part?.querySelector("progress") && !document.hidden) await refreshed(part).catch(() => {});
  setTimeout(watch, EVERY);
}

setTimeout(watch, EVERY);
