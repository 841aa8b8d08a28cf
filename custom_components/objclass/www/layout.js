/**
 * Where every picture of a long list is, without drawing it: only what is near the
 * window is ever in the document, so 5,000 pictures cost no more than fifty.
 */

const WIDEST = { phone: 150, desktop: 210 }; // columns are at least this wide (px)
export const GAP = 12;
export const CAPTION = 52; // px below the square picture
export const HEADER = 56;

/** Return { columns, size, row }: how many columns, and how large a card is. */
export function columnsOf(width) {
  const wanted = width < 600 ? WIDEST.phone : WIDEST.desktop;
  const columns = Math.max(2, Math.floor((width + GAP) / (wanted + GAP)));
  const size = Math.floor((width - GAP * (columns - 1)) / columns);
  return { columns, size, row: size + CAPTION + GAP };
}

/**
 * Lay out groups of ids: [{ key, header: bool, ids }]. Groups with a heading that fit
 * into one row stand beside each other.
 *
 * Returns { height, boxes, rows }: boxes are { id | group, x, y, w, h, header } in order,
 * rows the ids row by row, for the arrow keys.
 */
export function layOut(groups, width) {
  const { columns, size, row } = columnsOf(width);
  const boxes = [];
  const rows = [];
  let y = 0;
  let taken = columns; // columns of the last row that small groups stand in
  for (const group of groups) {
    const { ids } = group;
    const beside = group.header && taken + ids.length <= columns;
    const first = beside ? taken : 0;
    if (beside) y -= row + HEADER;
    if (group.header) {
      const w = beside || ids.length < columns ? ids.length * (size + GAP) - GAP : width;
      boxes.push({ header: true, id: `header ${group.key}`, group, x: first * (size + GAP), y, w, h: HEADER });
      y += HEADER;
    }
    for (let start = 0; start < ids.length; start += columns) {
      const some = ids.slice(start, start + columns);
      some.forEach((id, column) => {
        boxes.push({ id, x: (first + column) * (size + GAP), y, w: size, h: size + CAPTION });
      });
      if (beside) rows.at(-1).push(...some);
      else rows.push(some);
      y += row;
    }
    taken = ids.length <= columns ? first + ids.length : columns;
  }
  // From top to bottom, headings before what stands below them: `visible` relies on it.
  boxes.sort((a, b) => a.y - b.y);
  return { height: y, boxes, rows, columns, size, row };
}

/** Return the boxes that touch the stretch from `top` to `bottom`. */
export function visible(layout, top, bottom) {
  const { boxes } = layout;
  let low = 0;
  let high = boxes.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (boxes[middle].y + boxes[middle].h < top) low = middle + 1;
    else high = middle;
  }
  let end = low;
  while (end < boxes.length && boxes[end].y <= bottom) end += 1;
  return boxes.slice(low, end);
}

/** Return the id that an arrow key leads to from `id`; the same id at an edge. */
export function neighbour(rows, id, key) {
  const y = rows.findIndex((row) => row.includes(id));
  if (y < 0) return rows[0]?.[0] ?? null;
  const x = rows[y].indexOf(id);
  const all = rows.flat();
  const place = all.indexOf(id);
  const step = { ArrowLeft: -1, ArrowRight: 1 }[key];
  if (step) return all[Math.min(all.length - 1, Math.max(0, place + step))];
  if (key === "Home") return all[0];
  if (key === "End") return all.at(-1);
  const target = rows[y + (key === "ArrowUp" ? -1 : 1)];
  return target ? target[Math.min(x, target.length - 1)] : id;
}

/** Return the event that a sample is a picture of; it may be of none. */
export const eventOf = (sample) => sample.event_id ?? sample.id;

/** Return the camera that took a sample. */
export const cameraOf = (sample) => sample.camera;

/** Group samples by their event, or by something else, in order of first appearance. */
export function byEvent(samples, groupOf = eventOf) {
  const groups = new Map();
  for (const sample of samples) {
    const key = groupOf(sample);
    if (!groups.has(key)) groups.set(key, { key, header: true, ids: [], first: sample });
    groups.get(key).ids.push(sample.id);
  }
  return [...groups.values()];
}
