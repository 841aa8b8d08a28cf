/** What can be taken back: the labels that samples had before, newest change last. */

const MOST = 50;

export class UndoStack {
  #changes = [];

  /** Note a change: `before` is an object of the previous label by sample id. */
  push(change) {
    this.#changes.push(change);
    if (this.#changes.length > MOST) this.#changes.shift();
  }

  /** Return the newest change and forget it; undefined when there is none. */
  pop() {
    return this.#changes.pop();
  }

  /** Forget a change that was refused. */
  drop(change) {
    this.#changes = this.#changes.filter((item) => item !== change);
  }

  get size() {
    return this.#changes.length;
  }
}

/** Group a change back into one request per label: [[label, [ids]]]. */
export function byLabel(before) {
  const groups = new Map();
  for (const [id, label] of Object.entries(before)) {
    if (!groups.has(label)) groups.set(label, []);
    groups.get(label).push(id);
  }
  return [...groups];
}
