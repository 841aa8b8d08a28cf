/** One picture, large, and why it was called what it was called. */

import { css, html, LitElement } from "../lit.js";
import { classOf, colorOf, digitOf } from "../palette.js";
import { shared } from "../styles.js";
import { icon, iconButton, send } from "../ui.js";
import { said } from "../words.js";
import { closeOutside } from "./help.js";

class Details extends LitElement {
  static properties = {
    t: { attribute: false },
    f: { attribute: false },
    store: { attribute: false },
    classifier: { attribute: false },
    samples: { attribute: false },
    cameras: { attribute: false },
    version: { attribute: false },
    shown: { state: true }, // id or null
    _why: { state: true },
  };

  constructor() {
    super();
    this.shown = null;
  }

  async open(id) {
    this.shown = id;
    this._why = null;
    send(this, "shown", { id });
    await this.updateComplete;
    const dialog = this.renderRoot.querySelector("dialog");
    if (!dialog.open) dialog.showModal();
    try {
      const why = await this.store.ask("sample", { classifier_id: this.classifier.id, sample_id: id });
      if (this.shown === id) this._why = why;
    } catch (error) {
      if (this.shown === id) this._why = { error: error.message };
    }
  }

  /** Take a key; returns whether it meant something. */
  key(key) {
    const name = classOf(this.classifier.all_classes, key);
    if (name !== null && this.store.isAdmin) this.#label(name);
    else if (key === "ArrowLeft") send(this, "step", { id: this.shown, by: -1 });
    else if (key === "ArrowRight") send(this, "step", { id: this.shown, by: 1 });
    else return false;
    return true;
  }

  #closed() {
    this.shown = null;
    send(this, "shown", { id: null });
  }

  #label(name) {
    send(this, "label-one", { id: this.shown, name });
  }

  render() {
    const sample = this.samples.get(this.shown) ?? this._why?.sample;
    return html`<dialog aria-label=${this.t("details.title")} @close=${() => this.#closed()} @click=${closeOutside}>
      ${sample ? this.#body(sample) : ""}
    </dialog>`;
  }

  #body(sample) {
    const { t, f } = this;
    return html`
      <div class="head row">
        ${iconButton("chevronLeft", t("details.previous"), () => send(this, "step", { id: sample.id, by: -1 }))}
        <span class="grow title">${this.cameras[sample.camera] ?? sample.camera}<span class="quiet"> · ${f.full(sample.time)}</span></span>
        ${iconButton("chevronRight", t("details.next"), () => send(this, "step", { id: sample.id, by: 1 }))}
        ${iconButton("close", t("close"), (event) => event.target.closest("dialog").close())}
      </div>
      <div class="columns">
        <div class="left"><img src=${this.store.hass.hassUrl(sample.image)} alt=${t("details.picture")} width="400" height="400" @error=${() => send(this, "expired", { id: sample.id })} />
          ${this.store.isAdmin ? this.#choices(sample) : ""}
        </div>
        <div class="right">${this.#scores(sample)} ${this.#reasons(sample)} ${this.#attempts()}</div>
      </div>`;
  }

  #choices(sample) {
    const { all_classes: classes } = this.classifier;
    return html`<div class="row wrap" role="group" aria-label=${this.t("details.label")}>${classes.map((name) => html`<button
      type="button" class="choice" style="--c: ${colorOf(classes, name)}" aria-pressed=${String(sample.label === name)}
      @click=${() => this.#label(sample.label === name ? null : name)}
    ><kbd>${digitOf(classes, name)}</kbd>${name}</button>`)}</div>`;
  }

  #scores(sample) {
    const { t, f } = this;
    const scores = Object.entries(sample.scores).sort((a, b) => b[1] - a[1]);
    if (!scores.length) return html`<p class="quiet">${t("details.no_scores")}</p>`;
    return html`<div><h3>${t("details.scores")}</h3><div class="scores">${scores.map(([name, share]) => html`
      <span>${name}</span>
      <span class="track" style="--c: ${colorOf(this.classifier.all_classes, name)}"><span style="width: ${share * 100}%"></span></span>
      <span class="number">${f.finePercent(share)}</span>`)}</div></div>`;
  }

  #reasons(sample) {
    const { t, f } = this;
    const outcome = sample.outcome && (sample.outcome === "assigned" ? sample.outcome_class : t(`outcome.${sample.outcome}`));
    const { rule } = this._why ?? {};
    return html`<ul>
      ${sample.distance === null ? "" : html`<li class=${sample.unfamiliar ? "bad" : ""}>${t(sample.unfamiliar ? "details.unfamiliar" : "details.familiar", { distance: f.tenth(sample.distance) })}</li>`}
      ${sample.infrared ? html`<li>${t("card.infrared")}</li>` : ""}
      ${outcome ? html`<li>${t("card.outcome", { outcome })}</li>` : ""}
      ${rule ? html`<li>${ruleText(rule, t, f)}</li>` : ""}
      ${this._why?.error ? html`<li class="bad">${this._why.error}</li>` : ""}
    </ul>`;
  }

  #attempts() {
    const { t, f } = this;
    const { attempts, votes } = this._why ?? {};
    if (!attempts?.length) return "";
    const classes = this.classifier.all_classes;
    return html`<div><h3>${t("details.attempts")}</h3>
      ${votes ? html`<p class="row wrap">${Object.entries(votes).map(([name, count]) => html`<span class="row"><span class="dot" style="--c: ${colorOf(classes, name)}"></span>${name}: ${f.tenth(count)}</span>`)}</p>` : ""}
      <table><thead><tr><th>${t("details.time")}</th><th>${t("details.class")}</th><th class="number">${t("details.score")}</th><th><span class="hidden">${t("details.counts")}</span></th></tr></thead>
      <tbody>${attempts.map((item) => html`<tr class=${item.counts ? "" : "quiet"}>
        <td>${f.clock(item.frame_time)}</td>
        <td><span class="row"><span class="dot" style="--c: ${colorOf(classes, item.class)}"></span>${item.class}</span></td>
        <td class="number">${f.percent(item.score)}</td>
        <td>${item.unfamiliar ? t("card.unfamiliar") : item.counts ? icon("check") : t("details.not_counted")}</td>
      </tr>`)}</tbody></table></div>`;
  }

  static styles = [shared, css`
    dialog { max-width: min(960px, calc(100vw - 32px)); max-height: calc(100dvh - 32px); overflow: auto; }
    .head { padding: 8px; position: sticky; top: 0; background: var(--surface); z-index: 1; }
    .title { text-align: center; font-weight: 500; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 24px; padding: 0 24px 24px; }
    .left { display: grid; gap: 16px; align-content: start; }
    img { width: 100%; height: auto; aspect-ratio: 1; object-fit: contain; border-radius: 14px; background: var(--shade); }
    .left kbd { background: var(--c); color: #fff; }
    .right { display: grid; min-width: 0; gap: 20px; align-content: start; }
    .scores { display: grid; grid-template-columns: auto 1fr auto; gap: 8px 12px; align-items: center; margin-top: 8px; }
    .track { height: 12px; border-radius: 6px; background: var(--shade); overflow: hidden; }
    .track > span { display: block; height: 100%; min-width: 2px; background: var(--c); border-radius: 6px; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    ul { margin: 0; padding-left: 20px; display: grid; gap: 6px; }
    .bad { color: var(--error-color); }
    table { width: 100%; border-collapse: collapse; margin-top: 8px; }
    th { text-align: left; font-weight: 500; color: var(--quiet); }
    td, th { padding: 6px 4px; border-bottom: 1px solid var(--line); }
    @media (max-width: 700px) {
      dialog { width: 100vw; max-width: none; height: 100dvh; max-height: none; border-radius: 0; margin: 0; }
      .columns { grid-template-columns: 1fr; padding: 0 16px 24px; }
    }
  `];
}

/** The rule that decided, in words; what agreement is about are shares. */
function ruleText(rule, t, f) {
  const shares = ["agreed", "disagreed"].includes(rule.key);
  return said("rule", rule, t, (value) => (shares && typeof value === "number" ? f.percent(value) : value));
}

customElements.define("objclass-details", Details);
