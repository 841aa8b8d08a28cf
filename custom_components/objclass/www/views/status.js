/** Is it working? One sentence, and what it is made of. */

import { epoch } from "../format.js";
import { css, define, html } from "../lit.js";
import { firstPage } from "../kinds.js";
import { path } from "../route.js";
import { emptyState, icon, progressBar } from "../ui.js";
import { View } from "../view.js";

const EVERY = 5000; // milliseconds
const COUNTS = ["failed_fetches", "bad_pictures", "invalid_messages", "errors"];
const RUNTIMES = { litert: "LiteRT", numpy: "NumPy" };
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
    return html`<div class="page">${this.#verdict(status)} ${this.#figures(status)} ${status.entries.map((entry) => this.#entry(entry))} ${this.#classifiers()} ${this.#runtime(status)}</div>`;
  }

  #verdict(status) {
    const { t, store } = this;
    const problems = status.entries.flatMap((entry) => [
      ...problemsOf(entry).map((key) => t(`status.problem.${key}`, { title: entry.title, waiting: entry.waiting })),
      ...(entry.error ? [`${entry.title}: ${entry.error}`] : []),
    ]);
    const hints = [
      ...store.classifiers.filter((item) => !item.trained && !item.imported_model).map((item) => t("status.problem.untrained", { title: item.name })),
      ...status.entries.flatMap(({ title, dropped, counts }) => [
        ...(dropped ? [t("status.dropped", { title, count: dropped })] : []),
        ...(counts.errors ? [t("status.errors", { title, count: counts.errors })] : []),
      ]),
    ];
    const level = problems.length ? "error" : hints.length ? "warning" : "success";
    return html`<div class="card verdict ${level}" role="status">
      <div class="empty-icon">${icon(level === "success" ? "checkBold" : "alertOutline")}</div>
      <h2>${t(`status.${level}`)}</h2>
      ${problems.length || hints.length ? html`<ul>${[...problems, ...hints].map((text) => html`<li>${text}</li>`)}</ul>` : ""}
      <p class="quiet">${this.#lately(status)}</p>
    </div>`;
  }

  /** The newest sign that it works. */
  #lately(status) {
    const { t, f, store } = this;
    const all = store.classifiers.flatMap((item) => item.last.map((result) => ({ ...result, cameras: item.cameras })));
    const newest = all.sort((a, b) => b.time - a.time)[0];
    if (newest) {
      const camera = newest.cameras.find((item) => item.id === newest.camera)?.name ?? newest.camera;
      return t("status.last", { name: newest.class, when: f.ago(newest.time), camera });
    }
    const seen = status.entries.reduce((sum, entry) => sum + entry.counts.attempts, 0);
    return seen ? t("status.seen", { count: seen }) : t("status.waiting");
  }

  #figures({ entries, runtime }) {
    const { t, f } = this;
    const sum = (pick) => entries.reduce((all, entry) => all + pick(entry), 0);
    const slowest = Math.max(...entries.map((entry) => entry.ms_per_look ?? -1));
    const figure = (symbol, value, words) => html`<div class="card figure">${icon(symbol)}<strong>${value}</strong><span class="quiet">${words}</span></div>`;
    return html`<div class="figures">
      ${figure("speedometer", slowest < 0 ? "–" : t("status.ms_value", { ms: slowest < 10 ? f.tenth(slowest) : f.number(Math.round(slowest)) }), slowest < 0 ? `${t("status.ms")}: ${t("status.not_yet")}` : t("status.ms"))}
      ${figure("chip", runtime ? RUNTIMES[runtime.name] ?? runtime.name : "–", t("status.runtime_name"))}
      ${figure("eyeOutline", f.number(sum((entry) => entry.counts.attempts)), t("status.looked_at"))}
      ${figure("trayFull", f.number(sum((entry) => entry.waiting)), t("status.waits"))}
    </div>`;
  }

  #entry(entry) {
    const { t, f } = this;
    const check = (good, words) => html`<li class=${good ? "good" : "bad"}>${icon(good ? "checkCircleOutline" : "alertCircleOutline")}<span>${words}</span></li>`;
    const count = (words, number) => html`<div class=${number ? "bad" : ""}><dt>${words}</dt><dd>${f.number(number)}</dd></div>`;
    const busy = entry.waiting || entry.dropped;
    return html`<div class="card"><h3>${entry.title}</h3>
      <ul class="checks">
        ${entry.frigate ? "" : check(entry.available, t("status.own_cameras"))}
        ${!entry.frigate ? "" : check(entry.available, entry.available ? t("status.frigate_up", { version: entry.frigate_version ?? "" }) : t("status.frigate_down"))}
        ${!entry.frigate ? "" : check(entry.mqtt_connected, t(entry.mqtt_connected ? "status.mqtt_up" : "status.mqtt_down"))}
        ${check(entry.waiting < BUSY && !entry.dropped, busy ? t("status.queue", { waiting: entry.waiting, dropped: entry.dropped }) : t("status.queue_empty"))}
      </ul>
      <dl>
        ${count(t("status.drops"), entry.dropped)}
        ${COUNTS.map((key) => count(t(`status.count.${key}`), entry.counts[key] ?? 0))}
      </dl></div>`;
  }

  #classifiers() {
    const { t, f, store } = this;
    if (!store.classifiers.length) return "";
    return html`<div class="card"><h3>${t("status.classifiers")}</h3><ul class="checks">${store.classifiers.map((item) => {
      const { id, name, trained } = item;
      const words = trained ? t("classifier.trained", { when: f.ago(epoch(trained.trained_at)), count: trained.images })
        : t(item.imported_model ? "classifier.imported" : "classifier.untrained");
      const good = trained || item.imported_model;
      return html`<li class=${good ? "good" : "hint"}>${icon(good ? "checkCircleOutline" : "schoolOutline")}<span class="grow"><a href=${path(trained ? "recent" : firstPage(item), id)}>${name}</a><br /><span class="quiet">${words}</span></span></li>`;
    })}</ul></div>`;
  }

  #runtime({ runtime, version }) {
    const { t } = this;
    const row = (name, value) => html`<div><dt>${name}</dt><dd>${value}</dd></div>`;
    return html`<div class="card"><h3>${t("status.runtime")}</h3><dl>
      ${runtime ? html`${row(t("status.runtime_name"), RUNTIMES[runtime.name] ?? runtime.name)} ${row(t("status.backbone"), runtime.backbone)} ${row(t("status.threads"), runtime.threads)}` : ""}
      ${row(t("status.version"), version)}</dl></div>`;
  }

  static styles = [View.styles, css`
    .page { max-width: 760px; }
    .verdict { display: grid; justify-items: center; gap: 12px; padding: 32px 24px; text-align: center; --v: var(--success-color); }
    .verdict.warning { --v: var(--warning-color); } .verdict.error { --v: var(--error-color); }
    .verdict > * { margin: 0 !important; }
    .verdict ul { text-align: left; padding-left: 20px; }
    .empty-icon { background: color-mix(in srgb, var(--v) 16%, transparent); color: var(--v); }
    .figures { display: grid; grid-template-columns: repeat(4, 1fr); gap: 16px; }
    .figure { display: grid; justify-items: center; gap: 4px; text-align: center; padding: 16px 8px; align-content: start; }
    .figure > * { margin: 0 !important; }
    .figure .icon { color: var(--primary-color); }
    .figure strong { font-size: 24px; font-weight: 400; line-height: 1.3; }
    @media (max-width: 600px) { .figures { grid-template-columns: 1fr 1fr; gap: 8px; } }
    .checks { list-style: none; padding: 0; display: grid; gap: 10px; }
    .checks li { display: flex; gap: 12px; align-items: center; }
    .good .icon { color: var(--success-color); } .checks .bad .icon { color: var(--error-color); }
    .hint .icon { color: var(--warning-color); }
    dl { margin: 16px 0 0; display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 0 32px; }
    dl > div { display: flex; justify-content: space-between; gap: 16px; padding: 8px 0; border-bottom: 1px solid var(--line); }
    dt { color: var(--quiet); } dd { margin: 0; text-align: right; font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
    dl .bad dd { color: var(--warning-text); font-weight: 500; }
    .checks a { display: inline-block; padding: 14px 0 2px; margin-top: -14px; font-weight: 500; }
  `];
}

function problemsOf({ frigate, available, mqtt_connected: mqtt, waiting }) {
  if (!frigate) return [];
  return [!available && "frigate", !mqtt && "mqtt", waiting >= BUSY && "slow"].filter(Boolean);
}

define("objclass-status", Status);
