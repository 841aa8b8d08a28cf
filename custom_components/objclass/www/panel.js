/** The panel: its bar, its pages, and what it says at the bottom. */

import "./parts/help.js";
import "./parts/snackbar.js";
import "./views/classifiers.js";
import { formatters, zoneOf } from "./format.js";
import { isForDialog } from "./front.js";
import { languageOf, loadErrors, loadTexts } from "./i18n.js";
import { css, define, html, LitElement } from "./lit.js";
import { parse, path } from "./route.js";
import { Store } from "./store.js";
import { shared } from "./styles.js";
import { emptyState, icon, iconButton, progressBar, send, takeKey } from "./ui.js";

const TABS = { recent: "imageMultipleOutline", dataset: "folderMultipleImage", quality: "chartBoxOutline" };
const VIEWS = {
  classifiers: () => import("./views/classifiers.js"),
  new: () => import("./views/wizard.js"),
  examples: () => import("./views/examples.js"),
  training: () => import("./views/training.js"),
  recent: () => import("./views/recent.js"),
  dataset: () => import("./views/dataset.js"),
  quality: () => import("./views/quality.js"),
  status: () => import("./views/status.js"),
  history: () => import("./views/history.js"),
};

class ObjclassPanel extends LitElement {
  static properties = {
    narrow: { type: Boolean, reflect: true },
    _route: { state: true },
    _texts: { state: true },
    _tick: { state: true },
  };

  #hass = null;
  #store = new Store();
  #started = false;
  #language = null;
  #format = null;
  #view = null;

  constructor() {
    super();
    this._route = parse(location.pathname, location.search);
    this._tick = 0;
    this.#store.addEventListener("changed", () => { this._tick += 1; });
  }

  // A new object on every change of any state: what is drawn depends on little of it.
  set hass(hass) {
    const before = this.#hass;
    this.#hass = hass;
    this.#store.hass = hass;
    if (before?.language !== hass.language || before?.locale !== hass.locale) void this.#translate();
    if (!before) this.requestUpdate();
  }

  get hass() {
    return this.#hass;
  }

  connectedCallback() {
    super.connectedCallback();
    window.addEventListener("location-changed", this.#onRoute);
    window.addEventListener("popstate", this.#onRoute);
    window.addEventListener("keydown", this.#onKey, { capture: true });
    if (this.#hass && !this.#started) this.#start();
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    window.removeEventListener("location-changed", this.#onRoute);
    window.removeEventListener("popstate", this.#onRoute);
    window.removeEventListener("keydown", this.#onKey, { capture: true });
    if (this.#started) void this.#store.stop();
    this.#started = false;
  }

  #start() {
    this.#started = true;
    void this.#store.start();
  }

  async #translate() {
    const { language, locale } = this.#hass;
    const chosen = locale?.language ?? language;
    this.#format = formatters(chosen, locale?.time_format, zoneOf(this.#hass));
    if (this.#language !== languageOf(language)) {
      this.#language = languageOf(language);
      const [texts, errors, refusals] = await Promise.all([
        loadTexts(language),
        loadErrors(language),
        this.#hass.loadBackendTranslation("exceptions", "objclass").catch(() => () => ""),
      ]);
      this._texts = texts;
      this.#store.explain = (error) => explain(error, texts, errors, refusals);
    }
    if (this.isConnected && !this.#started) this.#start();
    this.requestUpdate();
  }

  #onRoute = () => {
    if (!location.pathname.startsWith("/objclass")) return;
    this._route = parse(location.pathname, location.search);
  };

  #onKey = (event) => {
    if (isTyping(event) || isForDialog(event) || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") this.renderRoot.querySelector("objclass-help")?.show();
    else if (event.key === "u") void this.#undo();
    else return;
    takeKey(event);
  };

  async #undo() {
    const bar = this.renderRoot.querySelector("objclass-snackbar");
    try {
      const change = await this.#store.undoLast();
      bar.say(this._texts(change ? "undo.done" : "undo.nothing", change ? { count: Object.keys(change.before).length } : {}));
    } catch (error) {
      bar.say(error.message, { error: true });
    }
  }

  render() {
    if (!this._texts) return html`<div class="panel"></div>`;
    const { page } = this._route;
    const classifier = this.#store.classifier(this._route.classifier);
    return html`<div
      class="panel"
      @objclass-tell=${(event) => this.renderRoot.querySelector("objclass-snackbar").say(event.detail.message, event.detail)}
      @objclass-undo=${() => this.#undo()}
      @objclass-train=${(event) => this.#train(event.detail.classifier)}
    >
      ${this.#header(page, classifier)}
      ${this.#store.connected ? "" : html`<div class="lost" role="alert">${icon("alertOutline")} ${this._texts("connection.lost")}</div>`}
      <main>${this.#body(page, classifier)}</main>
      <objclass-snackbar .t=${this._texts}></objclass-snackbar>
      <objclass-help .t=${this._texts}></objclass-help>
    </div>`;
  }

  #header(page, classifier) {
    const t = this._texts;
    const top = page === "classifiers";
    const title = top ? t("title") : page === "new" ? t("wizard.title") : page === "status" ? t("status.title") : page === "history" ? t("history.title") : classifier?.name ?? "";
    const busy = classifier?.training ?? null;
    const tabs = page in TABS && (classifier || this.#store.classifiers === null);
    return html`<header>
      <div class="bar">
        ${top ? this.#menuButton() : html`<a class="icon-button" href=${path("classifiers")} aria-label=${t("back")} title=${t("back")}>${icon("arrowLeft")}</a>`}
        <h1>${title}</h1>
        ${tabs && !this.narrow ? this.#tabs(page) : ""}
        <div class="grow"></div>
        ${tabs && classifier ? this.#trainButton(classifier) : ""}
        ${tabs && !this.narrow ? iconButton("keyboardOutline", t("help.title"), () => this.renderRoot.querySelector("objclass-help").show()) : ""}
        ${top ? html`<a class="icon-button" href=${path("history")} aria-label=${t("history.title")} title=${t("history.title")}>${icon("history")}</a>` : ""}
        ${top ? html`<a class="icon-button" href=${path("status")} aria-label=${t("status.title")} title=${t("status.title")}>${icon("heartPulse")}</a>` : ""}
      </div>
      ${tabs && this.narrow ? this.#tabs(page) : ""}
      <div class="busy">${tabs && busy !== null ? progressBar(busy || null, t("training.running")) : ""}</div>
    </header>`;
  }

  #menuButton() {
    if (customElements.get("ha-menu-button")) {
      return html`<ha-menu-button .hass=${this.#hass} .narrow=${this.narrow}></ha-menu-button>`;
    }
    return iconButton("menu", this._texts("menu"), () => send(this, "hass-toggle-menu"));
  }

  #tabs(page) {
    return html`<nav aria-label=${this._texts("pages")}>
      ${Object.entries(TABS).map(([name, symbol]) => html`<a
        href=${path(name, this._route.classifier)}
        aria-current=${name === page ? "page" : "false"}
      >${icon(symbol)}<span>${this._texts(`tab.${name}`)}</span></a>`)}
    </nav>`;
  }

  #trainButton(classifier) {
    if (!this.#store.isAdmin) return "";
    const news = classifier.outdated || (!classifier.trained && Object.values(classifier.labelled).some(Boolean));
    return html`<button
      type="button"
      class="button train ${news ? "news" : ""}"
      ?disabled=${classifier.training !== null || !this.#store.connected}
      title=${this._texts(news ? "training.news" : "training.no_news")}
      @click=${() => this.#train(classifier)}
    >${icon("schoolOutline")}<span>${this._texts(classifier.training === null ? "training.start" : "training.running")}</span></button>`;
  }

  async #train(classifier) {
    const bar = this.renderRoot.querySelector("objclass-snackbar");
    try {
      const { report, worse, taken } = await this.#store.ask("train", { classifier_id: classifier.id });
      const before = classifier.trained?.accuracy;
      const accuracy = report.accuracy === null ? "–" : this.#format.percent(report.accuracy);
      const known = typeof before === "number";
      const words = worse ? (taken ? "training.worse" : "training.refused") : known ? "training.done_before" : "training.done";
      bar.say(this._texts(words, {
        accuracy, before: known ? this.#format.percent(before) : "",
      }));
      await this.#store.refresh();
    } catch (error) {
      bar.say(error.message, { error: true });
    }
  }

  #body(page, classifier) {
    const t = this._texts;
    if (this.#store.classifiers === null) {
      if (!this.#store.problem) return html`<div class="waiting">${progressBar(null, t("loading"))}</div>`;
      return html`<div class="page"><div class="alert error" role="alert">${icon("alertCircleOutline")}<span>${this.#store.problem}</span></div>
        <button type="button" class="button" @click=${() => this.#store.refresh()}>${icon("refresh")}${t("retry")}</button></div>`;
    }
    if (this._route.classifier && !classifier) {
      return emptyState("shapeOutline", t("classifier.gone"), t("classifier.gone_text"), html`<a class="button main" href=${path("classifiers")}>${t("back")}</a>`);
    }
    return this.#element(page);
  }

  /** The view's element: made anew for another page or classifier, kept for a filter. */
  #element(page) {
    const tag = `objclass-${page}`;
    if (!customElements.get(tag)) {
      void VIEWS[page]().then(() => this.requestUpdate());
      return html`<div class="waiting">${progressBar(null, this._texts("loading"))}</div>`;
    }
    const key = `${page} ${this._route.classifier}`;
    if (this.#view?.key !== key) this.#view = { key, element: document.createElement(tag) };
    const { element } = this.#view;
    Object.assign(element, {
      store: this.#store, t: this._texts, f: this.#format, route: this._route,
      narrow: this.narrow, tick: this._tick,
    });
    return element;
  }

  static styles = [shared, css`
    :host { display: block; height: 100%; background: var(--primary-background-color); }
    .panel { display: flex; flex-direction: column; height: 100vh; height: 100dvh; position: relative; }
    header { flex: none; background: var(--app-header-background-color); color: var(--app-header-text-color, #fff); border-bottom: var(--app-header-border-bottom, none); position: relative; z-index: 2; }
    .bar { display: flex; align-items: center; gap: 4px; height: var(--header-height, 56px); padding: 0 8px; }
    h1 { font-size: var(--ha-font-size-xl, 20px); font-weight: 400; margin-left: 8px; white-space: nowrap; overflow: hidden; text-overflow: ellipsis; min-width: 0; }
    nav { display: flex; height: 48px; }
    :host(:not([narrow])) nav { margin-left: 32px; height: 100%; }
    nav a { flex: 1; display: flex; align-items: center; justify-content: center; gap: 8px; padding: 0 20px; color: inherit; opacity: 0.75; text-decoration: none; font-weight: 500; border-bottom: 2px solid transparent; border-top: 2px solid transparent; white-space: nowrap; }
    nav a[aria-current="page"] { opacity: 1; border-bottom-color: currentColor; }
    nav a:focus-visible, header .icon-button:focus-visible, header .button:focus-visible { outline-color: currentColor; outline-offset: -4px; }
    :host([narrow]) nav a { padding: 0 8px; }
    .train { background: color-mix(in srgb, currentColor 14%, transparent); color: inherit; min-height: 40px; position: relative; }
    .train::after { content: ""; position: absolute; inset: -4px; }
    .train.news { background: var(--primary-color); color: var(--text-primary-color, #fff); box-shadow: 0 0 0 1px color-mix(in srgb, currentColor 40%, transparent); }
    .train:hover:not(:disabled) { background: color-mix(in srgb, currentColor 24%, transparent); }
    .train.news:hover:not(:disabled) { background: color-mix(in srgb, var(--primary-color) 86%, #000); }
    .busy { position: absolute; left: 0; right: 0; bottom: 0; }
    .busy .progress { height: 4px; border-radius: 0; }
    .busy .progress > div { background: var(--primary-color); }
    .lost { flex: none; display: flex; gap: 12px; align-items: center; padding: 8px 16px; background: var(--warning-color); color: #000; }
    main { position: relative; flex: 1; min-height: 0; display: flex; flex-direction: column; overflow: auto; overscroll-behavior: contain; }
    main > * { flex: 1 0 auto; }
    main > objclass-recent, main > objclass-dataset, main > objclass-examples { flex: 1; min-height: 0; }
    .waiting { padding: 24px; max-width: 400px; width: 100%; margin: 0 auto; }
  `];
}

function explain(error, texts, errors, refusals) {
  if (error.code === "connection_lost" || error === 3) return texts("connection.refused");
  if (error.code === "unauthorized") return texts("not_admin");
  const key = error.translation_key;
  const placeholders = error.translation_placeholders ?? {};
  const said = key && (errors(key, placeholders) || refusals(`component.objclass.exceptions.${key}.message`, placeholders));
  return said || error.message || texts("unknown_error");
}

function isTyping(event) {
  const [target] = event.composedPath();
  return target instanceof HTMLElement && (target.isContentEditable || ["INPUT", "TEXTAREA", "SELECT"].includes(target.tagName));
}

define("objclass-panel", ObjclassPanel);
