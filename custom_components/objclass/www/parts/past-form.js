/** What a run over the past is asked for. Tells `start` with what the server wants. */

import { typed, zoneOf } from "../format.js";
import { css, html, LitElement } from "../lit.js";
import { shared } from "../styles.js";
import { icon } from "../ui.js";

const DAYS = [1, 7, 30];

class PastForm extends LitElement {
  static properties = {
    store: { attribute: false }, t: { attribute: false }, classifiers: { attribute: false }, busy: { attribute: false },
    _chosen: { state: true }, _days: { state: true }, _names: { state: true }, _after: { state: true },
    _before: { state: true }, _confidence: { state: true }, _rate: { state: true }, _step: { state: true },
  };

  constructor() {
    super();
    this._chosen = null;
    this._days = 7;
    this._names = { cameras: [], labels: [], zones: [] };
    this._after = "";
    this._before = "";
    this._confidence = "";
    this._rate = 5;
    this._step = 60;
  }

  /** The chosen classifiers, all of one Frigate; at first the first one. */
  get #chosen() {
    return this.classifiers.filter((item) => (this._chosen ?? [this.classifiers[0].id]).includes(item.id));
  }

  /** Whether a classifier of whole pictures is among them. */
  get #ofRecordings() {
    return this.#chosen.some((item) => !item.labels.length);
  }

  #choose(classifier) {
    const others = this.#chosen.filter((item) => item.entry_id === classifier.entry_id && item !== classifier).map((item) => item.id);
    this._chosen = this.#chosen.includes(classifier) ? others : [...others, classifier.id];
  }

  #toggle(key, name) {
    const before = this._names[key];
    this._names = { ...this._names, [key]: before.includes(name) ? before.filter((item) => item !== name) : [...before, name] };
  }

  render() {
    const { t } = this;
    const entry = this.store.entries.find((item) => item.entry_id === this.#chosen[0]?.entry_id);
    return html`<form class="card" @submit=${this.#submit}>
      <h2>${t("history.title")}</h2>
      <p class="quiet">${t("history.about")}</p>
      <fieldset class="field"><legend class="label">${t("history.classifiers")}</legend><div class="row wrap">
        ${this.classifiers.map((item) => this.#choice(item.name, this.#chosen.includes(item), () => this.#choose(item)))}</div></fieldset>
      <fieldset class="field"><legend class="label">${t("history.when")}</legend><div class="row wrap">
        ${DAYS.map((days) => this.#choice(t("history.days", { count: days }), this._days === days, () => { this._days = days; }))}
        ${this.#choice(t("history.own_range"), this._days === 0, () => { this._days = 0; })}</div>
        ${this._days ? "" : html`<div class="row wrap">
          ${this.#moment("history.from", "_after", true)} ${this.#moment("history.to", "_before", false)}</div>`}</fieldset>
      ${entry ? html`
        ${this.#list("cameras", entry.cameras.map(({ id, name }) => [id, name]))}
        ${this.#list("labels", [...new Set(this.#chosen.flatMap((item) => item.labels))].map((name) => [name, name]))}
        ${this.#list("zones", entry.zones.map((name) => [name, name]))}` : ""}
      <div class="numbers">
        <label class="field"><span class="label">${t("history.confidence")}</span>
          <input class="input" type="number" min="0" max="100" step="1" placeholder=${t("history.own_threshold")} .value=${this._confidence}
            @input=${(event) => { this._confidence = event.target.value; }} />
          <span class="help">${t("history.confidence_help")}</span></label>
        ${this.#ofRecordings ? html`<label class="field"><span class="label">${t("history.step")}</span>
          <input class="input" type="number" min="1" max="86400" step="any" required .value=${String(this._step)}
            @input=${(event) => { this._step = event.target.value; }} />
          <span class="help">${t("history.step_help")}</span></label>` : ""}
        <label class="field"><span class="label">${t("history.rate")}</span>
          <input class="input" type="number" min="0.1" max="50" step="any" required .value=${String(this._rate)}
            @input=${(event) => { this._rate = event.target.value; }} />
          <span class="help">${t("history.rate_help")}</span></label>
      </div>
      <button class="button main" ?disabled=${this.busy || !this.#chosen.length}>${icon("imageSearchOutline")}${t("history.start")}</button>
    </form>`;
  }

  #choice(text, pressed, action) {
    return html`<button type="button" class="choice" aria-pressed=${String(pressed)} @click=${action}>${text}</button>`;
  }

  #moment(key, name, required) {
    return html`<label class="field grow"><span>${this.t(key)}</span><input class="input" type="datetime-local" ?required=${required}
      .value=${this[name]} @input=${(event) => { this[name] = event.target.value; }} /></label>`;
  }

  #list(key, options) {
    if (options.length < 2) return "";
    return html`<fieldset class="field"><legend class="label">${this.t(`history.only.${key}`)}</legend><div class="row wrap">
      ${options.map(([name, text]) => this.#choice(text, this._names[key].includes(name), () => this.#toggle(key, name)))}</div></fieldset>`;
  }

  #submit(event) {
    event.preventDefault();
    const [first] = this.#chosen;
    const moment = (text) => typed(text, zoneOf(this.store.hass));
    const range = this._days ? { days: this._days } : {
      after: moment(this._after), ...(this._before ? { before: moment(this._before) } : {}),
    };
    this.dispatchEvent(new CustomEvent("start", { detail: {
      entry_id: first.entry_id, classifier_ids: this.#chosen.map((item) => item.id), ...range, ...this._names,
      ...(this._confidence === "" ? {} : { confidence: Number(this._confidence) / 100 }),
      ...(this.#ofRecordings ? { step: Number(this._step) } : {}),
      per_second: Number(this._rate),
    } }));
  }

  static styles = [shared, css`
    .card { display: grid; gap: 20px; justify-items: start; }
    .card > * { margin: 0 !important; max-width: 100%; }
    fieldset { border: 0; padding: 0; min-width: 0; }
    legend { padding: 0; margin-bottom: 8px; font-weight: 500; }
    .numbers { display: grid; grid-template-columns: repeat(auto-fit, minmax(240px, 1fr)); gap: 16px; width: 100%; }
    .numbers .field { align-content: start; }
  `];
}

customElements.define("objclass-past-form", PastForm);
