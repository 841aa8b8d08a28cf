/** A new classifier of whole pictures: what it tells apart, and where it looks. */

import { css, define, html } from "../lit.js";
import { colorOf } from "../palette.js";
import { isWhole, WHOLE } from "../rectangle.js";
import { go, path } from "../route.js";
import { icon } from "../ui.js";
import { View } from "../view.js";
import "./rectangle.js";

const FIELDS = { name: "name", classes: "classes", camera_entities: "cameras" };
const TYPE = "frame_classifier";
const FRIGATE = "frigate";

const isEntity = (id) => id.includes(".");
const toggled = (ids, id) => ids.includes(id) ? ids.filter((item) => item !== id) : [...ids, id];

class FrameForm extends View {
  static properties = {
    ...View.properties,
    entry: { attribute: false },
    _data: { state: true },
    _pictures: { state: true },
    _error: { state: true },
    _busy: { state: true },
  };

  constructor() {
    super();
    this._data = { name: "", classes: [], cameras: [], parts: {}, interval: "30", motion: [], on: null, confirmations: "3" };
    this._pictures = {};
    this._error = null;
    this._busy = false;
  }

  render() {
    const { t, _data: data } = this;
    return html`<form class="page" novalidate @submit=${this.#submit}>
      <div class="card form">
        <slot></slot>
        ${this.#field("classes", t("frames.classes"), t("frames.classes_help"), this.#classes())}
        ${this.#field("cameras", t("frames.cameras"), "", this.#choices("cameras", this.#cameras, ({ id }) => data.cameras.includes(id), ({ id }) => this.#toggleCamera(id)))}
        ${data.cameras.map((id) => this.#picture(id))}
        ${this.#field("name", t("wizard.name"), "", html`<input class="input" aria-labelledby="name" aria-invalid=${String(this._error?.field === "name")} maxlength="64" autocomplete="off" placeholder=${this.#proposedName} .value=${data.name} @input=${(event) => this.#set({ name: event.target.value })} />`)}
        ${this.#field("interval", t("frames.interval"), t("frames.interval_help"), html`<input class="input short" type="number" min="1" max="86400" step="any" aria-labelledby="interval" .value=${data.interval} @input=${(event) => this.#set({ interval: event.target.value })} />`)}
        ${this.#motions.length ? this.#field("motion", t("frames.motion"), t("frames.motion_help"), this.#choices("motion", this.#motions, ({ id }) => data.motion.includes(id), ({ id }) => this.#set({ motion: toggled(data.motion, id) }))) : ""}
        ${data.classes.length === 2 ? this.#field("on", t("frames.on"), t("frames.on_help"), this.#choices("on", data.classes.map((name) => ({ id: name, name })), ({ id }) => data.on === id, ({ id }) => this.#set({ on: data.on === id ? null : id }))) : ""}
        ${this.#field("confirmations", t("frames.confirmations"), t("frames.confirmations_help"), html`<input class="input short" type="number" min="1" max="20" step="1" aria-labelledby="confirmations" .value=${data.confirmations} @input=${(event) => this.#set({ confirmations: event.target.value })} />`)}
      </div>
      ${this._error && !this._error.field ? html`<div class="alert error" role="alert">${icon("alertCircleOutline")}<span>${this._error.text}</span></div>` : ""}
      <div class="row buttons"><a class="button plain" href=${path("classifiers")}>${t("cancel")}</a>
        <button class="button main" ?disabled=${this._busy}>${t(this._busy ? "wizard.creating" : "frames.create")}${icon("chevronRight")}</button></div>
    </form>`;
  }

  #field(key, label, help, content) {
    return html`<div class="field"><span class="label" id=${key}>${label}</span>${help ? html`<span class="help">${help}</span>` : ""}${content}
      ${this._error?.field === key ? html`<span class="wrong row" role="alert">${icon("alertCircleOutline")}${this._error.text}</span>` : ""}</div>`;
  }

  #choices(label, items, isChosen, choose) {
    return html`<div class="row wrap" role="group" aria-labelledby=${label}>${items.map((item) => html`<button type="button" class="choice" aria-pressed=${String(isChosen(item))} @click=${() => choose(item)}>${item.name}</button>`)}</div>`;
  }

  #classes() {
    const { t, _data: { classes } } = this;
    return html`<div class="row wrap">${classes.map((name) => html`<button type="button" class="chip removable" style="--c: ${colorOf(classes, name)}" aria-label=${t("wizard.remove_class", { name })} @click=${() => this.#set({ classes: classes.filter((item) => item !== name) })}>${name}${icon("close")}</button>`)}</div>
    <div class="row">
      <input class="input grow" id="class" maxlength="64" autocomplete="off" autocapitalize="none" aria-labelledby="classes" placeholder=${t("wizard.class_placeholder")}
        @keydown=${(event) => { if (event.key === "Enter" || event.key === ",") { if (event.target.value.trim()) event.preventDefault(); this.#addClass(); } }} />
      <button type="button" class="button" @click=${() => this.#addClass()}>${icon("plus")}${t("wizard.add")}</button>
    </div>`;
  }

  /** Where to look in a camera's picture. */
  #picture(id) {
    const { t, _data: data, _pictures: pictures } = this;
    const name = this.#cameras.find((camera) => camera.id === id)?.name ?? id;
    if (pictures[id] === undefined) return html`<p class="quiet">${t("frames.loading", { name })}</p>`;
    if (pictures[id] === null) return html`<p class="quiet">${t("frames.no_picture", { name })}</p>`;
    return html`<div class="field"><span class="label">${name}</span><span class="help">${t("frames.part_help")}</span>
      <objclass-rectangle .t=${t} .name=${name} .src=${pictures[id]} .value=${data.parts[id] ?? WHOLE} @part=${(event) => this.#set({ parts: { ...data.parts, [id]: event.detail.value } })}></objclass-rectangle></div>`;
  }

  get #cameras() {
    const states = Object.values(this.store.hass.states).filter(({ entity_id: id }) => id.startsWith("camera."));
    return [...this.entry.cameras, ...states.map((state) => ({ id: state.entity_id, name: state.attributes.friendly_name ?? state.entity_id }))];
  }

  /** What may say that something moves: Frigate, for its own cameras, and sensors. */
  get #motions() {
    const frigate = this._data.cameras.some((id) => !isEntity(id)) ? [{ id: FRIGATE, name: this.t("frames.frigate_motion") }] : [];
    const sensors = Object.values(this.store.hass.states).filter(({ entity_id: id, attributes }) => id.startsWith("binary_sensor.") && attributes.device_class === "motion");
    return [...frigate, ...sensors.map(({ entity_id: id, attributes }) => ({ id, name: attributes.friendly_name ?? id }))];
  }

  get #proposedName() {
    return this._data.classes.join(" / ").slice(0, 64) || this.t("frames.name_placeholder");
  }

  #set(changes) {
    this._data = { ...this._data, ...changes };
    this._error = null;
  }

  #addClass() {
    const input = this.renderRoot.querySelector("#class");
    const added = input.value.split(",").map((name) => name.trim().replaceAll(/\s+/g, " ")).filter(Boolean);
    input.value = "";
    if (added.length) this.#set({ classes: [...new Set([...this._data.classes, ...added])] });
  }

  async #toggleCamera(id) {
    const { cameras } = this._data;
    const chosen = !cameras.includes(id);
    this.#set({ cameras: toggled(cameras, id) });
    if (!chosen || this._pictures[id]) return;
    const answer = await this.ask("frame", { entry_id: this.entry.entry_id, camera: id });
    this._pictures = { ...this._pictures, [id]: answer?.picture ?? null };
  }

  #submit = async (event) => {
    event.preventDefault();
    this.#addClass();
    const { t, store, entry, _data: data } = this;
    if (data.classes.length < 2) return void this.#wrong("classes", t("frames.no_classes"));
    if (!data.cameras.length) return void this.#wrong("cameras", t("frames.no_cameras"));
    const motion = this.#motions.map(({ id }) => id).filter((id) => data.motion.includes(id));
    this._busy = true;
    try {
      const { classifier_id: id } = await store.ask("create", {
        entry_id: entry.entry_id,
        kind: TYPE,
        data: {
          name: data.name.trim() || this.#proposedName,
          classes: data.classes,
          camera_entities: data.cameras.filter(isEntity),
          ...(entry.cameras.length ? { frigate_cameras: data.cameras.filter((id) => !isEntity(id)) } : {}),
          parts: Object.fromEntries(data.cameras.filter((camera) => data.parts[camera] && !isWhole(data.parts[camera])).map((camera) => [camera, data.parts[camera]])),
          when: {
            ...(Number(data.interval) ? { interval: Number(data.interval) } : {}),
            ...(motion.includes(FRIGATE) ? { frigate_motion: true } : {}),
            ...(motion.some(isEntity) ? { motion_sensors: motion.filter(isEntity) } : {}),
          },
          on: data.classes.length === 2 && data.classes.includes(data.on) ? { on_class: data.on } : {},
          rules: Number(data.confirmations) ? { confirmations: Number(data.confirmations) } : {},
        },
      });
      await store.refresh();
      go(path("recent", id), { replace: true });
    } catch (error) {
      this.#wrong(FIELDS[error.cause?.translation_placeholders?.field] ?? null, error.message);
    } finally {
      this._busy = false;
    }
  };

  async #wrong(field, text) {
    this._error = { field, text };
    await this.updateComplete;
    this.renderRoot.querySelector("[role=alert]")?.scrollIntoView({ block: "center" });
  }

  static styles = [View.styles, css`
    .page { max-width: 720px; }
    .form { display: grid; gap: 28px; padding: 24px; }
    .removable { min-height: 40px; border: 0; border-radius: 20px; padding: 0 14px; }
    .short { max-width: 160px; }
    .wrong { gap: 6px; }
    .buttons { justify-content: flex-end; }
    @media (max-width: 600px) { .form { padding: 16px; } }
  `];
}

define("objclass-frame-form", FrameForm);
