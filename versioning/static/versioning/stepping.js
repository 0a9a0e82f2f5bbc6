/**
 * Which change is in sight, and which one comes next.
 *
 * @example
 * currentIndex([-300, 40, 700], 96); // 1
 */

/**
 * Return the index of the last row that begins above a line, -1 where none does.
 *
 * @param {number[]} tops Upper edges of the rows in reading order.
 * @param {number} line Where reading begins.
 */
export function currentIndex(tops, line) {
  let low = 0;
  let high = tops.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (tops[middle] <= line) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low - 1;
}

/**
 * Return the neighbour of a row, or the link to it where it stands on another page.
 *
 * @param {Element[]} rows Rows in reading order.
 * @param {number} from Index of the row to start from, -1 before the first.
 * @param {1 | -1} direction Onwards or back.
 */
export function nextTarget(rows, from, direction) {
  const row = rows[from < 0 && direction < 0 ? -1 : from + direction];
  if (row) {
    return { row };
  }
  const name = direction > 0 ? "[data-syn-next]" : "[data-syn-previous]";
  const link = rows[Math.max(from, 0)]?.querySelector(name) ?? null;
  return { row: null, link: link?.getAttribute("href").startsWith("#") ? null : link };
}

/**
 * Return the index of the next mark of a long row that is out of sight, -1 where all were seen.
 *
 * @param {{top: number, bottom: number}[]} boxes Where the marks stand, in reading order.
 * @param {{top: number, bottom: number}} sight What can be seen.
 * @param {1 | -1} direction Onwards or back.
 */
export function nextMark(boxes, sight, direction) {
  return direction > 0
    ? boxes.findIndex((box) => box.top >= sight.bottom)
    : boxes.findLastIndex((box) => box.bottom <= sight.top);
}
