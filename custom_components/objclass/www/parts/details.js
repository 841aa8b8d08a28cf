/** One picture, large, and why it was called what it was called. */

import { show } from "../front.js";
import { css, define, html, LitElement } from "../lit.js";
import { classOf, colorOf, digitOf, NONE } from "../palette.js";
import { shared } from "../styles.js";
import { icon, iconButton, send, tell } from "../ui.js";
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
    show(this.renderRoot.querySelector("dialog"), { keys: true });
    try {
      const why = await this.store.ask("sample", { classifier_id: this.classifier.id, sample_id: id });
      if (this.shown === id) this._why = why;
    } catch (error) {
      if (this.shown !== id) return;
      if (this.samples.has(id)) this._why = { error: error.message };
      else {
        // There is nothing to show, such as for an old address.
        this.close();
        tell(this, error.message, { error: true });
      }
    }
  }

  close() {
    this.renderRoot.querySelector("dialog").close();
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
        <span class="grow title">${this.cameras[sample.camera] ?? sample.camera}<span class="quiet" title=${f.full(sample.time)}> · ${f.moment(sample.time)}</span></span>
        ${iconButton("chevronRight", t("details.next"), () => send(this, "step", { id: sample.id, by: 1 }))}
        ${iconButton("close", t("close"), (event) => event.target.closest("dialog").close())}
      </div>
      <div class="columns">
        <div class="left"><img src=${this.store.hass.hassUrl(sample.image)} alt=${t("details.picture")} width="400" height="400" @error=${() => send(this, "expired", { id: sample.id })} />
          ${this.store.isAdmin ? this.#choices(sample) : ""}
        </div>
        <div class="right">${this.#picture(sample)} ${this.#object(sample)}</div>
      </div>`;
  }

  #choices(sample) {
    const { all_classes: classes } = this.classifier;
    return html`<div class="row wrap" role="group" aria-label=${this.t("details.label")}>${classes.map((name) => html`<button
      type="button" class="choice" style="--c: ${colorOf(classes, name)}" aria-pressed=${String(sample.label === name)}
      @click=${() => this.#label(sample.label === name ? null : name)}
    ><kbd>${digitOf(classes, name)}</kbd>${name}</button>`)}</div>`;
  }

  /** What was seen on this one picture. */
  #picture(sample) {
    const { t, f, classifier } = this;
    const { threshold } = classifier.rules;
    const scores = Object.entries(sample.scores).sort((a, b) => b[1] - a[1]);
    return html`<section><h3>${t("details.scores")}</h3>
      ${scores.length ? html`<div class="scores" style="--threshold: ${threshold * 100}%">${scores.map(([name, share]) => html`
        <span>${name}</span>
        <span class="track" style="--c: ${colorOf(classifier.all_classes, name)}"><span style="width: ${share * 100}%"></span></span>
        <span class="number">${f.finePercent(share)}</span>`)}</div>
        <p class="quiet small">${t("details.threshold", { threshold: f.percent(threshold) })}</p>` : html`<p class="quiet">${t("details.no_scores")}</p>`}
      ${sample.distance === null ? "" : html`<p class="row note ${sample.unfamiliar ? "bad" : ""}">${icon(sample.unfamiliar ? "accountQuestion" : "checkCircleOutline")}<span>${t(sample.unfamiliar ? "details.unfamiliar" : "details.familiar", { distance: f.tenth(sample.distance) })}</span></p>`}
      ${sample.infrared ? html`<p class="row note">${icon("weatherNight")}<span>${t("card.infrared")}</span></p>` : ""}
    </section>`;
  }

  /** What the pictures of its object came to, and by which rule. */
  #object(sample) {
    const { t, f, classifier, _why: why } = this;
    if (!why) return "";
    if (why.error) return html`<p class="bad" role="alert">${why.error}</p>`;
    const { attempts, votes, rule } = why;
    if (!rule) {
      // A picture of a camera, and not of an object, stands for itself.
      if (sample.event_id === null && sample.source === "live") return "";
      const words = { collect: "details.collected", import: "details.imported" }[sample.source] ?? "details.why_unknown";
      return html`<section><h3>${t("details.whole_object")}</h3><p class="quiet">${t(words)}</p></section>`;
    }
    const classes = classifier.all_classes;
    const outcome = sample.outcome === "assigned" ? sample.outcome_class : t(sample.outcome ? `outcome.${sample.outcome}` : "details.in_view");
    return html`<section><h3>${t("details.whole_object")}</h3>
      <p class="row wrap"><span class="chip" style="--c: ${colorOf(classes, sample.outcome_class ?? NONE)}">${outcome}</span><span class="grow">${ruleText(rule, t, f)}</span></p>
      ${this.#votes(votes, classes)} ${attempts?.length ? this.#attempts(attempts, classes) : ""}
    </section>`;
  }

  #votes(votes, classes) {
    const { t, f } = this;
    const all = Object.entries(votes ?? {}).filter(([, count]) => count > 0).sort((a, b) => b[1] - a[1]);
    if (!all.length) return "";
    return html`<div class="votes" aria-hidden="true">${all.map(([name, count]) => html`<span style="--c: ${colorOf(classes, name)}; flex: ${count}"></span>`)}</div>
      <p class="row wrap small"><span class="quiet">${t("details.votes")}</span>${all.map(([name, count]) => html`<span class="row legend"><span class="dot" style="--c: ${colorOf(classes, name)}"></span>${t("details.vote", { name, count: f.tenth(count) })}</span>`)}</p>`;
  }

  #attempts(attempts, classes) {
    const { t, f } = this;
    const said = (item) => (item.unfamiliar ? t("details.stranger") : item.counts ? t("details.as", { name: item.class }) : t("details.below"));
    return html`<table><caption>${t("details.attempts")}</caption>
      <thead><tr><th>${t("details.time")}</th><th>${t("details.class")}</th><th class="number">${t("details.score")}</th><th>${t("details.result")}</th></tr></thead>
      <tbody>${attempts.map((item) => html`<tr class=${item.counts ? "" : "quiet"}>
        <td>${f.clock(item.frame_time)}</td>
        <td><span class="row"><span class="dot" style="--c: ${colorOf(classes, item.class)}"></span>${item.class}</span></td>
        <td class="number">${f.percent(item.score)}</td>
        <td>${said(item)}</td>
      </tr>`)}</tbody></table>`;
  }

  static styles = [shared, css`
    dialog { max-width: min(960px, calc(100vw - 32px)); max-height: calc(100dvh - 32px); overflow: auto; }
    .head { padding: 8px; position: sticky; top: 0; background: var(--surface); z-index: 1; }
    .title { text-align: center; font-weight: 500; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .columns { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 1fr); gap: 24px; padding: 0 24px 24px; }
    .left { display: grid; gap: 16px; align-content: start; }
    img { width: 100%; height: auto; aspect-ratio: 1; object-fit: contain; border-radius: 14px; background: var(--shade); }
    .left kbd { background: var(--c); color: #fff; }
    .right { display: grid; min-width: 0; gap: 24px; align-content: start; }
    section { display: grid; gap: 12px; min-width: 0; }
    .scores { display: grid; grid-template-columns: auto 1fr auto; gap: 8px 12px; align-items: center; }
    .track { position: relative; height: 12px; border-radius: 6px; background: var(--shade); overflow: hidden; }
    .track::after { content: ""; position: absolute; inset: 0 auto 0 var(--threshold); width: 2px; background: var(--primary-text-color); }
    .small { font-size: 12px; }
    .note { align-items: start; }
    .note .icon { width: 20px; height: 20px; color: var(--success-color); }
    .note.bad, .note.bad .icon { color: var(--warning-text); }
    .votes { display: flex; gap: 2px; height: 8px; border-radius: 4px; overflow: hidden; }
    .votes span { background: var(--c); }
    .legend { gap: 6px; }
    .track > span { display: block; height: 100%; min-width: 2px; background: var(--c); border-radius: 6px; }
    .number { text-align: right; font-variant-numeric: tabular-nums; }
    .bad { color: var(--error-color); }
    table { width: 100%; border-collapse: collapse; }
    caption { text-align: left; font-weight: 500; padding: 4px 0 8px; }
    th { text-align: left; font-weight: 500; color: var(--quiet); }
    td, th { padding: 6px 8px 6px 0; border-bottom: 1px solid var(--line); }
    @media (hover: none) { .left kbd { min-width: 10px; width: 10px; height: 10px; padding: 0; border-radius: 50%; color: transparent; overflow: hidden; } }
    @media (max-width: 700px) {
      dialog { width: 100vw; max-width: none; height: 100dvh; max-height: none; border-radius: 0; margin: 0; }
      .columns { grid-template-columns: 1fr; padding: 0 16px 24px; }
    }
  `];
}

/** The rule that decided, in words; what agreement and strangers are about are shares. */
function ruleText(rule, t, f) {
  const shares = ["agreed", "disagreed", "strange"].includes(rule.key);
  return said("rule", rule, t, (value) => (shares && typeof value === "number" ? f.percent(value) : value));
}

define("objclass-details", Details);
