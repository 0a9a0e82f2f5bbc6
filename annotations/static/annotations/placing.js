// Where cards stand in the margin. A pure function, so that it can be tested without a page.

/**
 * Give every card a top so that none overlap and each stands as near to its passage as possible.
 * Where the cards before the active one leave it no room, the last of them stand below it.
 *
 * @param {{desired: number, height: number}[]} items Cards in reading order; desired is the top
 *   of what they belong to.
 * @param {number} active Index of the card that stands at its exact height, -1 for none.
 * @param {number} gap Space between two cards.
 * @returns {number[]} Tops, never negative.
 */
export function placeCards(items, active = -1, gap = 12) {
  if (active < 0 || active >= items.length) return inOrder(items, gap);
  const order = orderAround(items, active, gap);
  const moved = around(
    order.map((index) => items[index]),
    order.indexOf(active),
    gap,
  );
  const tops = [];
  order.forEach((index, i) => {
    tops[index] = moved[i];
  });
  return tops;
}

/** Tops from the first card to the last; each pushes the next one down. */
function inOrder(items, gap) {
  let bottom = 0;
  return items.map((item) => {
    const top = Math.max(item.desired, bottom, 0);
    bottom = top + item.height + gap;
    return top;
  });
}

/** Move below the active card those before it that find no room between it and the begin. */
function orderAround(items, active, gap) {
  let room = items[active].desired;
  let fits = 0;
  while (fits < active && items[fits].height + gap <= room) {
    room -= items[fits].height + gap;
    fits += 1;
  }
  const indexes = items.map((_, i) => i);
  return [
    ...indexes.slice(0, fits),
    active,
    ...indexes.slice(fits, active),
    ...indexes.slice(active + 1),
  ];
}

/** Tops with one card at its exact height: those above it give way upwards, the others down. */
function around(items, active, gap) {
  const tops = inOrder(items, gap);
  tops[active] = Math.max(items[active].desired, 0);
  for (let i = active - 1; i >= 0; i -= 1) {
    tops[i] = Math.min(tops[i], tops[i + 1] - gap - items[i].height);
  }
  for (let i = active + 1; i < items.length; i += 1) {
    tops[i] = Math.max(items[i].desired, tops[i - 1] + items[i - 1].height + gap, 0);
  }
  return tops;
}
