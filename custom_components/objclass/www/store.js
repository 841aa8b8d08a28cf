/**
 * What the server knows, kept up to date, and every question to it.
 *
 * Events: `changed` (classifiers, status, connection, progress), `samples` with
 * { classifier_id, added, changed, removed } in `detail`, `labelled` after a label of our
 * own, and `history` when a run over the past came on.
 */

import { byLabel, UndoStack } from "./undo.js";

const MOST_LABELLED = 1000; // with one request

export class RefusedError extends Error {
  constructor(text, error) {
    super(text, { cause: error });
  }
}

export class Store extends EventTarget {
  classifiers = null; // null until the first answer
  entries = [];
  isAdmin = false;
  status = null;
  connected = true;
  problem = null; // why the first answer did not come
  undo = new UndoStack();
  #hass;
  #progress = new Map();
  #unsubscribe = null;
  #explain = (error) => error.message ?? String(error);
  #onReady = () => this.#setConnected(true);
  #onLost = () => this.#setConnected(false);

  /** The newest `hass`; the connection behind it stays the same. */
  set hass(hass) {
    this.#hass = hass;
  }

  get hass() {
    return this.#hass;
  }

  /** How a refusal is said in the user's language. */
  set explain(explain) {
    this.#explain = explain;
  }

  async start() {
    const { connection } = this.#hass;
    connection.addEventListener("ready", this.#onReady);
    connection.addEventListener("disconnected", this.#onLost);
    this.connected = connection.connected;
    // First of all, or what happens before the answer is there would be missed. The
    // connection subscribes again by itself after it was lost.
    this.#unsubscribe = connection
      .subscribeMessage((event) => this.#receive(event), { type: "objclass/subscribe" })
      .catch(() => null);
    await this.refresh();
  }

  async stop() {
    const { connection } = this.#hass;
    connection.removeEventListener("ready", this.#onReady);
    connection.removeEventListener("disconnected", this.#onLost);
    const unsubscribe = await this.#unsubscribe;
    this.#unsubscribe = null;
    try {
      await unsubscribe?.();
    } catch {
      // The connection is gone, and the subscription with it.
    }
  }

  /** Ask the server; raises RefusedError with words for people. */
  async ask(command, data = {}) {
    if (!this.connected) throw new RefusedError(this.#explain({ code: "connection_lost" }));
    try {
      return await this.#hass.callWS({ type: `objclass/${command}`, ...data });
    } catch (error) {
      throw new RefusedError(this.#explain(error), error);
    }
  }

  async refresh() {
    try {
      const answer = await this.ask("classifiers");
      this.classifiers = [...answer.classifiers.map(complete), ...this.#reloading(answer)];
      this.entries = answer.entries;
      this.isAdmin = answer.is_admin;
      this.problem = null;
    } catch (error) {
      this.problem = error.message;
    }
    this.#changed();
  }

  /** Classifiers of an entry that is being loaded anew: they are back in a second. */
  #reloading({ classifiers, entries }) {
    const away = new Set(entries.filter((entry) => !entry.available).map((entry) => entry.entry_id));
    const here = new Set(classifiers.map((item) => item.id));
    return (this.classifiers ?? [])
      .filter((item) => away.has(item.entry_id) && !here.has(item.id))
      .map((item) => ({ ...item, available: false }));
  }

  async refreshStatus() {
    this.status = await this.ask("status");
    this.#changed();
  }

  /** Return a classifier, or undefined. */
  classifier(id) {
    return this.classifiers?.find((item) => item.id === id);
  }

  /** Return what people call a camera of an entry. */
  cameraName(entryId, id) {
    const cameras = this.entries.find((item) => item.entry_id === entryId)?.cameras;
    return cameras?.find((camera) => camera.id === id)?.name ?? id;
  }

  /** Return the running or last job of a kind: { share, done, error }, or null. */
  progress(id, job) {
    return this.#progress.get(`${id} ${job}`) ?? null;
  }

  /**
   * Label samples. `before` is their present label by id. Returns what the server says;
   * raises RefusedError, and then nothing was changed.
   */
  async label(classifierId, before, name) {
    const change = { classifierId, before };
    this.undo.push(change);
    this.#labelled(classifierId, Object.keys(before), () => name);
    try {
      return await this.#send(classifierId, Object.keys(before), name);
    } catch (error) {
      this.undo.drop(change);
      this.#labelled(classifierId, Object.keys(before), (id) => before[id]);
      throw error;
    }
  }

  /** Take the newest change back. Returns it, or null when there is none. */
  async undoLast() {
    const change = this.undo.pop();
    if (!change) return null;
    const { classifierId, before } = change;
    this.#labelled(classifierId, Object.keys(before), (id) => before[id]);
    try {
      for (const [label, ids] of byLabel(before)) await this.#send(classifierId, ids, label);
    } catch (error) {
      this.dispatchEvent(new CustomEvent("samples", { detail: { classifier_id: classifierId, reset: true } }));
      throw error;
    }
    return change;
  }

  async #send(classifierId, ids, name) {
    let answer = null;
    let copies = 0;
    for (let start = 0; start < ids.length; start += MOST_LABELLED) {
      const some = ids.slice(start, start + MOST_LABELLED);
      answer = await this.ask("label", { classifier_id: classifierId, sample_ids: some, class: name });
      copies += answer.near_copies;
    }
    const classifier = this.classifier(classifierId);
    if (classifier) classifier.labelled = answer.labelled;
    this.#changed();
    return { ...answer, near_copies: copies };
  }

  #labelled(classifierId, ids, labelOf) {
    this.dispatchEvent(new CustomEvent("labelled", { detail: { classifierId, ids, labelOf } }));
  }

  #receive(event) {
    if (event.event === "classifier") this.#put(event.classifier);
    else if (event.event === "classifiers") return void this.refresh();
    else if (event.event === "status") this.status = event.status;
    else if (event.event === "progress") this.#progress.set(`${event.classifier_id} ${event.job}`, event);
    else if (event.event === "history") {
      this.dispatchEvent(new Event("history"));
      return;
    } else if (event.event === "samples") {
      this.dispatchEvent(new CustomEvent("samples", { detail: event }));
      return;
    }
    this.#changed();
  }

  #put(classifier) {
    const place = (this.classifiers ?? []).findIndex((item) => item.id === classifier.id);
    if (place < 0) void this.refresh();
    else this.classifiers = this.classifiers.with(place, complete(classifier));
  }

  #setConnected(connected) {
    if (this.connected === connected) return;
    this.connected = connected;
    if (connected) {
      void this.refresh();
      this.dispatchEvent(new CustomEvent("samples", { detail: { reset: true } }));
      this.dispatchEvent(new Event("history"));
    }
    this.#changed();
  }

  #changed() {
    this.dispatchEvent(new Event("changed"));
  }
}

/** Not every kind of classifier has objects and cameras of Frigate's: what is not there is empty. */
function complete(classifier) {
  return { labels: [], cameras: [], in_view: [], last: [], rules: {}, available: true, ...classifier };
}
