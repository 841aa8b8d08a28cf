/** The last step of a new classifier: it trains by itself, and shows how good it is. */

import { css, define, html } from "../lit.js";
import { firstPage, inKind, looksAt } from "../kinds.js";
import { colorOf } from "../palette.js";
import { adviceList, adviceStyle } from "../parts/advice-list.js";
import { go, path } from "../route.js";
import { emptyState, icon, progressBar } from "../ui.js";
import { View } from "../view.js";

const GOOD = 0.8; // below this accuracy it is only a start

class Training extends View {
  static properties = { ...View.properties, _report: { state: true }, _problem: { state: true }, _busy: { state: true } };

  #opened = false;
  #known = null; // the training that was in use when it was last looked

  willUpdate() {
    const news = this.classifier.trained?.trained_at !== this.#known;
    this.#known = this.classifier.trained?.trained_at;
    if (this.#opened) {
      // It went on when the page was loaded anew, or the connection was lost.
      if (news && !this._busy) void this.#read();
      return;
    }
    this.#opened = true;
    void (this.route.query.start && this.store.isAdmin ? this.#train() : this.#read());
  }

  async #train() {
    const { id } = this.classifier;
    this._busy = true;
    this._problem = null;
    go(path("training", id), { replace: true });
    try {
      const { report } = await this.store.ask("train", { classifier_id: id });
      this._report = report;
      await this.store.refresh();
    } catch (error) {
      this._problem = error.message;
    } finally {
      this._busy = false;
    }
  }

  async #read() {
    try {
      this._report = (await this.store.ask("report", { classifier_id: this.classifier.id })).report;
      this._problem = null;
    } catch (error) {
      this._problem = error.message;
    }
  }

  render() {
    const { t, f, store, classifier } = this;
    if (this._busy || classifier.training !== null) {
      const share = classifier.training || this.store.progress(classifier.id, "train")?.share || null;
      return html`<div class="empty"><div class="empty-icon">${icon("schoolOutline")}</div><h2>${t("training.running")}</h2><p>${t("training.explain")}</p><div class="wide">${progressBar(share, t("training.running"))}</div></div>`;
    }
    if (this._problem || !this._report) {
      return emptyState("alertCircleOutline", t("training.failed"), this._problem ?? "",
        html`<div class="row wrap"><a class="button main" href=${path(firstPage(classifier), classifier.id)}>${t("training.back")}</a><button type="button" class="button" @click=${() => this.#train()}>${icon("refresh")}${t("retry")}</button></div>`);
    }
    const { accuracy, classes, images } = this._report;
    const { advice } = classifier;
    const start = accuracy !== null && accuracy < GOOD;
    return html`<div class="page">
      <div class="card result ${start ? "start" : ""}">
        <div class="empty-icon">${icon(start ? "schoolOutline" : "checkBold")}</div>
        <h2>${t("training.finished", { name: classifier.name })}</h2>
        ${accuracy === null ? html`<p>${t("training.unknown")}</p>` : html`<p class="figure">${f.percent(accuracy)}</p><p class="quiet">${t("training.result", { count: images })}</p>`}
        ${start ? html`<p>${t("training.a_start")}</p>` : ""}
        <div class="bars">${classes.map((item) => html`<span class="row"><span class="dot" style="--c: ${colorOf(classifier.all_classes, item.name)}"></span>${item.name}</span>
          <span class="track" style="--c: ${colorOf(classifier.all_classes, item.name)}"><span style="width: ${(item.accuracy ?? 0) * 100}%"></span></span>
          <span class="number">${item.accuracy === null ? "–" : f.percent(item.accuracy)}</span>`)}</div>
      </div>
      ${advice.length ? html`<div class="card"><h3>${t("quality.advice")}</h3>${adviceList(classifier, t, { isAdmin: store.isAdmin, most: 3 })}</div>` : ""}
      <div class="card"><h3>${t("training.now")}</h3><p>${t(inKind("training.now_text", classifier), { labels: looksAt(classifier) })}</p>
        <div class="row wrap"><a class="button main" href=${path("recent", classifier.id)}>${icon("imageMultipleOutline")}${t("training.see")}</a>${this.#deviceButton()}<a class="button" href=${path("quality", classifier.id)}>${icon("chartBoxOutline")}${t("tab.quality")}</a></div></div>
    </div>`;
  }

  /** To its sensors; the pages of devices are for administrators. */
  #deviceButton() {
    const { t, store, classifier } = this;
    const device = deviceOf(store.hass, classifier.id);
    if (!store.isAdmin || !device) return "";
    return html`<a class="button" href="/config/devices/device/${device.id}">${icon("cctv")}${t("training.device")}</a>`;
  }

  static styles = [View.styles, adviceStyle, css`
    .page { max-width: 640px; }
    .wide { width: min(400px, 100%); }
    .result { display: grid; justify-items: center; gap: 12px; text-align: center; padding: 32px 24px; }
    .result .empty-icon { background: color-mix(in srgb, var(--success-color) 16%, transparent); color: var(--success-color); }
    .result.start .empty-icon { background: var(--tint); color: var(--primary-color); }
    .figure { font-size: 56px; line-height: 1; font-weight: 300; margin: 0 !important; }
    .bars { width: 100%; display: grid; grid-template-columns: auto 1fr auto; gap: 10px 12px; align-items: center; margin-top: 12px; text-align: left; }
    .track { height: 12px; border-radius: 6px; background: var(--shade); overflow: hidden; }
    .track > span { display: block; height: 100%; background: var(--c); border-radius: 6px; }
    .number { font-variant-numeric: tabular-nums; text-align: right; }
    .card > p + .row { margin-top: 16px; }
  `];
}

/** The device that Home Assistant has for a classifier, with its sensors. */
function deviceOf(hass, classifierId) {
  return Object.values(hass.devices).find((device) =>
    device.identifiers.some(([domain, id]) => domain === "objclass" && id === classifierId));
}

define("objclass-training", Training);
