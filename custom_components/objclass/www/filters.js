/** The filter of a list of samples: in the address as words, to the server as values. */

const SCORE = { low: [0, 0.5], middle: [0.5, 0.8], high: [0.8, 1] };
export const SCORES = Object.keys(SCORE);
export const ORDERS = ["newest", "useful", "doubtful"];

/** Return { filter, order } for the server from the query of an address. */
export function fromQuery(query) {
  const filter = {};
  for (const key of ["camera", "label", "predicted", "called", "recognised", "event_id"]) {
    if (query[key]) filter[key] = query[key];
  }
  if (query.labelled) filter.labelled = query.labelled === "yes";
  if (query.light) filter.infrared = query.light === "night";
  if (query.unfamiliar) filter.unfamiliar = true;
  if (SCORE[query.score]) [filter.min_score, filter.max_score] = SCORE[query.score];
  return { filter, order: ORDERS.includes(query.order) ? query.order : "newest" };
}
