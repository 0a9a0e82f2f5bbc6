/**
 * Let the buttons of the page editor know what the editor has saved by itself, and wait for what it
 * is saving at that moment. Wagtail tells the form neither, so its text would be taken for one that
 * was written on an older draft, and an editor would be told that somebody else has saved the page.
 * A button that is pressed by a key waits for the last letters, too: formatted text hands them to
 * the form a little later. It waits a few seconds at most.
 *
 * @example
 * <form data-edit-form data-controller="w-autosave">…</form>
 */

const SETTLING = 350; // Draftail hands its text over 250 ms after the last letter
const LONGEST = 10_000;

class Saving {
  constructor(form) {
    this.form = form;
    this.isSaving = false;
    this.isSettled = false;
    this.held = null;
  }

  start() {
    this.form.addEventListener("w-autosave:save", () => {
      this.isSaving = true;
    });
    this.form.addEventListener("w-autosave:success", ({ detail }) =>
      this.#know(detail?.response ?? {}),
    );
    for (const end of ["success", "error", "deactivated"]) {
      this.form.addEventListener(`w-autosave:${end}`, () => this.#end());
    }
    this.form.addEventListener("submit", (event) => this.#hold(event), { capture: true });
  }

  /** Name the draft that this form has made as the one that its text stands on. */
  #know({ revision_id: id, revision_created_at: at }) {
    const { loaded_revision_id: key, loaded_revision_created_at: time } = this.form.elements;
    if (!id || !key || !time) return;
    key.value = id;
    time.value = at;
  }

  #hold(event) {
    const isWriting = !this.isSettled && document.activeElement?.isContentEditable;
    if (!this.isSaving && !isWriting) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    this.held ??= { submitter: event.submitter };
    if (!this.isSaving) setTimeout(() => this.#go(), SETTLING);
    else setTimeout(() => this.#end(), LONGEST);
  }

  #end() {
    this.isSaving = false;
    if (this.held) setTimeout(() => this.#go(), SETTLING);
  }

  #go() {
    if (!this.held) return;
    if (this.isSaving) return; // it goes on once that has ended
    const { submitter } = this.held;
    this.held = null;
    this.isSettled = true;
    if (submitter?.name) this.#say(submitter);
    this.form.requestSubmit();
  }

  /** Send what a button stands for; Wagtail has disabled it after the click. */
  #say({ name, value }) {
    const input = document.createElement("input");
    Object.assign(input, { type: "hidden", name, value });
    this.form.append(input);
  }
}

for (const form of document.querySelectorAll("form[data-edit-form]")) new Saving(form).start();
