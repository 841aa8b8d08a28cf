/** The past in one go: what to look at, how far it is, what it came to. */

import "../parts/ask.js";
import "../parts/past-form.js";
import "../parts/past-results.js";
import { css, html } from "../lit.js";
import { go, path } from "../route.js";
import { emptyState, icon, progressBar } from "../ui.js";
import { View } from "../view.js";

const PAUSE = 700; // milliseconds between two questions, however fast a run comes on
const OPEN = ["running", "paused"];
const TOLD = ["written", "same", "kept", "no_model", "gone", "refused"];

class History extends View {
  static properties = { ...View.properties, _runs: { state: true }, _problem: { state: true }, _busy: { state: true } };

  #timer = null;

  constructor() {
    super();
    this._runs = null;
    this._problem = null;
    this._busy = false;
  }

  connectedCallback() {
    super.connectedCallback();
    this.store.addEventListener("history", this.#onNews);
    void this.#load();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.store.removeEventListener("history", this.#onNews);
    clearTimeout(this.#timer);
    this.#timer = null;
  }

  willUpdate(changed) {
    if (this._problem && changed.has("tick") && this.store.connected) void this.#load();
  }

  #onNews = () => {
    this.#timer ??= setTimeout(() => {
      this.#timer = null;
      void this.#load();
    }, PAUSE);
  };

  async #load() {
    try {
      this._runs = (await this.store.ask("history")).runs;
      this._problem = null;
    } catch (error) {
      this._problem = error.message;
    }
  }

  async #do(command, data) {
    this._busy = true;
    const answer = await this.ask(command, data);
    this._busy = false;
    await this.#load();
    return answer;
  }

  /** The run that the address names, else the newest; null for the form. */
  get #run() {
    const { run, new: fresh } = this.route.query;
    if (fresh || !this._runs?.length) return null;
    return this._runs.find((item) => item.id === run) ?? this._runs[0];
  }

  get #classifiers() {
    // Only Frigate keeps what was: an entity of Home Assistant's has a dot in its name.
    const hasPast = (item) => item.labels.length || item.cameras.some(({ id }) => !id.includes("."));
    return this.store.classifiers.filter((item) => hasPast(item) && (item.trained || item.imported_model));
  }

  render() {
    const { t, store } = this;
    if (this._problem) return html`<div class="page"><div class="alert error" role="alert">${icon("alertCircleOutline")}<span>${this._problem}</span></div></div>`;
    if (!this._runs) return html`<div class="page">${progressBar(null, t("loading"))}</div>`;
    const run = this.#run;
    if (!run && (!store.isAdmin || !this.#classifiers.length)) {
      return emptyState("history", t("history.empty.title"), t(store.isAdmin ? "history.empty.text" : "history.empty.viewer"));
    }
    return html`<div class="page">
      ${run ? this.#shown(run) : html`<objclass-past-form
        .store=${store} .t=${t} .classifiers=${this.#classifiers} .busy=${this._busy}
        @start=${(event) => this.#start(event.detail)}
      ></objclass-past-form>`}
      ${this.#others(run)}
      <objclass-ask .t=${t}></objclass-ask>
    </div>`;
  }

  async #start(asked) {
    const answer = await this.#do("history_start", asked);
    if (answer) go(path("history", null, { run: answer.run.id }), { replace: true });
  }

  #shown(run) {
    const { t, store } = this;
    const free = !this._runs.some((item) => OPEN.includes(item.status));
    return html`
      <div class="card">
        <div class="row spread wrap">
          <h2>${this.#title(run)}</h2>
          ${store.isAdmin && free ? html`<a class="button" href=${path("history", null, { new: 1 })}>${icon("plus")}${t("history.new")}</a>` : ""}
        </div>
        <p class="quiet">${this.#asked(run)}</p>
        ${run.error ? html`<div class="alert error" role="alert">${icon("alertCircleOutline")}<span>${run.error}</span></div>` : ""}
        ${OPEN.includes(run.status) ? this.#progress(run) : ""}
        <p role="status">${this.#figures(run)}</p>
        <div class="row wrap">${store.isAdmin ? this.#buttons(run, free) : ""}
          <a class="button plain" href=${run.csv} download>${icon("download")}CSV</a>
          <a class="button plain" href=${run.json} download>${icon("download")}JSON</a>
        </div>
      </div>
      ${Object.keys(run.told).length ? this.#told(run) : ""}
      <objclass-past-results .store=${store} .t=${t} .f=${this.f} .run=${run} .tick=${this.tick}></objclass-past-results>`;
  }

  #title(run) {
    const { t } = this;
    return run.status === "running" ? t(`history.phase.${run.phase}`) : t(`history.status.${run.status}`);
  }

  #asked({ job, entry_id: entryId }) {
    const { t, f, store } = this;
    const names = job.classifiers.map((id) => store.classifier(id)?.name ?? t("history.gone"));
    const parts = [names.join(", "), t("history.range", { from: f.full(job.after), to: f.full(job.before) })];
    if (job.confidence !== null) parts.push(t("history.counts_from", { share: f.percent(job.confidence) }));
    return [...parts, ...job.cameras.map((id) => store.cameraName(entryId, id)), ...job.labels, ...job.zones].join(" · ");
  }

  #progress(run) {
    const { t, f } = this;
    const telling = run.phase === "applying";
    const told = Object.values(run.told).reduce((sum, number) => sum + number, 0);
    const [done, total] = telling ? [told, told + run.to_tell] : [run.done, run.total];
    const known = run.phase !== "listing" && total > 0;
    const left = run.seconds_left;
    return html`${progressBar(known ? done / total : null, t("history.progress"))}
      <p class="quiet">${[
        known && t("history.done_of", { done: f.number(done), total: f.number(total) }),
        run.status === "running" && left && t("history.left", { when: f.ago(Date.now() / 1000 + left) }),
      ].filter(Boolean).join(" · ")}</p>`;
  }

  #figures(run) {
    const { t, f } = this;
    const parts = [t("history.looked_at", { count: run.done })];
    if (run.broken) parts.push(t("history.broken", { count: run.broken }));
    if (run.to_tell) parts.push(t("history.with_class", { count: run.to_tell }));
    return parts.join(" ");
  }

  #buttons(run, free) {
    const { t } = this;
    const which = { entry_id: run.entry_id, run_id: run.id };
    const button = (command, symbol, look = "") => html`<button type="button" class="button ${look}" ?disabled=${this._busy}
      @click=${() => this.#do("history_control", { ...which, command })}>${symbol ? icon(symbol) : ""}${t(`history.do.${command}`)}</button>`;
    if (run.status === "running") return html`${button("pause", null)}${button("cancel", "close", "plain")}`;
    if (run.status === "paused") return html`${button("resume", null, "main")}${button("cancel", "close", "plain")}`;
    return html`
      ${run.to_tell && free ? html`<button type="button" class="button main" ?disabled=${this._busy} @click=${() => this.#apply(run, which)}>${icon("checkBold")}${t("history.do.apply", { count: run.to_tell })}</button>` : ""}
      ${run.status === "failed" && free ? button("resume", "refresh") : ""}
      <button type="button" class="button plain" ?disabled=${this._busy} @click=${() => this.#remove(which)}>${icon("deleteOutline")}${t("history.remove")}</button>`;
  }

  async #apply(run, which) {
    const { t } = this;
    const agreed = await this.renderRoot.querySelector("objclass-ask").ask({
      title: t("history.apply.title", { count: run.to_tell }), text: t("history.apply.text"), action: t("history.apply.action"),
    });
    if (agreed) await this.#do("history_control", { ...which, command: "apply" });
  }

  async #remove(which) {
    await this.#do("history_remove", which);
    go(path("history"), { replace: true });
  }

  #told(run) {
    const { t, f } = this;
    return html`<div class="card"><h3>${t("history.told.title")}</h3><dl>
      ${TOLD.filter((key) => run.told[key]).map((key) => html`<div><dt>${t(`history.told.${key}`)}</dt><dd>${f.number(run.told[key])}</dd></div>`)}
    </dl></div>`;
  }

  #others(run) {
    const { t, f } = this;
    const others = this._runs.filter((item) => item !== run);
    if (!others.length) return "";
    return html`<div class="card"><h3>${t("history.others")}</h3><ul>${others.map((item) => html`<li>
      <a href=${path("history", null, { run: item.id })}>${f.full(item.started_at)}</a>
      <span class="quiet">${this.#title(item)} · ${t("history.looked_at", { count: item.done })}</span></li>`)}</ul></div>`;
  }

  static styles = [View.styles, css`
    .card > * + * { margin-top: 12px; }
    ul { list-style: none; padding: 0; display: grid; gap: 8px; }
    li a { display: inline-flex; min-height: 48px; align-items: center; margin-right: 12px; }
    dl { display: grid; gap: 8px; margin: 0; }
    dl > div { display: flex; justify-content: space-between; gap: 16px; }
    dd { margin: 0; font-weight: 500; }
  `];
}

customElements.define("objclass-history", History);
