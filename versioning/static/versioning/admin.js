/**
 * Checkboxes that tick others: one for all of a page, one for all places of a paragraph. Without
 * this module the server takes a paragraph's box for all of its places.
 *
 * @example
 * <form>
 *   <p data-syn-all-line hidden><input type="checkbox" data-syn-all></p>
 *   <li data-syn-group>
 *     <input type="checkbox" name="group" data-syn-whole>
 *     <input type="checkbox" name="change" data-syn-one>
 *   </li>
 * </form>
 */

const boxesIn = (element, name) => [...element.querySelectorAll(`[data-syn-${name}]`)];

/** Let the box of a paragraph say whether all, some or none of its places are ticked. */
function tellWhole(group) {
  const ones = boxesIn(group, "one");
  const ticked = ones.filter((one) => one.checked).length;
  for (const whole of ones.length ? boxesIn(group, "whole") : []) {
    whole.checked = ticked === ones.length;
    whole.indeterminate = ticked > 0 && ticked < ones.length;
  }
}

function tick(boxes, checked) {
  for (const box of boxes) {
    box.checked = checked;
    box.indeterminate = false;
  }
}

for (const group of document.querySelectorAll("[data-syn-group]")) {
  group.addEventListener("change", (event) => {
    if (event.target.matches("[data-syn-whole]")) {
      tick(boxesIn(group, "one"), event.target.checked);
    } else {
      tellWhole(group);
    }
  });
  for (const whole of boxesIn(group, "whole").filter((box) => box.checked)) {
    tick(boxesIn(group, "one"), whole.checked);
  }
  tellWhole(group);
}

for (const all of document.querySelectorAll("[data-syn-all]")) {
  all.closest("[data-syn-all-line]").hidden = false;
  all.addEventListener("change", () => {
    tick([...boxesIn(all.form, "whole"), ...boxesIn(all.form, "one")], all.checked);
  });
}
