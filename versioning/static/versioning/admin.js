/**
 * One checkbox that ticks all others of its form. Without this module each is ticked by hand, or
 * the whole list is chosen by the checkbox in the form below it.
 *
 * @example
 * <form><input type="checkbox" data-syn-all> … <input type="checkbox" data-syn-one></form>
 */

for (const all of document.querySelectorAll("[data-syn-all]")) {
  all.addEventListener("change", () => {
    for (const one of all.form.querySelectorAll("[data-syn-one]")) {
      one.checked = all.checked;
    }
  });
}
