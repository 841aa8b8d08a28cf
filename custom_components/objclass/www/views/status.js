/** Is it working? One sentence, and what it is made of. */

import { css, html } from "../lit.js";
import { emptyState, icon, progressBar } from "../ui.js";
import { View } from "../view.js";

const EVERY = 5000; // milliseconds
const COUNTS = ["attempts", "failed_fetches", "bad_pictures", "invalid_messages", "errors"];
const BUSY = 20; // objects that wait: more than this and it does not keep up

class Status extends View {
  static properties = { ...View.properties, _problem: { state: true } };

  #timer = 0;

  connectedCallback() {
    super.connectedCallback();
    void this.#look();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    clearTimeout(this.#timer);
  }

  async #look() {
    try {
      await this.store.refreshStatus();
      this._problem = null;
    } catch (error) {
      this._problem = error.message;
    }
    clearTimeout(this.#timer);
    if (this.isConnected) this.#timer = setTimeout(() => this.#look(), EVERY);
  }

  render() {
    const { t, store } = this;
    const { status } = store;
    if (!status) {
      return html`<div class="page">${this._problem ? html`<div class="alert error" role="alert">${icon("alertCircleOutline")}<span>${this._problem}</span></div>` : progressBar(null, t("loading"))}</div>`;
    }
    if (!status.entries.length) return emptyState("cctv", t("empty.entry.title"), t("empty.entry.text"));
    return html`<div class="page">${this.#verdict(status)} ${status.entries.map((entry) => this.#entry(entry))} ${this.#runtime(status)}</div>`;
  }

  #verdict(status) {
    const { t, f, store } = this;
    const problems = status.entries.flatMap((entry) => [
      ...problemsOf(entry).map((key) => t(`status.problem.${key}`, { title: entry.title, waiting: entry.waiting })),
      ...(entry.error ? [`${entry.title}: ${entry.error}`] : []),
    ]);
    const untrained = store.classifiers.filter((item) => !item.trained).map((item) => t("status.problem.untrained", { title: item.name }));
    const level = problems.length ? "error" : untrained.length ? "warning" : "success";
    const seen = status.entries.reduce((sum, entry) => sum + entry.counts.attempts, 0);
    return html`<div class="card verdict ${level}" role="status">
      <div class="empty-icon">${icon(level === "success" ? "checkBold" : "alertOutline")}</div>
      <h2>${t(`status.${level}`)}</h2>
      ${problems.length || untrained.length ? html`<ul>${[...problems, ...untrained].map((text) => html`<li>${text}</li>`)}</ul>`
        : html`<p class="quiet">${seen ? t("status.seen", { count: seen }) : t("status.waiting")}</p>`}
    </div>`;
  }

  #entry(entry) {
    const { t, f } = this;
    const check = (good, words) => html`<li class=${good ? "good" : "bad"}>${icon(good ? "checkCircleOutline" : "alertCircleOutline")}<span>${words}</span></li>`;
    return html`<div class="card"><h3>${entry.title}</h3>
      <ul class="checks">
        ${check(entry.available, entry.available ? t("status.frigate_up", { version: entry.frigate_version ?? "" }) : t("status.frigate_down"))}
        ${check(entry.mqtt_connected, t(entry.mqtt_connected ? "status.mqtt_up" : "status.mqtt_down"))}
        ${check(entry.waiting < BUSY && !entry.dropped, t("status.queue", { waiting: entry.waiting, dropped: entry.dropped }))}
      </ul>
      <dl>
        <div><dt>${t("status.ms")}</dt><dd>${typeof entry.ms_per_look === "number" ? t("status.ms_value", { ms: f.tenth(entry.ms_per_look) }) : "–"}</dd></div>
        ${COUNTS.map((key) => html`<div class=${key !== "attempts" && entry.counts[key] ? "bad" : ""}><dt>${t(`status.count.${key}`)}</dt><dd>${f.number(entry.counts[key] ?? 0)}</dd></div>`)}
      </dl></div>`;
  }

  #runtime({ runtime, version }) {
    const { t } = this;
    const row = (name, value) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
    return html`<div class="card"><h3>${t("status.runtime")}</h3><dl>
      ${runtime ? html`${row(t("status.runtime_name"), runtime.name)} ${row(t("status.backbone"), runtime.backbone)} ${row(t("status.threads"), runtime.threads)}` : ""}
      ${row(t("status.version"), version)}</dl></div>`;
  }

  static styles = [View.styles, css`
    .page { max-width: 760px; }
    .verdict { display: grid; justify-items: center; gap: 12px; padding: 32px 24px; text-align: center; --v: var(--success-color); }
    .verdict.warning { --v: var(--warning-color); } .verdict.error { --v: var(--error-color); }
    .verdict > * { margin: 0 !important; }
    .verdict ul { text-align: left; padding-left: 20px; }
    .empty-icon { background: color-mix(in srgb, var(--v) 16%, transparent); color: var(--v); }
    .checks { list-style: none; padding: 0; display: grid; gap: 10px; }
    .checks li { display: flex; gap: 12px; align-items: center; }
    .good .icon { color: var(--success-color); } .checks .bad .icon { color: var(--error-color); }
    dl { margin: 16px 0 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 0 32px; }
    dl > div { display: flex; justify-content: space-between; gap: 16px; padding: 8px 0; border-bottom: 1px solid var(--line); }
    dt { color: var(--quiet); } dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    dl .bad dd { color: var(--error-color); font-weight: 500; }
  `];
}

function problemsOf({ available, mqtt_connected: mqtt, waiting }) {
  return [!available && "frigate", !mqtt && "mqtt", waiting >= BUSY && "slow"].filter(Boolean);
}

customElements.define("objclass-status", Status);
