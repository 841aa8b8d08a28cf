/** What a run found, as pictures by class; a tap opens one, to be labelled. */

import { show } from "../front.js";
import { css, html, LitElement } from "../lit.js";
import { colorOf, NONE } from "../palette.js";
import { shared } from "../styles.js";
import { icon, tell } from "../ui.js";

const PAGE = 60;

class PastResults extends LitElement {
  static properties = {
    store: { attribute: false }, t: { attribute: false }, f: { attribute: false }, run: { attribute: false }, tick: { attribute: false },
    _classifier: { state: true }, _class: { state: true }, _results: { state: true }, _total: { state: true },
    _next: { state: true }, _open: { state: true }, _labelled: { state: true },
  };

  #shown = "";

  constructor() {
    super();
    this._classifier = null;
    this._class = null;
    this._results = [];
    this._total = 0;
    this._next = null;
    this._open = null;
    this._labelled = {};
  }

  get #classifier() {
    return this._classifier && this.run.classes[this._classifier] ? this._classifier : Object.keys(this.run.classes)[0] ?? null;
  }

  /** The classes with results, most of them first, what is undecided last. */
  get #classes() {
    const counts = Object.entries(this.run.classes[this.#classifier] ?? {});
    return counts.sort(([a, n], [b, m]) => (a === "") - (b === "") || m - n);
  }

  get #class() {
    const names = this.#classes.map(([name]) => name);
    return names.includes(this._class) ? this._class : names[0] ?? null;
  }

  willUpdate() {
    const count = this.run.classes[this.#classifier]?.[this.#class] ?? 0;
    const wanted = JSON.stringify([this.run.id, this.#classifier, this.#class]);
    // While a run goes on, its first page fills up; what is told to Frigate changes it.
    const news = JSON.stringify([wanted, Math.min(count, PAGE), this.run.status]);
    if (this.#shown === news) return;
    const again = this.#shown.includes(wanted.slice(1, -1).replaceAll('"', '\\"'));
    this.#shown = news;
    if (count && !(again && this._results.length > PAGE)) void this.#load(0);
    else if (!count) this._results = [];
  }

  async #load(start) {
    const shown = this.#shown;
    try {
      const page = await this.store.ask("history_results", {
        entry_id: this.run.entry_id, run_id: this.run.id, classifier_id: this.#classifier, class: this.#class, start, limit: PAGE,
      });
      if (shown !== this.#shown) return;
      this._results = start ? [...this._results, ...page.results] : page.results;
      this._total = page.total;
      this._next = page.next;
    } catch (error) {
      tell(this, error.message, { error: true });
    }
  }

  render() {
    const { t, run } = this;
    const all = Object.keys(run.classes);
    if (!all.length) return "";
    const classifier = this.store.classifier(this.#classifier);
    const classes = classifier?.all_classes ?? [];
    return html`<section class="card" aria-label=${t("history.results")}>
      <h3>${t("history.results")}</h3>
      ${all.length > 1 ? html`<div class="row wrap">${all.map((id) => html`<button type="button" class="choice" aria-pressed=${String(id === this.#classifier)}
        @click=${() => { this._classifier = id; }}>${this.store.classifier(id)?.name ?? t("history.gone")}</button>`)}</div>` : ""}
      <div class="row wrap">${this.#classes.map(([name, count]) => html`<button type="button" class="choice" style="--c: ${colorOf(classes, name || NONE)}"
        aria-pressed=${String(name === this.#class)} @click=${() => { this._class = name; }}><span class="dot"></span>${name || t("history.undecided")} <strong>${this.f.number(count)}</strong></button>`)}</div>
      <ul>${this._results.map((item) => this.#tile(item))}</ul>
      ${this._next === null ? "" : html`<button type="button" class="button" @click=${() => this.#load(this._next)}>${t("history.more")}</button>`}
      ${this.#dialog(classifier)}
    </section>`;
  }

  #camera(item) {
    return this.store.cameraName(this.run.entry_id, item.camera);
  }

  #tile(item) {
    const { t, f } = this;
    const label = this._labelled[item.event_id];
    const told = item.told ? t(`history.told.${item.told}`) : "";
    const words = `${item.likeliest}, ${f.percent(item.score)}, ${this.#camera(item)}, ${f.moment(item.time)}`;
    return html`<li><button type="button" class="tile" aria-label=${words} title=${told} @click=${() => this.#show(item)}>
      <img src=${item.thumb} alt="" loading="lazy" @error=${(event) => event.target.classList.add("gone")} />
      <span class="caption"><span>${item.unfamiliar ? icon("accountQuestion") : ""}${label ?? `${item.likeliest} ${f.percent(item.score)}`}</span><span class="quiet">${f.moment(item.time)}</span></span>
    </button></li>`;
  }

  async #show(item) {
    this._open = item;
    await this.updateComplete;
    show(this.renderRoot.querySelector("dialog"));
  }

  #dialog(classifier) {
    const { t, f } = this;
    const item = this._open;
    if (!item) return html`<dialog></dialog>`;
    return html`<dialog aria-labelledby="what" @close=${() => { this._open = null; }}><div class="inside">
      <img src=${item.thumb} alt="" />
      <h2 id="what">${item.class ?? t("history.undecided")}</h2>
      <p class="quiet">${item.likeliest} ${f.finePercent(item.score)} · ${this.#camera(item)} · ${f.full(item.time)}${item.told ? ` · ${t(`history.told.${item.told}`)}` : ""}</p>
      ${this.store.isAdmin && classifier ? html`<p>${t("history.label")}</p><div class="row wrap">
        ${classifier.all_classes.map((name) => html`<button type="button" class="choice" style="--c: ${colorOf(classifier.all_classes, name)}"
          aria-pressed=${String(this._labelled[item.event_id] === name)} @click=${() => this.#label(classifier, item, name)}><span class="dot"></span>${name}</button>`)}</div>` : ""}
      <div class="actions"><button type="button" class="button plain" @click=${(event) => event.target.closest("dialog").close()}>${t("close")}</button></div>
    </div></dialog>`;
  }

  async #label(classifier, item, name) {
    try {
      const { sample_id: sample, label } = await this.store.ask("history_keep", {
        entry_id: this.run.entry_id, run_id: this.run.id, event_id: item.event_id, classifier_id: classifier.id,
      });
      await this.store.label(classifier.id, { [sample]: label }, name);
      this._labelled = { ...this._labelled, [item.event_id]: name };
      this.renderRoot.querySelector("dialog").close();
    } catch (error) {
      tell(this, error.message, { error: true });
    }
  }

  static styles = [shared, css`
    .card > * + * { margin-top: 12px; }
    .choice strong { font-weight: 500; color: var(--quiet); }
    ul { list-style: none; padding: 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(132px, 1fr)); gap: 12px; }
    .tile { display: block; width: 100%; padding: 0; border: 1px solid var(--line); border-radius: 12px; overflow: hidden; background: var(--surface); text-align: left; }
    .tile img { display: block; width: 100%; aspect-ratio: 1; object-fit: cover; background: var(--shade); }
    img.gone { visibility: hidden; }
    .caption { display: grid; padding: 8px 10px; font-size: 13px; }
    .caption > span { display: flex; gap: 4px; align-items: center; overflow: hidden; white-space: nowrap; text-overflow: ellipsis; }
    .caption .icon { width: 16px; height: 16px; }
    dialog img { width: 100%; max-height: 50vh; object-fit: contain; border-radius: 12px; background: var(--shade); }
  `];
}

customElements.define("objclass-past-results", PastResults);
