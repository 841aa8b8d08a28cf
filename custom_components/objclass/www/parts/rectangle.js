/** A rectangle on a camera's picture, drawn with a mouse, a finger or the keyboard. */

import { css, define, html, LitElement } from "../lit.js";
import { between, holds, isWhole, moved, steered, WHOLE } from "../rectangle.js";
import { shared } from "../styles.js";
import { icon } from "../ui.js";

class Rectangle extends LitElement {
  static properties = {
    t: { attribute: false },
    src: { attribute: false },
    name: { attribute: false },
    value: { attribute: false }, // [left, top, right, bottom], 0 to 1
  };

  #drag = null;

  constructor() {
    super();
    this.value = WHOLE;
  }

  render() {
    const { t, value, src, name } = this;
    const [left, top, right, bottom] = value.map((side) => side * 100);
    const whole = isWhole(value);
    return html`<div class="picture" @pointerdown=${this.#down} @pointermove=${this.#move} @pointerup=${this.#up} @pointercancel=${this.#up}>
        <img src=${src} alt=${name} draggable="false" />
        <div class="part ${whole ? "whole" : ""}" tabindex="0" role="application" aria-label=${t("frames.part_keys", { name })} @keydown=${this.#key}
          style="left: ${left}%; top: ${top}%; width: ${right - left}%; height: ${bottom - top}%"></div>
      </div>
      <div class="row">
        <span class="quiet grow" aria-live="polite">${whole ? t("frames.whole") : t("frames.part", { sides: value.map((side) => side.toFixed(2)).join(", ") })}</span>
        ${whole ? "" : html`<button type="button" class="button" @click=${() => this.#set(WHOLE)}>${icon("close")}${t("frames.use_whole")}</button>`}
      </div>`;
  }

  #set(value) {
    this.value = value;
    this.dispatchEvent(new CustomEvent("part", { detail: { value } }));
  }

  #point(event) {
    const box = this.renderRoot.querySelector("img").getBoundingClientRect();
    return [(event.clientX - box.left) / box.width, (event.clientY - box.top) / box.height];
  }

  #down = (event) => {
    if (event.button !== 0) return;
    const start = this.#point(event);
    event.currentTarget.setPointerCapture(event.pointerId);
    // Inside of it one moves it, beside it one draws it anew.
    this.#drag = { start, from: !isWhole(this.value) && holds(this.value, start) ? this.value : null };
    this.renderRoot.querySelector(".part").focus({ preventScroll: true });
    event.preventDefault();
  };

  #move = (event) => {
    if (!this.#drag) return;
    const { start, from } = this.#drag;
    const point = this.#point(event);
    this.#set(from ? moved(from, point[0] - start[0], point[1] - start[1]) : between(start, point));
  };

  #up = () => {
    this.#drag = null;
  };

  #key = (event) => {
    const begun = isWhole(this.value) ? [0.25, 0.25, 0.75, 0.75] : this.value;
    const value = steered(begun, event.key, { larger: event.shiftKey });
    if (!value) return;
    event.preventDefault();
    event.stopPropagation();
    this.#set(value);
  };

  static styles = [shared, css`
    :host { display: grid; gap: 8px; }
    .picture { position: relative; overflow: hidden; border-radius: 8px; touch-action: none; cursor: crosshair; user-select: none; line-height: 0; }
    img { width: 100%; height: auto; }
    .part { position: absolute; box-sizing: border-box; border: 2px solid var(--primary-color); box-shadow: 0 0 0 100vmax rgb(0 0 0 / 50%); cursor: move; }
    .part.whole { border-style: dashed; box-shadow: none; cursor: crosshair; }
    .part:focus-visible { outline: 3px solid var(--primary-color); outline-offset: -3px; }
  `];
}

define("objclass-rectangle", Rectangle);
