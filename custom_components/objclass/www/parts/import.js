/** Bring labelled pictures or a whole model in: choose, watch, and read what came of it. */

import { show } from "../front.js";
import { css, define, html, LitElement } from "../lit.js";
import { colorOf } from "../palette.js";
import { shared } from "../styles.js";
import { icon, progressBar, send } from "../ui.js";
import { upload, wrongWith } from "../upload.js";

const SOURCES = { pictures: "imageMultipleOutline", model: "packageVariant", frigate: "cctv" };
const ACCEPTED = { pictures: ".zip", model: ".zip,.tflite,.txt" };
const RANGES = ["minus_one_to_one", "zero_to_one", "zero_to_255"];

class Import extends LitElement {
  static properties = {
    t: { attribute: false },
    f: { attribute: false },
    store: { attribute: false },
    classifier: { attribute: false },
    tick: { attribute: false },
    _source: { state: true },
    _files: { state: true },
    _model: { state: true },
    _range: { state: true },
    _addClasses: { state: true },
    _sent: { state: true }, // share of the upload, or null
    _busy: { state: true },
    _result: { state: true },
    _problem: { state: true }, // { text, key }
  };

  constructor() {
    super();
    this.#reset();
  }

  #reset() {
    Object.assign(this, {
      _source: "pictures", _files: [], _model: "", _range: RANGES[0], _addClasses: false,
      _sent: null, _busy: false, _result: null, _problem: null,
    });
  }

  show() {
    if (!this._busy) this.#reset();
    show(this.renderRoot.querySelector("dialog"));
  }

  get #models() {
    return this.store.entries.find((entry) => entry.entry_id === this.classifier.entry_id)?.frigate_models ?? [];
  }

  async #start() {
    const { t, store, classifier, _source: source } = this;
    const wrong = source === "frigate" ? null : wrongWith(this._files.map((file) => file.name));
    if (wrong) {
      this._problem = { text: t(`import.wrong.${wrong}`) };
      return;
    }
    this._busy = true;
    this._problem = null;
    try {
      this._result = await store.ask("import", {
        classifier_id: classifier.id, add_classes: this._addClasses, ...(await this.#what(source)),
      });
      await store.refresh();
    } catch (error) {
      this._problem = { text: error.message, key: error.cause?.translation_key };
    } finally {
      this._busy = false;
      this._sent = null;
    }
  }

  async #what(source) {
    if (source === "frigate") return { frigate_model: this._model || this.#models[0] };
    this._sent = 0;
    try {
      const file = await upload(this.store.hass, this._files, (share) => { this._sent = share; });
      return { file, ...(source === "model" ? { pixel_range: this._range } : {}) };
    } catch (error) {
      throw new Error(this.t(error.message === "413" ? "import.too_large" : "import.not_sent"), { cause: error });
    }
  }

  render() {
    const { t } = this;
    return html`<dialog aria-labelledby="title"><div class="inside">
      <h2 id="title">${t("import.title")}</h2>
      ${this._busy ? this.#waiting() : this._result ? this.#done(this._result) : this.#form()}
    </div></dialog>`;
  }

  #form() {
    const { t, _source: source, _problem: problem } = this;
    const models = this.#models;
    return html`
      <div class="sources" role="radiogroup" aria-labelledby="title">${Object.entries(SOURCES).map(([name, symbol]) => html`<button
        type="button" class="source" role="radio" aria-checked=${String(source === name)} ?disabled=${name === "frigate" && !models.length}
        @click=${() => { this._source = name; this._files = []; this._problem = null; }}
      >${icon(symbol)}<span class="grow"><strong>${t(`import.${name}`)}</strong><br /><span class="quiet">${t(name === "frigate" && !models.length ? "import.frigate_none" : `import.${name}_help`)}</span></span></button>`)}</div>
      ${source === "frigate" ? this.#frigate(models) : this.#choose(source)}
      ${source === "model" ? this.#pixels() : ""}
      <label class="row check"><input type="checkbox" .checked=${this._addClasses} @change=${(event) => { this._addClasses = event.target.checked; }} /><span>${t(source === "model" ? "import.add_labels" : "import.add_classes")}</span></label>
      ${problem ? html`<div class="alert error" role="alert">${icon("alertCircleOutline")}<span>${problem.text}</span></div>` : ""}
      <div class="actions">
        <button type="button" class="button plain" @click=${() => this.#close()}>${t("cancel")}</button>
        ${problem?.key === "import_unknown_classes"
          ? html`<button type="button" class="button main" @click=${() => { this._addClasses = true; void this.#start(); }}>${icon("plus")}${t("import.add_and_go")}</button>`
          : html`<button type="button" class="button main" @click=${() => this.#start()}>${icon("upload")}${t("import.start")}</button>`}
      </div>`;
  }

  #choose(source) {
    const { t, _files: files } = this;
    return html`<label class="drop ${files.length ? "chosen" : ""}" @dragover=${(event) => event.preventDefault()} @drop=${(event) => this.#dropped(event)}>
      ${icon("upload")}<span>${files.length ? files.map((file) => file.name).join(", ") : t(`import.choose_${source}`)}</span>
      <input class="hidden" type="file" accept=${ACCEPTED[source]} ?multiple=${source === "model"} aria-label=${t(`import.choose_${source}`)}
        @click=${(event) => { event.target.value = ""; /* Else the same file again would be no change. */ }}
        @change=${(event) => { this._files = [...event.target.files]; this._problem = null; }} />
    </label>`;
  }

  #dropped(event) {
    event.preventDefault();
    this._files = [...event.dataTransfer.files];
    this._problem = null;
  }

  #frigate(models) {
    const { t } = this;
    return html`<div class="field"><label class="label" for="model">${t("import.frigate_model")}</label>
      <select class="pill" id="model" @change=${(event) => { this._model = event.target.value; }}>${models.map((name) => html`<option value=${name} ?selected=${name === this._model}>${name}</option>`)}</select></div>`;
  }

  #pixels() {
    const { t } = this;
    return html`<div class="field"><label class="label" for="range">${t("import.pixels")}</label><span class="help">${t("import.pixels_help")}</span>
      <select class="pill" id="range" @change=${(event) => { this._range = event.target.value; }}>${RANGES.map((name) => html`<option value=${name} ?selected=${name === this._range}>${t(`import.range.${name}`)}</option>`)}</select></div>`;
  }

  #waiting() {
    const { t, f, store, classifier, _sent: sent } = this;
    const sending = sent !== null && sent < 1;
    const job = store.progress(classifier.id, "import");
    const share = sending ? sent : job && !job.done ? job.share : null;
    const words = t(sending ? "import.sending" : "import.running");
    return html`<div class="field" role="status"><span class="row spread"><span>${words}</span><span class="quiet">${typeof share === "number" ? f.percent(share) : ""}</span></span>${progressBar(share, words)}</div>
      <p class="quiet">${t("import.goes_on")}</p>
      <div class="actions"><button type="button" class="button plain" @click=${() => this.#close()}>${t("close")}</button></div>`;
  }

  #done(result) {
    const { t, classifier } = this;
    const pictures = result.images !== undefined;
    const fresh = pictures ? Object.values(result.images).reduce((sum, count) => sum + count, 0) : 0;
    return html`
      <div class="alert success" role="status">${icon("checkCircleOutline")}<span>${pictures ? t("import.pictures_done", { count: fresh }) : t("import.model_done")}</span></div>
      ${pictures ? this.#pictures(result) : this.#meaning(result)}
      ${result.classes_added.length ? html`<p>${t("import.added", { names: result.classes_added.join(", ") })}</p>` : ""}
      <div class="actions">
        <button type="button" class="button ${fresh ? "plain" : "main"}" @click=${() => this.#close()}>${t("close")}</button>
        ${fresh ? html`<button type="button" class="button main" @click=${() => { this.#close(); send(this, "objclass-train", { classifier }); }}>${icon("schoolOutline")}${t("import.train")}</button>` : ""}
      </div>`;
  }

  #pictures({ images, known, unusable }) {
    const { t, classifier } = this;
    return html`<p class="row wrap">${Object.entries(images).map(([name, count]) => html`<span class="row"><span class="dot" style="--c: ${colorOf(classifier.all_classes, name)}"></span>${name} <span class="quiet">${count}</span></span>`)}</p>
      ${known ? html`<p class="quiet">${t("import.known", { count: known })}</p>` : ""}
      ${unusable ? html`<p class="quiet">${t("import.unusable", { count: unusable })}</p>` : ""}`;
  }

  #meaning({ classes, classes_without_label: without }) {
    const { t } = this;
    return html`<ul>${Object.entries(classes).map(([label, name]) => html`<li>${label === name ? name : t("import.label_counts_as", { label, name })}</li>`)}</ul>
      ${without.length ? html`<p class="quiet">${t("import.never", { names: without.join(", ") })}</p>` : ""}
      <p class="quiet">${t("import.model_note")}</p>`;
  }

  #close() {
    this.renderRoot.querySelector("dialog").close();
  }

  static styles = [shared, css`
    .sources { display: grid; gap: 8px; }
    .source { display: flex; gap: 16px; align-items: center; text-align: left; min-height: 64px; padding: 10px 16px; border: 1px solid var(--line); border-radius: 12px; background: none; }
    .source .icon { color: var(--primary-color); }
    .source[aria-checked="true"] { border-color: var(--primary-color); background: var(--tint); box-shadow: inset 0 0 0 1px var(--primary-color); }
    .drop { display: grid; justify-items: center; gap: 8px; padding: 20px 16px; border: 2px dashed var(--line); border-radius: 12px; text-align: center; cursor: pointer; overflow-wrap: anywhere; }
    .drop:hover, .drop:focus-within { border-color: var(--primary-color); }
    .drop:focus-within { outline: 2px solid var(--primary-color); outline-offset: 2px; }
    .drop.chosen { border-style: solid; border-color: var(--primary-color); font-weight: 500; }
    .drop .icon { color: var(--primary-color); }
    .check { min-height: 48px; gap: 12px; cursor: pointer; }
    .check input { width: 20px; height: 20px; flex: none; margin: 0 2px; accent-color: var(--primary-color); }
    dialog { max-height: calc(100dvh - 32px); }
    ul { margin: 0; padding-left: 20px; }
  `];
}

define("objclass-import", Import);
