/**
 * Step 2 of a new classifier: pictures from Frigate's past, one class at a time. Every
 * tap is a label on the server at once, so leaving and coming back loses nothing.
 */

import "../parts/grid.js";
import { css, define, html } from "../lit.js";
import { colorOf, NONE } from "../palette.js";
import { go, path } from "../route.js";
import { Renewal } from "../renewal.js";
import { SampleList } from "../samples.js";
import { emptyState, icon, progressBar, tell } from "../ui.js";
import { View } from "../view.js";

const COLLECTED = 60;

class Examples extends View {
  static properties = { ...View.properties, _version: { state: true }, _collecting: { state: true }, _problem: { state: true }, _shown: { state: true } };

  #list = null;
  #step = null;
  #renewal = new Renewal(
    (ids) => this.store.ask("addresses", { classifier_id: this.classifier.id, sample_ids: ids }),
    (addresses) => {
      this.#list.readdress(addresses);
      this._version += 1;
    },
  );

  constructor() {
    super();
    this._version = 0;
    this._collecting = false;
    this._problem = null;
    this._shown = [];
  }

  connectedCallback() {
    super.connectedCallback();
    this.store.addEventListener("labelled", this.#onLabelled);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.store.removeEventListener("labelled", this.#onLabelled);
  }

  #onLabelled = (event) => {
    const { ids, labelOf } = event.detail;
    if (this.#list?.relabel(ids, labelOf)) this._version += 1;
  };

  /** The class of this step. */
  get #name() {
    const { classes } = this.classifier;
    return classes.includes(this.route.query.class) ? this.route.query.class : classes[0];
  }

  willUpdate() {
    if (!this.#list) void this.#open();
    if (this.#step !== this.#name) {
      this.#step = this.#name;
      this.#show();
    }
  }

  async #open() {
    const id = this.classifier.id;
    // What was gathered: what comes in live meanwhile is not for this page to decide.
    this.#list = new SampleList((cursor, limit) =>
      this.store.ask("samples", { classifier_id: id, filter: { source: "collect" }, order: "newest", limit, cursor }));
    try {
      await this.#list.more();
      this.#show();
      await this.#rest();
      if (this.store.isAdmin && (!this.#list.items.size || this.route.query.collect)) {
        go(path("examples", id, { class: this.route.query.class }), { replace: true });
        await this.#collect();
      }
    } catch (error) {
      this._problem = error.message;
    }
    this.#show();
  }

  async #collect() {
    this._collecting = true;
    this._problem = null;
    try {
      await this.store.ask("collect", { classifier_id: this.classifier.id, count: COLLECTED });
      await this.#list.reload();
      await this.#rest();
    } catch (error) {
      this._problem = error.message;
    } finally {
      this._collecting = false;
      this.#show();
    }
  }

  /** Load the other pages too: at the end the untouched ones become none, all of them. */
  async #rest() {
    while (!this.#list.complete) {
      await this.#list.more();
      this.#lay();
    }
  }

  /** What this step shows stays where it is while it is tapped. */
  #show() {
    this.#lay();
    this.renderRoot?.querySelector("objclass-grid")?.toTop();
  }

  #lay() {
    const name = this.#name;
    this._shown = (this.#list?.all ?? []).filter((item) => item.label === null || item.label === name).map((item) => item.id);
    this._version += 1;
  }

  async #label(ids, name) {
    const before = {};
    for (const id of ids) before[id] = this.#list.items.get(id).label;
    try {
      await this.store.label(this.classifier.id, before, name);
      return true;
    } catch (error) {
      tell(this, this.t("label.refused", { error: error.message }), { error: true });
      return false;
    }
  }

  #tapped(ids) {
    const name = this.#name;
    const all = ids.every((id) => this.#list.items.get(id).label === name);
    void this.#label(ids, all ? null : name);
  }

  #goTo(name) {
    go(path("examples", this.classifier.id, { class: name }));
  }

  async #finish() {
    const rest = this.#list.all.filter((item) => item.label === null).map((item) => item.id);
    if (rest.length && !(await this.#label(rest, NONE))) return;
    go(path("training", this.classifier.id, { start: "1" }));
  }

  render() {
    const { t, f, store, classifier } = this;
    if (!store.isAdmin) return emptyState("alertOutline", t("examples.title"), t("not_admin"));
    if (this._collecting) return this.#waiting();
    const list = this.#list;
    if (this._problem && !list.items.size) {
      return emptyState("alertCircleOutline", t("examples.failed"), this._problem, html`<button type="button" class="button main" @click=${() => this.#collect()}>${icon("refresh")}${t("retry")}</button>`);
    }
    // Else it would ask to tap pictures before it is known whether there are any.
    if (!list.complete && !list.items.size) return html`<div class="empty"><div class="wide">${progressBar(null, t("loading"))}</div></div>`;
    if (list.complete && !list.items.size) {
      return emptyState("clockOutline", t("examples.none.title"), t("examples.none.text", { labels: classifier.labels.join(", ") }),
        html`<div class="row wrap"><button type="button" class="button main" @click=${() => this.#collect()}>${icon("refresh")}${t("examples.again")}</button><a class="button" href=${path("recent", classifier.id)}>${t("tab.recent")}</a></div>`);
    }
    const cameras = Object.fromEntries(classifier.cameras.map((camera) => [camera.id, camera.name]));
    return html`<objclass-grid .t=${t} .f=${f} .samples=${list.items} .groups=${this.#groups} .total=${list.items.size}
      .selected=${this.#selected} .classes=${classifier.all_classes} .cameras=${cameras} .brush=${this.#name} .readOnly=${false} .simple=${true}
      .hassUrl=${(address) => store.hass.hassUrl(address)}
      @paint=${(event) => this.#tapped(event.detail.ids)} @chip=${(event) => this.#tapped([event.detail.id])}
      @expired=${(event) => this.#renewal.want(event.detail.id)}>${this.#head()}</objclass-grid>
      ${this.#foot()}`;
  }

  #cache = { shown: null, groups: [] };

  get #groups() {
    if (this.#cache.shown !== this._shown || this.#cache.version !== this._version) {
      this.#cache = { shown: this._shown, version: this._version, groups: [{ key: "all", header: false, ids: this._shown }] };
    }
    return this.#cache.groups;
  }

  get #selected() {
    const name = this.#name;
    return new Set(this._shown.filter((id) => this.#list.items.get(id)?.label === name));
  }

  #waiting() {
    const { t, f, store, classifier } = this;
    const share = store.progress(classifier.id, "collect")?.share ?? null;
    return html`<div class="empty"><div class="empty-icon">${icon("imageSearchOutline")}</div><h2>${t("examples.collecting")}</h2>
      <p>${t("examples.collecting_text", { labels: classifier.labels.join(", ") })}</p>
      <div class="wide">${progressBar(share, t("examples.collecting"))}</div><p>${share === null ? "" : f.percent(share)}</p></div>`;
  }

  #head() {
    const { t, classifier } = this;
    const name = this.#name;
    return html`<div class="head" style="--c: ${colorOf(classifier.all_classes, name)}">
      <p class="quiet">${t("wizard.step", { step: 2 })}</p>
      <h2>${t("examples.tap", { name: "\u0000" }).split("\u0000").map((part, place) => html`${place ? html`<span class="chip big">${name}</span>` : ""}${part}`)}</h2>
      <p class="quiet">${t("examples.help", { name })}</p>
    </div>`;
  }

  /** Whether there is something to tell apart: pictures of two classes, or of one and others. */
  get #enough() {
    const labels = new Set(this.#list.all.map((item) => item.label ?? NONE));
    for (const [name, count] of Object.entries(this.classifier.labelled)) if (count) labels.add(name);
    return this.#list.complete && labels.size > 1;
  }

  #foot() {
    const { t, classifier } = this;
    const { classes, labelled, all_classes: all } = classifier;
    const place = classes.indexOf(this.#name);
    const last = place === classes.length - 1;
    const rest = this.#list.all.filter((item) => item.label === null).length;
    return html`<div class="foot"><div class="inside">
      <div class="steps" role="group" aria-label=${t("dataset.classes")}>${classes.map((name) => html`<button type="button" class="choice" style="--c: ${colorOf(all, name)}" aria-pressed=${String(name === this.#name)} @click=${() => this.#goTo(name)}><span class="dot"></span>${name}<span class="quiet">${labelled[name] ?? 0}</span></button>`)}
        <span class="choice rest" style="--c: ${colorOf(all, NONE)}"><span class="dot"></span>${t("examples.rest", { count: rest })}</span></div>
      <div class="row actions">
        <button type="button" class="button plain" @click=${() => this.#collect()}>${icon("download")}${t("examples.more")}</button>
        <span class="grow"></span>
        ${last
          ? html`<button type="button" class="button main" ?disabled=${!this.#enough} title=${this.#enough ? "" : t("examples.not_enough")} @click=${() => this.#finish()}>${icon("schoolOutline")}${t("examples.finish")}</button>`
          : html`<button type="button" class="button main" @click=${() => this.#goTo(classes[place + 1])}>${t("examples.next", { name: classes[place + 1] })}${icon("chevronRight")}</button>`}
      </div></div></div>`;
  }

  static styles = [View.styles, css`
    :host { display: flex; flex-direction: column; min-height: 0; }
    objclass-grid { flex: 1; min-height: 0; }
    .wide { width: min(400px, 100%); }
    .head { text-align: center; padding: 16px 8px; display: grid; gap: 6px; justify-items: center; }
    .head h2 { font-size: 22px; line-height: 1.6; }
    .chip.big { font-size: inherit; padding: 2px 14px; border-radius: 20px; vertical-align: bottom; }
    .foot { flex: none; background: var(--surface); border-top: 1px solid var(--line); box-shadow: 0 -2px 12px rgb(0 0 0 / 8%); z-index: 1; }
    .foot .inside { display: flex; gap: 16px; padding: 10px 16px; max-width: 1832px; margin: 0 auto; align-items: center; }
    .steps { display: flex; gap: 8px; overflow-x: auto; padding: 2px; scrollbar-width: none; min-width: 0; }
    .steps > * { flex: none; }
    .rest { border-style: dashed; color: var(--quiet); }
    .actions { flex: 1 0 auto; }
    @media (max-width: 800px) { .foot .inside { flex-direction: column; align-items: stretch; gap: 8px; padding: 8px; } .actions { flex: none; } }
  `];
}

define("objclass-examples", Examples);
