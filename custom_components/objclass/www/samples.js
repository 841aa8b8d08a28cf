/**
 * The samples of one list, page by page, newest answer wins.
 *
 * `ask(cursor, limit)` returns the server's { samples, cursor, total }. Nothing here
 * knows the document: what was loaded is data, what is drawn decides the grid.
 */

const FIRST = 60; // small, so that the first pictures are there at once
const NEXT = 200;
const GOOD = 45 * 60_000; // milliseconds for which a signed address is surely good

export class SampleList {
  items = new Map(); // id -> sample, in the order of the list
  total = 0;
  complete = false;
  fresh = 0; // how many came in since the list was loaded
  #ask;
  #cursor = null;
  #loading = null;
  #version = 0;

  constructor(ask) {
    this.#ask = ask;
  }

  get all() {
    return [...this.items.values()];
  }

  get loading() {
    return this.#loading !== null;
  }

  /** Load anew from the start; what is shown stays until the answer is there. */
  async reload() {
    this.#version += 1;
    this.#loading = null;
    await this.#page(null, Math.min(NEXT, Math.max(FIRST, this.items.size)), true);
  }

  /** Load the next page, once, however often it is asked for. */
  async more() {
    if (this.complete || this.#loading) return;
    await this.#page(this.#cursor, this.items.size ? NEXT : FIRST, false);
  }

  async #page(cursor, limit, anew) {
    const version = this.#version;
    const asked = this.#ask(cursor, limit);
    this.#loading = asked;
    try {
      const { samples, cursor: next, total } = await asked;
      if (version !== this.#version) return;
      const before = this.items;
      if (anew) {
        this.items = new Map();
        this.fresh = 0;
      }
      for (const sample of samples) this.items.set(sample.id, sameAddresses(sample, before.get(sample.id)));
      this.#cursor = next;
      this.complete = next === null;
      this.total = this.complete ? this.items.size : Math.max(total, this.items.size);
    } finally {
      if (this.#loading === asked) this.#loading = null;
    }
  }

  /** Load pages until a sample is there, but no more than `most` samples. */
  async until(id, most) {
    while (!this.complete && !this.items.has(id) && this.items.size < most) await this.more();
  }

  /** Change labels here and now. Returns whether any of them is in the list. */
  relabel(ids, labelOf) {
    let known = false;
    for (const id of ids) {
      const sample = this.items.get(id);
      if (!sample) continue;
      known = true;
      this.items.set(id, { ...sample, label: labelOf(id) });
    }
    return known;
  }

  /** Put a newer version of a sample in its place. */
  put(sample) {
    const before = this.items.get(sample.id);
    if (before) this.items.set(sample.id, sameAddresses(sample, before));
  }

  /** Take newer addresses of pictures: { id: { thumb, image } }. */
  readdress(addresses, now = Date.now()) {
    for (const [id, { thumb, image }] of Object.entries(addresses)) {
      const sample = this.items.get(id);
      if (sample) this.items.set(id, { ...sample, thumb, image, signed: now });
    }
  }

  remove(ids) {
    for (const id of ids) if (this.items.delete(id)) this.total -= 1;
  }
}

/** Keep the addresses that a browser has loaded already, as long as they are good. */
export function sameAddresses(sample, before, now = Date.now()) {
  if (!before || now - before.signed > GOOD) return { ...sample, signed: now };
  const { thumb, image, signed } = before;
  return { ...sample, thumb, image, signed };
}
