// Where cards stand in the margin. A pure function, so that it can be tested without a page.

/**
 * Give every card a top so that none overlap and each stands as near to its passage as possible.
 *
 * @param {{desired: number, height: number}[]} items Cards in reading order; desired is the top
 *   of what they belong to.
 * @param {number} active Index of the card that stands at its exact height, -1 for none.
 * @param {number} gap Space between two cards.
 * @returns {number[]} Tops, never negative.
 */
export function placeCards(items, active = -1, gap = 12) {
  const tops = [];
  let bottom = 0;
  for (const item of items) {
    const top = Math.max(item.desired, bottom, 0);
    tops.push(top);
    bottom = top + item.height + gap;
  }
  if (active < 0 || active >= items.length) return tops;
  tops[active] = Math.max(items[active].desired, heightBefore(items, active, gap));
  for (let i = active - 1; i >= 0; i -= 1) {
    tops[i] = Math.min(tops[i], tops[i + 1] - gap - items[i].height);
  }
  for (let i = active + 1; i < items.length; i += 1) {
    tops[i] = Math.max(items[i].desired, tops[i - 1] + items[i - 1].height + gap, 0);
  }
  return tops;
}

function heightBefore(items, index, gap) {
  return items.slice(0, index).reduce((sum, item) => sum + item.height + gap, 0);
}
