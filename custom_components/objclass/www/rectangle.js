/** Rectangles as fractions of a picture: [left, top, right, bottom], each 0 to 1. */

export const LEAST = 0.02;
const STEP = 0.01;
export const WHOLE = Object.freeze([0, 0, 1, 1]);

const within = (value, low = 0, high = 1) => Math.min(Math.max(value, low), high);
const rounded = (sides) => sides.map((side) => Math.round(side * 1000) / 1000);

/** Return whether nothing of the picture is left out. */
export const isWhole = (sides) => sides.every((side, place) => side === WHOLE[place]);

/** Return the rectangle between two points ([x, y]), wherever they are. */
export function between([x1, y1], [x2, y2]) {
  const [left, right] = side(x1, x2);
  const [top, bottom] = side(y1, y2);
  return rounded([left, top, right, bottom]);
}

function side(one, other) {
  const low = within(Math.min(one, other), 0, 1 - LEAST);
  return [low, within(Math.max(one, other), low + LEAST)];
}

/** Move a rectangle, as far as the picture goes. */
export function moved([left, top, right, bottom], dx, dy) {
  const x = within(dx, -left, 1 - right);
  const y = within(dy, -top, 1 - bottom);
  return rounded([left + x, top + y, right + x, bottom + y]);
}

/** Move the right and the lower side. */
export function resized([left, top, right, bottom], dx, dy) {
  return rounded([left, top, within(right + dx, left + LEAST), within(bottom + dy, top + LEAST)]);
}

/** Return what an arrow key makes of a rectangle, with Shift its size; null for another key. */
export function steered(sides, key, { larger = false } = {}) {
  const direction = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] }[key];
  return direction ? (larger ? resized : moved)(sides, ...direction) : null;
}

/** Return whether a point is in a rectangle. */
export const holds = ([left, top, right, bottom], [x, y]) => x >= left && x <= right && y >= top && y <= bottom;
