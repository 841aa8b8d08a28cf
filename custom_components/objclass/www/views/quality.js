/** How good a classifier is, how one knows, and what would make it better. */

import "../parts/ask.js";
import "../parts/calibration.js";
import "../parts/confusion.js";
import "../parts/threshold-chart.js";
import "../parts/transfer.js";
import { epoch } from "../format.js";
import { css, define, html } from "../lit.js";
import { firstPage, inKind } from "../kinds.js";
import { colorOf } from "../palette.js";
import { adviceList, adviceStyle } from "../parts/advice-list.js";
import { path } from "../route.js";
import { emptyState, icon, progressBar, send, tell } from "../ui.js";
import { View } from "../view.js";

const ADVICE = 6; // what is seen at once

class Quality extends View {
  static properties = { ...View.properties, _answer: { state: true }, _problem: { state: true } };

  #asked = null;

  willUpdate(changed) {
    const { id, trained, imported_model: imported } = this.classifier;
    const asked = `${id} ${trained?.number} ${trained?.trained_at} ${imported}`;
    const again = this._problem && changed.has("tick") && this.store.connected;
    if (!trained || (asked === this.#asked && !again)) return;
    this.#asked = asked;
    void this.#load();
  }

  async #load() {
    try {
      this._answer = await this.store.ask("report", { classifier_id: this.classifier.id });
      this._problem = null;
    } catch (error) {
      this._problem = error.message;
    }
  }

  render() {
    const { t, store, classifier } = this;
    if (!classifier.trained) {
      const labelled = Object.values(classifier.labelled).some(Boolean);
      return html`${emptyState("chartBoxOutline", t("empty.quality.title"), t("empty.quality.text"), !store.isAdmin ? "" : labelled
        ? html`<button type="button" class="button main" ?disabled=${classifier.training !== null} @click=${() => send(this, "objclass-train", { classifier })}>${icon("schoolOutline")}${t("training.start")}</button>`
        : html`<a class="button main" href=${path(firstPage(classifier), classifier.id)}>${icon("rocketLaunchOutline")}${t(inKind("classifier.examples", classifier))}</a>`)}
        <div class="page">${this.#transfer()}</div>`;
    }
    if (this._problem) return html`<div class="page"><div class="alert error" role="alert">${icon("alertCircleOutline")}<span>${this._problem}</span></div></div>`;
    if (!this._answer) return html`<div class="page">${progressBar(null, t("loading"))}</div>`;
    const { report, history } = this._answer;
    return html`<div class="page"><h2 class="hidden">${t("tab.quality")}</h2>
      ${classifier.imported_model ? html`<div class="alert">${icon("packageVariant")}<span>${t("quality.imported")}</span></div>` : ""}
      ${classifier.outdated ? html`<div class="alert warning">${icon("alertOutline")}<span>${t("classifier.outdated")}</span></div>` : ""}
      ${this.#figures(report)} ${this.#advice(report)}
      <div class="two">${this.#classes(report)} ${this.#confusion(report)}</div>
      ${this.#threshold(report)}
      <div class="two">${this.#calibration(report)} ${this.#history(history)}</div>
      ${this.#transfer()}
    </div><objclass-ask .t=${t}></objclass-ask>`;
  }

  #figures(report) {
    const { t, f, classifier } = this;
    const share = (value) => (typeof value === "number" ? f.percent(value) : "–");
    const figure = (value, words, help) => html`<div class="card figure" title=${help}><strong>${value}</strong><span>${words}</span></div>`;
    return html`<div class="figures">
      ${figure(share(report.accuracy), t("quality.accuracy"), t("quality.accuracy_help"))}
      ${figure(share(report.balanced_accuracy), t("quality.balanced"), t("quality.balanced_help"))}
      ${figure(f.number(report.images), t("quality.images"), "")}
      ${figure(f.number(report.events), t("quality.events"), t("quality.events_help"))}
    </div><p class="quiet center">${t("quality.trained", { when: f.full(epoch(classifier.trained.trained_at)), seconds: f.tenth(report.seconds) })} ${t("quality.accuracy_help")}</p>`;
  }

  #advice(report) {
    const { t, store, classifier } = this;
    const { advice } = classifier;
    const doubtful = report.doubtful_labels.length;
    if (!advice.length && !doubtful) return html`<div class="alert success">${icon("checkCircleOutline")}<span>${t("quality.all_well")}</span></div>`;
    return html`<div class="card"><h3>${t("quality.advice")}</h3>
      ${adviceList(classifier, t, { isAdmin: store.isAdmin, most: ADVICE, fold: true })}
      ${doubtful ? html`<ul class="advice"><li><a href=${path("dataset", classifier.id, { order: "doubtful" })}>${icon("tagOutline")}<span class="grow">${t("quality.doubtful", { count: doubtful })}</span>${icon("chevronRight")}</a></li></ul>` : ""}
    </div>`;
  }

  #classes(report) {
    const { t, f, classifier } = this;
    const bar = (share, color) => html`<span class="bar"><span class="track" style="--c: ${color}"><span style="width: ${(share ?? 0) * 100}%"></span></span><span class="number">${share === null ? "–" : f.percent(share)}</span></span>`;
    return html`<div class="card"><h3>${t("quality.classes")}</h3><table class="classes">
      <thead><tr><th>${t("details.class")}</th><th title=${t("quality.recall_help")}>${t("quality.recall")}</th><th title=${t("quality.precision_help")}>${t("quality.precision")}</th><th class="number">${t("quality.images")}</th></tr></thead>
      <tbody>${report.classes.map((item) => html`<tr>
        <td><a class="row name" href=${path("dataset", classifier.id, { label: item.name })}><span class="dot" style="--c: ${colorOf(classifier.all_classes, item.name)}"></span>${item.name}</a></td>
        <td>${bar(item.accuracy, colorOf(classifier.all_classes, item.name))}</td>
        <td>${bar(item.precision, colorOf(classifier.all_classes, item.name))}</td>
        <td class="number">${f.number(item.images)}</td></tr>`)}</tbody></table>
      <p class="quiet small">${t("quality.recall")}: ${t("quality.recall_help")}. ${t("quality.precision")}: ${t("quality.precision_help")}.</p>
      ${report.left_out.length ? html`<p class="quiet">${t("quality.left_out", { names: report.left_out.join(", ") })}</p>` : ""}</div>`;
  }

  #confusion(report) {
    const { t, f, classifier } = this;
    return html`<div class="card"><h3>${t("quality.confusion")}</h3><p class="quiet">${t("quality.confusion_help")}</p>
      <objclass-confusion .t=${t} .f=${f} .names=${report.classes.map((item) => item.name)} .matrix=${report.confusion} .classes=${classifier.all_classes} .classifier=${classifier.id}></objclass-confusion></div>`;
  }

  #threshold(report) {
    const { t, f, store, classifier } = this;
    return html`<div class="card"><h3>${t("quality.threshold")}</h3><p class="quiet">${t("quality.threshold_help")}</p>
      <objclass-threshold-chart .t=${t} .f=${f} .points=${report.thresholds} .current=${classifier.rules.threshold} .proposed=${report.proposed_threshold} .readOnly=${!store.isAdmin}
        @threshold=${(event) => this.#save(event.detail.value)}></objclass-threshold-chart></div>`;
  }

  async #save(value) {
    const { t, f, store, classifier } = this;
    if (!(await this.ask("set_threshold", { classifier_id: classifier.id, threshold: value }))) return;
    tell(this, t("quality.saved", { threshold: f.percent(value) }));
    await store.refresh();
  }

  #calibration(report) {
    const { t, f } = this;
    const error = report.calibration_error;
    if (error === null) return html`<div class="card"><h3>${t("quality.calibration")}</h3><p>${t("quality.calibration_unknown")}</p></div>`;
    const level = error <= 0.05 ? "good" : error <= 0.12 ? "fair" : "poor";
    return html`<div class="card"><h3>${t("quality.calibration")}</h3>
      <p><span class="grade ${level}">${t(`quality.calibration_${level}`)}</span> ${t("quality.calibration_text", { points: f.tenth(error * 100) })}</p>
      <p class="quiet">${t("quality.calibration_help")}</p>
      ${report.calibration?.length ? html`<objclass-calibration .t=${t} .f=${f} .bins=${report.calibration}></objclass-calibration>` : ""}</div>`;
  }

  #transfer() {
    const { t, f, store, classifier, tick } = this;
    if (!store.isAdmin) return "";
    return html`<div class="card"><h3>${t("transfer.title")}</h3>
      <objclass-transfer .t=${t} .f=${f} .store=${store} .classifier=${classifier} .tick=${tick}></objclass-transfer></div>`;
  }

  #history(history) {
    const { t, f, store } = this;
    return html`<div class="card"><h3>${t("quality.history")}</h3><ul class="history">${history.map((item) => html`<li>
      <span class="grow"><strong>${typeof item.accuracy === "number" ? f.percent(item.accuracy) : "–"}</strong> <span class="quiet">${t("quality.history_images", { count: item.images })}</span><br /><span class="quiet">${f.full(epoch(item.trained_at))}</span></span>
      ${item.current ? html`<span class="chip open" style="--c: var(--success-color)">${t("quality.current")}</span>`
        : store.isAdmin ? html`<button type="button" class="button" @click=${() => this.#rollback(item)}>${icon("history")}${t("quality.rollback")}</button>` : ""}
    </li>`)}</ul></div>`;
  }

  async #rollback(item) {
    const { t, f, store, classifier } = this;
    const sure = await this.renderRoot.querySelector("objclass-ask").ask({
      title: t("quality.rollback_title", { when: f.full(epoch(item.trained_at)) }), text: t("quality.rollback_text"), action: t("quality.rollback"),
    });
    if (!sure || !(await this.ask("rollback", { classifier_id: classifier.id, number: item.number }))) return;
    tell(this, t("quality.rolled_back"));
    await store.refresh();
    await this.#load();
  }

  static styles = [View.styles, adviceStyle, css`
    .figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(140px, 1fr)); gap: 16px; }
    .figure { display: grid; gap: 4px; justify-items: center; text-align: center; }
    .figure strong { font-size: 36px; font-weight: 300; line-height: 1.1; }
    .figure span { margin: 0 !important; color: var(--quiet); }
    .center { text-align: center; }
    .two { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 420px), 1fr)); gap: 16px; }
    .two > .card { align-self: stretch; }
    .classes { width: 100%; border-collapse: collapse; }
    .classes th { text-align: left; font-weight: 400; color: var(--quiet); padding: 4px 8px 4px 0; }
    .classes td { padding: 4px 8px 4px 0; }
    .classes .number { text-align: right; padding-right: 0; }
    .name { min-height: 48px; color: inherit; text-decoration: none; font-weight: 500; }
    .name:hover { text-decoration: underline; }
    .bar { display: grid; grid-template-columns: 1fr 44px; gap: 8px; align-items: center; }
    .track { height: 10px; border-radius: 5px; background: var(--shade); overflow: hidden; min-width: 24px; }
    .track > span { display: block; height: 100%; background: var(--c); border-radius: 5px; }
    .number { font-variant-numeric: tabular-nums; }
    .history { list-style: none; padding: 0; margin: 0; display: grid; }
    .history li { display: flex; align-items: center; gap: 12px; padding: 8px 0; min-height: 64px; border-bottom: 1px solid var(--line); }
    .history li:last-child { border: 0; }
    .grade { font-weight: 500; }
    .grade.good { color: var(--success-text); } .grade.fair { color: var(--warning-text); } .grade.poor { color: var(--error-text); }
    .card p + p, .card table + p { margin-top: 8px; }
    .card p + objclass-confusion, .card p + objclass-threshold-chart, .card p + objclass-calibration { margin-top: 16px; }
    .small { font-size: 12px; }
    @media (max-width: 600px) { .figures { grid-template-columns: 1fr 1fr; gap: 8px; } .track { display: none; } .bar { grid-template-columns: auto; } }
  `];
}

define("objclass-quality", Quality);
