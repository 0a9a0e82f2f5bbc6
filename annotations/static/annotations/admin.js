/**
 * Number keys choose an option: 1 the first, 2 the second. Without this module the arrow keys do
 * the same; where somebody writes, numbers stay numbers.
 *
 * @example
 * <form data-synopse-answer><input type="radio" name="outcome"> …</form>
 */

const WRITES = "input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]";

for (const form of document.querySelectorAll("form[data-synopse-answer]")) {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.altKey || event.metaKey || event.target.closest?.(WRITES)) {
      return;
    }
    const options = form.querySelectorAll('input[type="radio"][name="outcome"]');
    const option = /^[1-9]$/.test(event.key) ? options[Number(event.key) - 1] : undefined;
    if (option) {
      event.preventDefault();
      option.checked = true;
      option.focus();
    }
  });
}
