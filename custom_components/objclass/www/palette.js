/** A colour for each class, the same everywhere; white text is readable on all of them. */

export const COLORS = [
  "#1565c0", "#b8480a", "#2e7d32", "#7b1fa2", "#00766c", "#c2185b",
  "#6d4c41", "#3949ab", "#7a6b00", "#00708f", "#ad1457", "#4e6b1f",
];
export const NONE = "none";
export const NONE_COLOR = "#5f6b76";

/** Return the colour of a class among `classes`, which keep their order. */
export function colorOf(classes, name) {
  const place = name === NONE ? -1 : classes.indexOf(name);
  return place < 0 ? NONE_COLOR : COLORS[place % COLORS.length];
}

/** Return the key that stands for a class: 1 to 9 in their order, 0 for none. */
export function digitOf(classes, name) {
  if (name === NONE) return "0";
  const place = classes.filter((item) => item !== NONE).indexOf(name);
  return place >= 0 && place < 9 ? String(place + 1) : "";
}

/** Return the class that a key stands for, or null. */
export function classOf(classes, digit) {
  if (!/^\d$/.test(digit)) return null;
  if (digit === "0") return classes.includes(NONE) ? NONE : null;
  return classes.filter((item) => item !== NONE)[Number(digit) - 1] ?? null;
}
