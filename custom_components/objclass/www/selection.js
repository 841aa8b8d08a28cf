/**
 * Which pictures are selected, as a person expects it from a file manager. Pure: every
 * function returns a new state { ids: Set, anchor: id | null, base: Set }.
 *
 * `anchor` is where a range starts; `base` is what was selected before that range, so
 * that a range that grows and shrinks under the finger takes nothing else along.
 */

export const EMPTY = Object.freeze({ ids: new Set(), anchor: null, base: new Set() });

/** Add or take away one picture; the next range starts there. */
export function toggle(state, id) {
  const ids = new Set(state.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: id, base: new Set(ids) };
}

/** Select everything between the anchor and `id` in `order`, both included. */
export function extend(state, order, id) {
  const from = order.indexOf(state.anchor);
  if (from < 0) return toggle({ ...state, ids: new Set() }, id);
  return { ...state, ids: new Set([...state.base, ...between(order, from, order.indexOf(id))]) };
}

/** Add many, such as a whole event; when all of them are selected, take them away. */
export function toggleAll(state, many) {
  const ids = new Set(state.ids);
  const all = many.every((id) => ids.has(id));
  for (const id of many) {
    if (all) ids.delete(id);
    else ids.add(id);
  }
  return { ids, anchor: many[0] ?? null, base: new Set(ids) };
}

/** Forget pictures that are not there any more. */
export function keep(state, order) {
  const there = new Set(order);
  const ids = new Set([...state.ids].filter((id) => there.has(id)));
  if (ids.size === state.ids.size) return state;
  return { ids, anchor: there.has(state.anchor) ? state.anchor : null, base: new Set(ids) };
}

/** Return the ids from one place to another, whichever comes first. */
export function between(order, from, to) {
  return order.slice(Math.min(from, to), Math.max(from, to) + 1);
}
