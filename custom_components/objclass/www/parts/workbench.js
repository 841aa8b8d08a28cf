/**
 * Pictures, and everything one does with them: select, label, take back, delete, look
 * why. Recent and Dataset are this with another filter above.
 */

import "./ask.js";
import "./class-bar.js";
import "./details.js";
import "./grid.js";
import { isForDialog } from "../front.js";
import { css, define, html, LitElement } from "../lit.js";
import { groupOf } from "../kinds.js";
import { byEvent } from "../layout.js";
import { classOf } from "../palette.js";
import { remember } from "../route.js";
import { Renewal } from "../renewal.js";
import { SampleList } from "../samples.js";
import { EMPTY, extend, keep, toggle, toggleAll } from "../selection.js";
import { shared } from "../styles.js";
import { icon, progressBar, takeKey, tell } from "../ui.js";

const ALIKE = 3; // pictures of one visit: more are told to be near copies
const LOOKED_AT = 100; // new pictures that are counted
const RESTORED = 4000; // samples that are loaded to get back to where somebody was
const PAUSE = 2000; // milliseconds after a refusal until it is asked again
const REFETCHED = 24; // changed elsewhere: more than that and the list is loaded anew

class Workbench extends LitElement {
  static properties = {
    store: { attribute: false },
    t: { attribute: false },
    f: { attribute: false },
    classifier: { attribute: false },
    filter: { attribute: false }, // { filter, order } for the server
    grouped: { type: Boolean },
    place: { attribute: false }, // { at, show } of the address: where somebody was
    tick: { attribute: false },
    _list: { state: true },
    _selection: { state: true },
    _brush: { state: true },
    _version: { state: true },
    _problem: { state: true },
  };

  #asked = null;
  #groups = { version: -1, grouped: null, value: [] };
  #returned = false;
  #looking = false;
  #again = 0; // when it may be asked again after a refusal
  #renewal = new Renewal(
    (ids) => this.store.ask("addresses", { classifier_id: this.classifier.id, sample_ids: ids }),
    (addresses) => {
      this._list.readdress(addresses);
      this._version += 1;
    },
  );

  constructor() {
    super();
    this._selection = EMPTY;
    this._brush = null;
    this._version = 0;
  }

  connectedCallback() {
    super.connectedCallback();
    this.store?.addEventListener("labelled", this.#onLabelled);
    this.store?.addEventListener("samples", this.#onSamples);
    window.addEventListener("keydown", this.#onKey, { capture: true });
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.store.removeEventListener("labelled", this.#onLabelled);
    this.store.removeEventListener("samples", this.#onSamples);
    window.removeEventListener("keydown", this.#onKey, { capture: true });
  }

  willUpdate(changed) {
    if (changed.has("store") && this.isConnected) {
      this.store.addEventListener("labelled", this.#onLabelled);
      this.store.addEventListener("samples", this.#onSamples);
    }
    const asked = JSON.stringify([this.classifier.id, this.filter]);
    if (asked !== this.#asked) {
      this.#asked = asked;
      this.#open();
    } else if (this._problem && changed.has("tick") && this.#mayAsk) {
      void this.#load((list) => list.reload());
    }
  }

  /** Whether nobody is asked at the moment, nor was refused just now. */
  get #mayAsk() {
    return this.store.connected && !this._list.loading && Date.now() >= this.#again;
  }

  #open() {
    const { classifier, filter, store } = this;
    this._list = new SampleList((cursor, limit) =>
      store.ask("samples", { classifier_id: classifier.id, ...filter, limit, cursor }));
    this._selection = EMPTY;
    if (!this.#returned) return void this.#return();
    this.#load((list) => list.more());
    this.#grid?.toTop();
  }

  /** Go back to where somebody was before the page was loaded anew. */
  async #return() {
    this.#returned = true;
    const { at, show } = this.place ?? {};
    await this.#load((list) => (at ? list.until(at, RESTORED) : list.more()));
    if (!at && !show) return;
    await this.updateComplete;
    await this.#grid.updateComplete;
    if (at) this.#grid.bring(at);
    if (show) this.#why(show);
  }

  async #load(job) {
    const list = this._list;
    try {
      await job(list);
      this._problem = null;
      this.#again = 0;
    } catch (error) {
      this._problem = error.message;
      this.#again = Date.now() + PAUSE;
    }
    if (list !== this._list) return;
    this._selection = keep(this._selection, [...list.items.keys()]);
    this._version += 1;
  }

  get #grid() {
    return this.renderRoot?.querySelector("objclass-grid");
  }

  get #readOnly() {
    return !this.store.isAdmin;
  }

  // What happens elsewhere

  #onLabelled = (event) => {
    const { classifierId, ids, labelOf } = event.detail;
    if (classifierId === this.classifier.id && this._list.relabel(ids, labelOf)) this._version += 1;
  };

  #onSamples = (event) => {
    const { classifier_id: id, reset, added = [], changed = [], removed = [] } = event.detail;
    if (reset) return void this.#load((list) => list.reload());
    if (id !== this.classifier.id) return;
    this.#forget(removed);
    const known = changed.filter((item) => this._list.items.has(item));
    if (known.length > REFETCHED) void this.#load((list) => list.reload());
    else for (const item of known) void this.#renew(item);
    this._version += 1;
    if (added.some((item) => !this._list.items.has(item))) void this.#look();
  };

  /** Pictures are gone: nobody can do anything with them any more. */
  #forget(ids) {
    if (!ids.length) return;
    this._list.remove(ids);
    this._selection = keep(this._selection, [...this._list.items.keys()]);
    const details = this.renderRoot?.querySelector("objclass-details");
    if (ids.includes(details?.shown)) details.close();
  }

  /** Pictures have come: take in those that belong here, or say how many there are. */
  async #look() {
    if (this.#looking) return;
    const grid = this.#grid;
    const idle = grid?.atTop && this._selection.ids.size === 0 && !grid.focused;
    if (idle && this.filter.order === "newest") return void this.#load((list) => list.reload());
    this.#looking = true;
    const list = this._list;
    try {
      const { samples } = await this.store.ask("samples", {
        classifier_id: this.classifier.id, ...this.filter, order: "newest", limit: LOOKED_AT, cursor: null,
      });
      const newest = Math.max(0, ...list.all.map((item) => item.time));
      list.fresh = samples.filter((item) => item.time > newest && !list.items.has(item.id)).length;
      this._version += 1;
    } catch {
      // It is looked at again when the next picture comes.
    } finally {
      this.#looking = false;
    }
  }

  async #renew(id) {
    try {
      const { sample } = await this.store.ask("sample", { classifier_id: this.classifier.id, sample_id: id });
      this._list.put(sample);
      this._version += 1;
    } catch {
      // It went meanwhile; the server says so itself.
    }
  }

  // What a person does

  async #label(ids, name) {
    const before = {};
    for (const id of ids) {
      const sample = this._list.items.get(id);
      if (sample && sample.label !== name) before[id] = sample.label;
    }
    const count = Object.keys(before).length;
    this._selection = EMPTY;
    if (!count) return;
    const said = name === null ? this.t("label.removed", { count }) : this.t("label.done", { count, name });
    tell(this, said, { undo: true });
    try {
      const { near_copies: copies } = await this.store.label(this.classifier.id, before, name);
      if (copies && name !== null) tell(this, `${said} ${this.t("label.copies", { count: copies })}`, { undo: true });
    } catch (error) {
      tell(this, this.t("label.refused", { error: error.message }), { error: true });
    }
  }

  async #remove(ids) {
    const { t } = this;
    const sure = await this.renderRoot.querySelector("objclass-ask").ask({
      title: t("delete.title", { count: ids.length }), text: t("delete.text"), action: t("delete.action"), danger: true,
    });
    if (!sure) return;
    try {
      const { deleted } = await this.store.ask("delete", { classifier_id: this.classifier.id, sample_ids: ids });
      this._list.remove(ids);
      this._selection = EMPTY;
      this._version += 1;
      tell(this, t("delete.done", { count: deleted }));
    } catch (error) {
      tell(this, error.message, { error: true });
    }
  }

  #choose(name) {
    if (this._selection.ids.size) void this.#label([...this._selection.ids], name);
    else this._brush = this._brush === name ? null : name;
  }

  #pick({ id, range, many }) {
    if (range) this._selection = extend(this._selection, this.#grid.order, id);
    else if (many) this._selection = { ids: new Set([...this._selection.ids, id]), anchor: id, base: new Set(this._selection.ids) };
    else this._selection = toggle(this._selection, id);
  }

  #paint(ids) {
    const all = ids.every((id) => this._list.items.get(id)?.label === this._brush);
    void this.#label(ids, all ? null : this._brush);
  }

  #chip(id) {
    const sample = this._list.items.get(id);
    void this.#label([id], sample.label === null ? sample.predicted : null);
  }

  #why(id) {
    this.renderRoot.querySelector("objclass-details").open(id);
  }

  // Keys

  #onKey = (event) => {
    const [target] = event.composedPath();
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#grid) return;
    if (["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName) || target.isContentEditable) return;
    if (isForDialog(event)) return;
    const details = this.renderRoot.querySelector("objclass-details");
    if (details.shown !== null) {
      if (details.key(event.key)) takeKey(event);
      return;
    }
    if (this.#key(event, target)) takeKey(event);
  };

  #key(event, target) {
    const grid = this.#grid;
    const { key } = event;
    const id = grid.focused;
    if (key.startsWith("Arrow") || key === "Home" || key === "End") {
      const before = id;
      const now = grid.move(key);
      if (event.shiftKey && now !== null && !this.#readOnly) {
        if (!this._selection.ids.size && before) this.#pick({ id: before, many: true });
        this.#pick({ id: now, range: true });
      }
      return true;
    }
    if (key === "Escape") {
      this._selection = EMPTY;
      this._brush = null;
      return true;
    }
    if (id === null) return false;
    if (key === "Enter" && target.classList?.contains("picture")) {
      this.#why(id);
      return true;
    }
    return !this.#readOnly && this.#change(key, id, target);
  }

  /** Keys that change something: on the selection, else on the picture in focus. */
  #change(key, id, target) {
    const ids = this._selection.ids.size ? [...this._selection.ids] : [id];
    const name = classOf(this.classifier.all_classes, key);
    if (key === " ") {
      if (!target.classList?.contains("picture")) return false;
      this._selection = toggle(this._selection, id);
    } else if (name !== null) this.#labelAndGoOn(ids, name);
    else if (key === "x" || key === "Backspace") this.#labelAndGoOn(ids, null);
    else if (key === "y") {
      const { predicted } = this._list.items.get(id) ?? {};
      if (predicted) this.#labelAndGoOn([id], predicted);
    } else if (key === "Delete") void this.#remove(ids);
    else if (key === "e") {
      const of = groupOf(this.classifier);
      const item = this._list.items.get(id);
      if (item) this._selection = toggleAll(this._selection, this._list.all.filter((other) => of(other) === of(item)).map((other) => other.id));
    } else return false;
    return true;
  }

  #labelAndGoOn(ids, name) {
    void this.#label(ids, name);
    if (ids.length === 1) this.#grid.move("ArrowRight");
  }

  // What is shown

  /** Whether several pictures are selected, and all of them are of one visit. */
  get #oneVisit() {
    const { ids } = this._selection;
    if (ids.size < ALIKE) return false;
    const events = new Set([...ids].map((id) => this._list.items.get(id)?.event_id ?? id));
    return events.size === 1;
  }

  get #grouped() {
    const { version, grouped } = this.#groups;
    if (version !== this._version || grouped !== this.grouped || this.#groups.list !== this._list) {
      const samples = this._list.all;
      const value = this.grouped ? byEvent(samples, groupOf(this.classifier)) : [{ key: "all", header: false, ids: samples.map((item) => item.id) }];
      this.#groups = { version: this._version, grouped: this.grouped, list: this._list, value };
    }
    return this.#groups.value;
  }

  render() {
    const { t, f, classifier, store } = this;
    const list = this._list;
    const { all_classes: classes } = classifier;
    const empty = list.complete && !list.items.size;
    const cameras = Object.fromEntries(store.entries.flatMap((entry) => entry.cameras.map((camera) => [camera.id, camera.name])));
    return html`
      <objclass-grid
        .t=${t} .f=${f} .samples=${list.items} .groups=${this.#grouped} .total=${list.total}
        .selected=${this._selection.ids} .classes=${classes} .cameras=${cameras}
        .brush=${this._brush} .readOnly=${this.#readOnly} .hassUrl=${(path) => store.hass.hassUrl(path)}
        @pick=${(event) => this.#pick(event.detail)}
        @paint=${(event) => this.#paint(event.detail.ids)}
        @chip=${(event) => this.#chip(event.detail.id)}
        @why=${(event) => this.#why(event.detail.id)}
        @event=${(event) => { this._selection = toggleAll(this._selection, event.detail.ids); }}
        @more=${() => { if (this.#mayAsk && !list.complete) void this.#load((item) => item.more()); }}
        @expired=${(event) => this.#renewal.want(event.detail.id)}
        @scrolled=${(event) => remember({ at: event.detail.id })}
      >
        <slot></slot>
        ${this._problem ? html`<div class="alert error" role="alert">${icon("alertCircleOutline")}<span>${this._problem}</span></div>` : ""}
        ${list.items.size || empty || this._problem ? "" : progressBar(null, t("loading"))}
        ${empty ? html`<slot name="empty"></slot>` : ""}
      </objclass-grid>
      ${list.fresh ? html`<button type="button" class="button main fresh" @click=${() => this.#fresh()}>${icon("refresh")}${t("grid.fresh", { count: list.fresh })}</button>` : ""}
      ${this.#readOnly || empty ? "" : html`<objclass-class-bar
        .t=${t} .classes=${classes} .counts=${classifier.labelled}
        .selected=${this._selection.ids.size} .copies=${this.#oneVisit} .brush=${this._brush}
        @choose=${(event) => this.#choose(event.detail.name)}
        @remove=${() => this.#remove([...this._selection.ids])}
        @clear=${() => { this._selection = EMPTY; this._brush = null; }}
      ></objclass-class-bar>`}
      <objclass-details
        .t=${t} .f=${f} .store=${store} .classifier=${classifier} .samples=${list.items} .cameras=${cameras} .version=${this._version}
        @shown=${(event) => remember({ show: event.detail.id })} @expired=${(event) => this.#renewal.want(event.detail.id)}
        @label-one=${(event) => this.#label([event.detail.id], event.detail.name)}
        @step=${(event) => this.#step(event.detail)}
        @event-all=${(event) => { this._selection = toggleAll(EMPTY, list.all.filter((item) => item.event_id === event.detail.event).map((item) => item.id)); }}
      ></objclass-details>
      <objclass-ask .t=${t}></objclass-ask>`;
  }

  #step({ id, by }) {
    const { order } = this.#grid;
    const next = order[order.indexOf(id) + by];
    if (!next) return;
    this.#grid.focusOn(next);
    this.#why(next);
  }

  async #fresh() {
    await this.#load((list) => list.reload());
    this.#grid.toTop();
  }

  static styles = [shared, css`
    :host { display: flex; flex-direction: column; min-height: 0; height: 100%; position: relative; }
    objclass-grid { flex: 1; }
    .fresh { position: absolute; top: 12px; left: 50%; transform: translateX(-50%); z-index: 3; box-shadow: 0 2px 12px rgb(0 0 0 / 30%); }
  `];
}

define("objclass-workbench", Workbench);
