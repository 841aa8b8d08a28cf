/**
 * Signed addresses of pictures are good for an hour. Those that turn out too old are
 * asked for anew, all that fail within a moment in one go.
 */

const MOMENT = 50; // milliseconds
const AGAIN = 60_000; // milliseconds; a picture that is gone is not asked for all the time
const MOST = 200; // that the server signs at once

export class Renewal {
  #ask;
  #done;
  #wanted = new Set();
  #asked = new Map(); // id -> when
  #timer = null;

  /** `ask(ids)` returns { id: { thumb, image } }, which `done` is told. */
  constructor(ask, done) {
    this.#ask = ask;
    this.#done = done;
  }

  /** The address of a sample's picture does not work any more. */
  want(id, now = Date.now()) {
    if (now - (this.#asked.get(id) ?? -Infinity) < AGAIN) return;
    this.#asked.set(id, now);
    this.#wanted.add(id);
    this.#timer ??= setTimeout(() => void this.#renew(), MOMENT);
  }

  async #renew() {
    this.#timer = null;
    const ids = [...this.#wanted];
    this.#wanted.clear();
    for (let start = 0; start < ids.length; start += MOST) {
      const some = ids.slice(start, start + MOST);
      try {
        this.#done(await this.#ask(some));
      } catch {
        // The connection is lost: they are wanted again as soon as they are drawn anew.
        for (const id of some) this.#asked.delete(id);
      }
    }
  }
}
