/** Step 1 of a new classifier: what it is called, looks at and tells apart. */

import { parents } from "../condition.js";
import { css, define, html } from "../lit.js";
import { colorOf, NONE } from "../palette.js";
import { go, path, remember } from "../route.js";
import { emptyState, icon } from "../ui.js";
import { View } from "../view.js";
import "../parts/frame-form.js";

const KINDS = ["sub_label", "attribute"];
const TYPES = ["classifier", "frame_classifier"];
const FIELDS = ["name", "labels", "classes", "kind", "condition"];

class Wizard extends View {
  static properties = { ...View.properties, _data: { state: true }, _error: { state: true }, _busy: { state: true } };

  constructor() {
    super();
    this._data = fromAddress();
    this._error = null;
    this._busy = false;
  }

  get #entry() {
    const { entries } = this.store;
    return entries.find((entry) => entry.entry_id === this._data.entry) ?? entries.find((entry) => entry.available) ?? entries[0];
  }

  #set(key, value) {
    this._data = { ...this._data, [key]: value };
    remember({ ...this._data, type: this._data.type === TYPES[0] ? null : this._data.type, kind: this._data.kind === KINDS[0] ? null : this._data.kind });
    if (this._error && (!this._error.field || this._error.field === key)) this._error = null;
  }

  #toggle(key, value) {
    const list = this._data[key];
    this.#set(key, list.includes(value) ? list.filter((item) => item !== value) : [...list, value]);
  }

  render() {
    const { t, store, _data: data } = this;
    const entry = this.#entry;
    if (!store.isAdmin) return emptyState("alertOutline", t("wizard.title"), t("not_admin"));
    if (!entry) return emptyState("cctv", t("empty.entry.title"), t("empty.entry.text"));
    const several = store.entries.length > 1;
    const which = html`${several ? html`<div class="field"><label class="label" for="entry">${t("wizard.which_frigate")}</label>
          <select class="pill" id="entry" @change=${(event) => this.#set("entry", event.target.value)}>${store.entries.map((item) => html`<option value=${item.entry_id} ?selected=${item === entry} ?disabled=${!item.available}>${item.title}</option>`)}</select></div>` : ""}${this.#types(entry)}`;
    if (this.#type(entry) === TYPES[1]) return html`<objclass-frame-form .store=${store} .t=${t} .f=${this.f} .route=${this.route} .entry=${entry}><div class="first">${which}</div></objclass-frame-form>`;
    return html`<form class="page" novalidate @submit=${this.#submit}>
      <p class="quiet step">${t("wizard.step", { step: 1 })}</p>
      <div class="card form">
        ${which}
        ${this.#field("labels", t("wizard.labels"), t("wizard.labels_help"), html`
          <div class="row wrap" role="group" aria-labelledby="labels">${this.#labels(entry).map((name) => html`<button type="button" class="choice" aria-pressed=${String(data.labels.includes(name))} @click=${() => this.#toggle("labels", name)}>${name}</button>`)}</div>`)}
        ${this.#field("classes", t("wizard.classes"), t("wizard.classes_help"), this.#classes())}
        ${this.#field("name", t("wizard.name"), data.name || !data.labels.length ? "" : t("wizard.name_help", { name: this.#proposedName() }), html`<input class="input" aria-labelledby="name" aria-describedby="name-wrong" aria-invalid=${String(this._error?.field === "name")} maxlength="64" autocomplete="off" placeholder=${this.#proposedName()} .value=${data.name} @input=${(event) => this.#set("name", event.target.value)} />`)}
        ${this.#field("kind", t("wizard.kind"), "", html`<div class="kinds" role="radiogroup" aria-labelledby="kind">${KINDS.map((kind) => html`<button type="button" class="kind" role="radio" aria-checked=${String(data.kind === kind)} @click=${() => this.#set("kind", kind)}><strong>${t(`kind.${kind}`)}</strong><span class="quiet">${t(`kind.${kind}_help`)}</span></button>`)}</div>`)}
        ${entry.cameras.length > 1 ? html`<details ?open=${data.cameras.length > 0}><summary>${icon("chevronRight")}${t("wizard.cameras")}</summary><p class="quiet">${t("wizard.cameras_help")}</p>
          <div class="row wrap">${entry.cameras.map(({ id, name }) => html`<button type="button" class="choice" aria-pressed=${String(data.cameras.includes(id))} @click=${() => this.#toggle("cameras", id)}>${name}</button>`)}</div></details>` : ""}
        ${this.#condition(entry)}
      </div>
      ${this._error && !this._error.field ? html`<div class="alert error" role="alert">${icon("alertCircleOutline")}<span>${this._error.text}</span></div>` : ""}
      <div class="row buttons"><a class="button plain" href=${path("classifiers")}>${t("cancel")}</a>
        <button class="button main" ?disabled=${this._busy}>${t(this._busy ? "wizard.creating" : "wizard.next")}${icon("chevronRight")}</button></div>
    </form>`;
  }

  #field(key, label, help, content) {
    return html`<div class="field"><span class="label" id=${key}>${label}</span>${help ? html`<span class="help">${help}</span>` : ""}${content}
      ${this._error?.field === key ? html`<span class="wrong row" id="${key}-wrong" role="alert">${icon("alertCircleOutline")}${this._error.text}</span>` : ""}</div>`;
  }

  #type(entry) {
    const types = entry.types ?? TYPES;
    return types.includes(this._data.type) ? this._data.type : types[0];
  }

  /** Tracked objects, or whole pictures. */
  #types(entry) {
    const { t } = this;
    if ((entry.types ?? []).length < 2) return "";
    return html`<div class="field"><span class="label" id="type">${t("wizard.type")}</span><div class="kinds" role="radiogroup" aria-labelledby="type">${TYPES.map((type) => html`<button type="button" class="kind" role="radio" aria-checked=${String(this.#type(entry) === type)} @click=${() => this.#set("type", type)}><strong>${t(`type.${type}`)}</strong><span class="quiet">${t(`type.${type}_help`)}</span></button>`)}</div></div>`;
  }

  #labels(entry) {
    return [...new Set([...entry.labels, ...this._data.labels])];
  }

  #classes() {
    const { t, _data: data } = this;
    const all = [...data.classes, NONE];
    return html`<div class="row wrap">
      ${data.classes.map((name) => html`<button type="button" class="chip removable" style="--c: ${colorOf(all, name)}" aria-label=${t("wizard.remove_class", { name })} @click=${() => this.#toggle("classes", name)}>${name}${icon("close")}</button>`)}
      <span class="chip removable" style="--c: ${colorOf(all, NONE)}" title=${t("wizard.none_help")}>${NONE}</span>
    </div>
    <div class="row">
      <input class="input grow" id="class" maxlength="64" autocomplete="off" autocapitalize="none" aria-labelledby="classes" aria-describedby="classes-wrong" aria-invalid=${String(this._error?.field === "classes")} placeholder=${t("wizard.class_placeholder")}
        @keydown=${(event) => { if (event.key === "Enter" || event.key === ",") { if (event.target.value.trim()) event.preventDefault(); this.#addClass(); } }} />
      <button type="button" class="button" @click=${() => this.#addClass({ focus: true })}>${icon("plus")}${t("wizard.add")}</button>
    </div>`;
  }

  /** What has to be known of an object before it is asked. */
  #condition(entry) {
    const { t, store, _data: data } = this;
    const choices = parents(entry, store.classifiers, t);
    const chosen = choices.find(({ id }) => id === data.parent);
    return html`<details ?open=${Boolean(chosen)}><summary>${icon("chevronRight")}${t("condition.title")}</summary>
      <p class="quiet">${t("condition.help")}</p>
      <div class="field"><label class="label" for="parent">${t("condition.parent")}</label>
        <select class="pill" id="parent" @change=${(event) => this.#setParent(event.target.value)}>
          <option value="" ?selected=${!chosen}>${t("condition.always")}</option>
          ${choices.map(({ id, name }) => html`<option value=${id} ?selected=${id === data.parent}>${name}</option>`)}
        </select></div>
      ${chosen ? this.#field("condition", t("condition.classes"), chosen.classes ? "" : t("condition.names_help"), chosen.classes
        ? html`<div class="row wrap" role="group" aria-labelledby="condition">${chosen.classes.map((name) => html`<button type="button" class="choice" aria-pressed=${String(data.when.includes(name))} @click=${() => this.#toggle("when", name)}>${name}</button>`)}</div>`
        : html`<input class="input" aria-labelledby="condition" autocomplete="off" .value=${data.when.join(", ")} @change=${(event) => this.#set("when", names(event.target.value))} />`) : ""}
    </details>`;
  }

  #setParent(id) {
    this.#set("when", []);
    this.#set("parent", id);
  }

  #addClass({ focus = false } = {}) {
    const input = this.renderRoot.querySelector("#class");
    const added = names(input.value).filter((name) => name !== NONE);
    input.value = "";
    if (focus) input.focus();
    if (added.length) this.#set("classes", [...new Set([...this._data.classes, ...added])]);
  }

  #proposedName() {
    const { classes, labels } = this._data;
    return classes.join(" / ").slice(0, 64) || labels.join(", ") || this.t("wizard.name_placeholder");
  }

  #submit = async (event) => {
    event.preventDefault();
    this.#addClass();
    const { t, store, _data: data } = this;
    if (!data.labels.length) return void this.#wrong("labels", t("wizard.no_labels"));
    if (!data.classes.length) return void this.#wrong("classes", t("wizard.no_classes"));
    if (data.parent && !data.when.length) return void this.#wrong("condition", t("condition.no_classes"));
    this._busy = true;
    try {
      const { classifier_id: id } = await store.ask("create", {
        entry_id: this.#entry.entry_id,
        data: {
          name: data.name.trim() || this.#proposedName(), labels: data.labels, classes: data.classes, kind: data.kind,
          ...(data.cameras.length ? { filter: { cameras: data.cameras } } : {}),
          ...(data.parent ? { condition: { parent: data.parent, classes: data.when } } : {}),
        },
      });
      await store.refresh();
      go(path("examples", id, { collect: "1" }), { replace: true });
    } catch (error) {
      void this.#wrong(error.cause?.translation_placeholders?.field, error.message);
    } finally {
      this._busy = false;
    }
  };

  async #wrong(field, text) {
    this._error = { field: FIELDS.includes(field) ? field : null, text };
    await this.updateComplete;
    this.renderRoot.querySelector("[role=alert]")?.scrollIntoView({ block: "center" });
    this.renderRoot.querySelector("[aria-invalid=true]")?.focus({ preventScroll: true });
  }

  static styles = [View.styles, css`
    .page { max-width: 720px; }
    .form { display: grid; gap: 28px; padding: 24px; }
    .step { text-align: center; }
    .first { display: grid; gap: 28px; }
    .removable { min-height: 40px; border: 0; border-radius: 20px; padding: 0 14px; position: relative; overflow: visible; }
    .removable::after { content: ""; position: absolute; inset: -4px; }
    .kinds { display: grid; grid-template-columns: repeat(auto-fit, minmax(220px, 1fr)); gap: 12px; }
    .kind { display: grid; gap: 4px; align-content: start; text-align: left; padding: 14px 16px; border: 1px solid var(--line); border-radius: 12px; background: none; }
    .kind[aria-checked="true"] { border-color: var(--primary-color); background: var(--tint); box-shadow: inset 0 0 0 1px var(--primary-color); }
    summary { cursor: pointer; min-height: 48px; display: flex; align-items: center; gap: 4px; font-weight: 500; color: var(--accent-text); list-style: none; }
    summary::-webkit-details-marker { display: none; }
    summary .icon { transition: transform 120ms; }
    details[open] summary .icon { transform: rotate(90deg); }
    .wrong { gap: 6px; }
    .wrong .icon { width: 20px; height: 20px; }
    .input[aria-invalid="true"] { border-color: var(--error-color); box-shadow: inset 0 0 0 1px var(--error-color); }
    details p { margin-bottom: 8px; }
    .buttons { justify-content: flex-end; }
    @media (max-width: 600px) { .form { padding: 16px; } }
  `];
}

/** What was filled in before the page was loaded anew; no name has a comma in it. */
function fromAddress() {
  const query = new URLSearchParams(location.search);
  const list = (key) => query.get(key)?.split(",").filter(Boolean) ?? [];
  return {
    entry: query.get("entry"),
    name: query.get("name") ?? "",
    labels: list("labels"),
    kind: KINDS.includes(query.get("kind")) ? query.get("kind") : KINDS[0],
    classes: list("classes"),
    cameras: list("cameras"),
    parent: query.get("parent") ?? "",
    when: list("when"),
    type: TYPES.includes(query.get("type")) ? query.get("type") : TYPES[0],
  };
}

/** Names that were written with commas between them. */
function names(text) {
  return text.split(",").map((name) => name.trim().replaceAll(/\s+/g, " ")).filter(Boolean);
}

define("objclass-new", Wizard);
