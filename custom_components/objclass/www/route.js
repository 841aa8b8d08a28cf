/**
 * Which page an address shows, and back: all of the panel's state is in the address,
 * because Home Assistant destroys a panel that was hidden for five minutes.
 */

export const BASE = "/objclass";
const FREE = ["new", "status", "history"]; // pages that are about no one classifier
export const PAGES = ["recent", "dataset", "quality", "examples", "training"];

/**
 * Read an address.
 *
 * Returns { page, classifier, query }: page is `classifiers`, one of FREE or, with a classifier's id, one of PAGES; query is an object of strings.
 */
export function parse(pathname, search = "") {
  const query = Object.fromEntries(new URLSearchParams(search));
  const [first = "", second = ""] = pathname
    .slice(pathname.startsWith(BASE) ? BASE.length : 0)
    .split("/")
    .filter(Boolean)
    .map(decode);
  if (FREE.includes(first)) return { page: first, classifier: null, query };
  if (!first) return { page: "classifiers", classifier: null, query };
  return { page: PAGES.includes(second) ? second : "recent", classifier: first, query };
}

/** Write an address; empty values of the query are left out. */
export function path(page, classifier = null, query = {}) {
  const parts = [];
  if (classifier !== null) parts.push(encodeURIComponent(classifier), page);
  else if (page !== "classifiers") parts.push(page);
  const given = Object.entries(query).filter(([, value]) => ![undefined, null, "", false].includes(value));
  const search = new URLSearchParams(given.map(([key, value]) => [key, String(value)])).toString();
  return [BASE, ...parts].join("/") + (search ? `?${search}` : "");
}

/** Go there as Home Assistant does, so that its back button works. */
export function go(address, { replace = false } = {}) {
  if (replace) history.replaceState(history.state, "", address);
  else history.pushState(null, "", address);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: { replace } }));
}

/** Note something in the address, without drawing anything anew. */
export function remember(values) {
  const search = new URLSearchParams(location.search);
  for (const [key, value] of Object.entries(values)) {
    if ([undefined, null, "", false].includes(value)) search.delete(key);
    else search.set(key, String(value));
  }
  const text = search.toString();
  if (`?${text}` !== location.search) {
    history.replaceState(history.state, "", location.pathname + (text ? `?${text}` : ""));
  }
}

function decode(part) {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
