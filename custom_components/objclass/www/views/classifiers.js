/** The first page: every classifier, what it saw last, and what it needs. */

import { conditionText, families } from "../condition.js";
import { css, define, html } from "../lit.js";
import { epoch } from "../format.js";
import { canCollect, firstPage, inKind, looksAt } from "../kinds.js";
import { colorOf } from "../palette.js";
import { adviceList, adviceStyle } from "../parts/advice-list.js";
import { path } from "../route.js";
import { sameAddresses } from "../samples.js";
import { emptyState, icon, progressBar, send } from "../ui.js";
import { View } from "../view.js";

const STRIP = 5; // newest pictures on a card
const ADVICE = 2; // what is missing most
const NAMED = 10; // classes that are listed, those with the most pictures
const DEEPEST = 4; // steps that a card is moved in; there is no room for more
const AGAIN = 60_000; // milliseconds between two tries to show them
const MOMENT = 10_000; // milliseconds in which expired addresses are replaced

class Classifiers extends View {
  static properties = { ...View.properties, _strips: { state: true } };

  #asked = new Map(); // classifier id -> how it was when its pictures were asked

  #renewed = new Map(); // classifier id -> when its pictures had expired

  constructor() {
    super();
    this._strips = {};
  }

  updated() {
    for (const classifier of this.store.classifiers) {
      const state = `${classifier.last[0]?.time} ${classifier.unlabelled} ${classifier.available}`;
      if (this.#asked.get(classifier.id) === state) continue;
      this.#asked.set(classifier.id, state);
      void this.#strip(classifier.id);
    }
  }

  /** The addresses of pictures are good for an hour. */
  #expired(id) {
    if (Date.now() - (this.#renewed.get(id) ?? 0) < AGAIN) return;
    this.#renewed.set(id, Date.now());
    void this.#strip(id);
  }

  async #strip(id) {
    try {
      const { samples } = await this.store.ask("samples", { classifier_id: id, filter: {}, order: "newest", limit: STRIP, cursor: null });
      const before = new Map((this._strips[id] ?? []).map((sample) => [sample.id, sample]));
      const expired = this.#renewed.get(id) > Date.now() - MOMENT;
      const strip = samples.map((sample) => sameAddresses(sample, expired ? undefined : before.get(sample.id)));
      this._strips = { ...this._strips, [id]: strip };
    } catch {
      // The card says everything else without them.
    }
  }

  render() {
    const { t, store } = this;
    if (!store.entries.length) {
      return emptyState("cctv", t("empty.entry.title"), t("empty.entry.text"),
        store.isAdmin ? html`<a class="button main" href="/config/integrations/dashboard/add?domain=objclass">${icon("plus")}${t("empty.entry.action")}</a>` : "");
    }
    if (!store.classifiers.length) {
      return emptyState("shapeOutline", t("empty.classifiers.title"), t("empty.classifiers.text"),
        store.isAdmin ? this.#newButton() : html`<p>${t("empty.classifiers.ask_admin")}</p>`);
    }
    return html`<div class="page">
      <div class="cards">${families(store.classifiers).map((family) => this.#family(family))}</div>
      ${store.isAdmin ? html`<div class="new">${this.#newButton()}</div>` : ""}
    </div>`;
  }

  #newButton() {
    return html`<a class="button main" href=${path("new")}>${icon("plus")}${this.t("wizard.new")}</a>`;
  }

  /** A classifier, and below it, indented, those that hang on it. */
  #family(family) {
    if (family.length === 1) return this.#card(family[0].classifier);
    return html`<div class="family" role="list">${family.map(({ classifier, depth }) => html`<div class="member" role="listitem" aria-level=${depth + 1} style="--depth: ${Math.min(depth, DEEPEST)}">${this.#card(classifier)}</div>`)}</div>`;
  }

  #condition(classifier) {
    if (!classifier.condition) return "";
    const broken = classifier.condition.broken;
    return html`<p class="row condition ${broken ? "alertOutline" : ""}">${icon(broken ? "alertOutline" : "subdirectoryArrowRight")}<span>${conditionText(classifier, this.t)}</span></p>`;
  }

  #card(classifier) {
    const { t, f } = this;
    const { id, name, trained, available } = classifier;
    const page = trained || total(classifier) ? "recent" : firstPage(classifier);
    return html`<article class="card" aria-label=${name}>
      <a class="head" href=${path(page, id)}>
        <div class="grow"><h2>${name}</h2><span class="quiet">${looksAt(classifier)}${this.store.entries.length > 1 ? ` · ${classifier.entry_title}` : ""}</span></div>
        ${typeof trained?.accuracy === "number" ? html`<div class="accuracy" title=${t("classifier.accuracy_help")}><strong>${f.percent(trained.accuracy)}</strong><span class="quiet">${t("classifier.right")}</span></div>` : ""}
        ${icon("chevronRight")}
      </a>
      ${this.#condition(classifier)}
      ${available ? "" : html`<div class="alert warning">${icon("alertOutline")}<span>${t("classifier.unavailable")}</span></div>`}
      <a class="strip" href=${path(page, id)} tabindex="-1" aria-hidden="true">${this.#pictures(classifier)}</a>
      ${this.#counts(classifier)}
      ${this.#last(classifier)}
      ${this.#state(classifier)}
      ${this.#actions(classifier)}
    </article>`;
  }

  #pictures({ id, all_classes: classes }) {
    const samples = this._strips[id] ?? [];
    return Array.from({ length: STRIP }, (_, place) => {
      const sample = samples[place];
      return html`<span class="thumb" style="--c: ${sample ? colorOf(classes, sample.label ?? sample.predicted) : "transparent"}">
        ${sample ? html`<img src=${this.store.hass.hassUrl(sample.thumb)} alt="" width="120" height="120" @error=${() => this.#expired(id)} />` : ""}
      </span>`;
    });
  }

  #counts(classifier) {
    const { t } = this;
    const { all_classes: classes, labelled } = classifier;
    const sum = total(classifier);
    const named = classes.length > NAMED ? [...classes].sort((a, b) => (labelled[b] ?? 0) - (labelled[a] ?? 0)).slice(0, NAMED) : classes;
    return html`<div class="counts">
      <div class="stack" aria-hidden="true">${classes.map((name) => html`<span style="--c: ${colorOf(classes, name)}; flex: ${labelled[name] ?? 0}"></span>`)}</div>
      <div class="row wrap small">${named.map((name) => html`<span class="row legend"><span class="dot" style="--c: ${colorOf(classes, name)}"></span>${name} <span class="quiet">${labelled[name] ?? 0}</span></span>`)}
        ${classes.length > named.length ? html`<span class="quiet">${t("more", { count: classes.length - named.length })}</span>` : ""}
        <span class="quiet">${sum ? "" : t("classifier.nothing_labelled")}</span></div>
    </div>`;
  }

  #last({ last, in_view: inView, cameras, all_classes: classes }) {
    const { t, f } = this;
    const camera = (key) => cameras.find((item) => item.id === key)?.name ?? key;
    if (!last.length && !inView.length) return "";
    return html`<ul class="last">
      ${inView.map((item) => html`<li><span class="chip" style="--c: ${colorOf(classes, item.class)}">${item.class}</span><span class="grow">${camera(item.camera)}</span><span class="now">${t("classifier.in_view")}</span></li>`)}
      ${last.slice(0, 3).map((item) => html`<li>
        <span class="chip open" style="--c: ${colorOf(classes, item.class)}">${item.class ?? t("outcome.undecided")}</span>
        <span class="grow">${camera(item.camera)}</span>
        <span class="quiet">${typeof item.score === "number" ? `${f.percent(item.score)} · ` : ""}${f.ago(item.time)}</span>
      </li>`)}
    </ul>`;
  }

  /** How it stands, and what is missing. */
  #state(classifier) {
    const { t, f, store } = this;
    const { trained, training, outdated } = classifier;
    if (training !== null) {
      const share = training || store.progress(classifier.id, "train")?.share || null;
      return html`<div class="training">${t("training.running")}${progressBar(share, t("training.running"))}</div>`;
    }
    const [symbol, words] = !trained
      ? classifier.imported_model ? ["packageVariant", t("classifier.imported")] : ["schoolOutline", t("classifier.untrained")]
      : outdated ? ["alertOutline", t("classifier.outdated")]
        : ["checkCircleOutline", t("classifier.trained", { when: f.ago(epoch(trained.trained_at)), count: trained.images })];
    const looking = store.progress(classifier.id, "embed");
    return html`<div class="state">
      ${looking && !looking.done ? html`<div class="training">${t("classifier.looking_again")}${progressBar(looking.share, t("classifier.looking_again"))}</div>` : ""}
      <p class="row ${symbol}">${icon(symbol)}<span>${words}</span></p>
      ${adviceList(classifier, t, { isAdmin: store.isAdmin, most: ADVICE })}
    </div>`;
  }

  /** What can be done next; one of them is the main thing. */
  #actions(classifier) {
    const { t, store } = this;
    const { id, trained, training, outdated, unlabelled } = classifier;
    if (!store.isAdmin) return "";
    if (!trained && !total(classifier)) {
      return html`<div class="row wrap"><a class="button main" href=${path(firstPage(classifier), id)}>${icon("rocketLaunchOutline")}${t(inKind("classifier.examples", classifier))}</a></div>`;
    }
    return html`<div class="row wrap">
      ${unlabelled
        ? html`<a class="button ${trained ? "" : "main"}" href=${path("recent", id, { labelled: "no", order: trained ? "useful" : "" })}>${icon("tagOutline")}${t("classifier.label", { count: unlabelled })}</a>`
        : canCollect(classifier) ? html`<a class="button" href=${path("examples", id, { collect: "1" })}>${icon("download")}${t("classifier.examples")}</a>` : ""}
      <button type="button" class="button ${outdated ? "main" : ""}" ?disabled=${training !== null || !total(classifier)} @click=${() => send(this, "objclass-train", { classifier })}>${icon("schoolOutline")}${t("training.start")}</button>
    </div>`;
  }

  static styles = [View.styles, adviceStyle, css`
    .cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 380px), 1fr)); gap: 16px; align-items: start; }
    .family { display: grid; gap: 12px; }
    .member { margin-inline-start: calc(var(--depth) * 20px); }
    .condition { gap: 8px; color: var(--quiet); }
    .condition .icon { width: 20px; height: 20px; flex: none; }
    .condition.alertOutline .icon { color: var(--warning-color); }
    .card { display: grid; gap: 14px; }
    .card > h2 + *, .card > * { margin: 0 !important; }
    .head { display: flex; align-items: center; gap: 12px; color: inherit; text-decoration: none; border-radius: 8px; min-height: 48px; }
    .accuracy { display: grid; justify-items: end; line-height: 1.2; }
    .accuracy strong { font-size: 24px; font-weight: 500; }
    .accuracy span, .small { font-size: 12px; }
    .strip { display: grid; grid-template-columns: repeat(5, 1fr); gap: 6px; }
    .thumb { display: block; aspect-ratio: 1; border-radius: 10px; overflow: hidden; background: var(--shade); box-shadow: 0 0 0 2px var(--c); }
    .thumb img { width: 100%; height: 100%; object-fit: cover; display: block; }
    .counts { display: grid; gap: 8px; }
    .stack { display: flex; gap: 2px; height: 8px; border-radius: 4px; overflow: hidden; background: var(--shade); }
    .stack span { background: var(--c); }
    .legend { gap: 6px; }
    .small { gap: 4px 12px; }
    .last { list-style: none; padding: 0; display: grid; grid-template-columns: auto 1fr auto; gap: 6px 10px; }
    .last li { display: grid; grid-template-columns: subgrid; grid-column: 1 / -1; align-items: center; }
    .last .chip { justify-self: start; }
    .now { color: var(--success-text); font-weight: 500; }
    .training { display: grid; gap: 6px; padding: 8px 0; }
    .state { display: grid; }
    .state .row { gap: 12px; min-height: 36px; color: var(--quiet); text-decoration: none; }
    .state .icon { width: 20px; height: 20px; }
    .state .alertOutline .icon { color: var(--warning-color); }
    .state .checkCircleOutline .icon { color: var(--success-color); }
    .state .schoolOutline .icon { color: var(--primary-color); }
    .page { padding-bottom: 96px; }
    @media (max-width: 600px) { .card .row.wrap > .button { flex: 1 1 auto; } }
    .new { position: fixed; right: max(16px, env(safe-area-inset-right)); bottom: max(16px, env(safe-area-inset-bottom)); z-index: 1; }
    .new .button { min-height: 56px; border-radius: 28px; padding: 0 24px 0 20px; box-shadow: 0 2px 10px rgb(0 0 0 / 30%); }
  `];
}

function total({ labelled }) {
  return Object.values(labelled).reduce((sum, count) => sum + count, 0);
}

define("objclass-classifiers", Classifiers);
