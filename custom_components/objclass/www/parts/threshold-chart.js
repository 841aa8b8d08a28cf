/** Precision, and how much is decided, against the threshold; the threshold on a slider. */

import { css, define, html, LitElement, svg } from "../lit.js";
import { shared } from "../styles.js";
import { at, line } from "../threshold.js";
import { send } from "../ui.js";

const HEIGHT = 260;
const EDGE = { left: 48, right: 12, top: 12, bottom: 28 };
const SHARES = [0, 0.25, 0.5, 0.75, 1];

class ThresholdChart extends LitElement {
  static properties = {
    t: { attribute: false },
    f: { attribute: false },
    points: { attribute: false },
    current: { type: Number },
    proposed: { attribute: false },
    readOnly: { type: Boolean },
    _value: { state: true },
    _width: { state: true },
  };

  #resized = new ResizeObserver(([entry]) => { this._width = Math.round(entry.contentRect.width); });

  constructor() {
    super();
    this._width = 640;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  willUpdate(changed) {
    if (changed.has("current")) this._value = this.current;
  }

  render() {
    const { t, f, points, proposed, _value: value } = this;
    const now = at(points, value);
    const saved = Math.abs(value - this.current) < 0.005;
    return html`
      ${this.#chart(now)}
      <label class="hidden" for="slider">${t("quality.threshold")}</label>
      <div class="slider"><input id="slider" type="range" min="0.3" max="0.99" step="0.01" .value=${String(value)} aria-valuetext=${f.percent(value)}
        @input=${(event) => { this._value = Number(event.target.value); }} /></div>
      <p class="words" aria-live="polite">${t("quality.at", { threshold: f.percent(value) })}
        ${now.precision === null ? html`<strong>${t("quality.nothing_at")}</strong>` : html`<strong class="precision">${t("quality.precision_at", { share: f.percent(now.precision) })}</strong>
        <strong class="decided">${t("quality.decided_at", { share: f.percent(now.decided) })}</strong>`}</p>
      ${this.readOnly ? "" : html`<div class="row wrap">
        <button type="button" class="button main" ?disabled=${saved} @click=${() => send(this, "threshold", { value })}>${t("quality.save")}</button>
        ${typeof proposed === "number" && Math.abs(proposed - value) > 0.005 ? html`<button type="button" class="button" @click=${() => { this._value = proposed; }}>${t("quality.proposed", { threshold: f.percent(proposed) })}</button>` : ""}
        ${saved ? "" : html`<button type="button" class="button plain" @click=${() => { this._value = this.current; }}>${t("cancel")}</button>`}
      </div>`}`;
  }

  #chart(now) {
    const { t, f, points, _value: value, _width: width } = this;
    const x = (share) => EDGE.left + ((share - 0.3) / 0.69) * (width - EDGE.left - EDGE.right);
    const y = (share) => HEIGHT - EDGE.bottom - share * (HEIGHT - EDGE.top - EDGE.bottom);
    const path = (key) => line(points.map((point) => [point.threshold, point[key]]), x, y);
    return html`<svg viewBox="0 0 ${width} ${HEIGHT}" height=${HEIGHT} role="img" aria-label=${t("quality.chart")}>
      ${SHARES.map((share) => svg`<line class="rule" x1=${EDGE.left} x2=${width - EDGE.right} y1=${y(share)} y2=${y(share)}></line>
        <text x=${EDGE.left - 8} y=${y(share) + 4} text-anchor="end">${f.percent(share)}</text>`)}
      ${[0.3, 0.5, 0.7, 0.9].map((share) => svg`<text x=${x(share)} y=${HEIGHT - 6} text-anchor="middle">${f.percent(share)}</text>`)}
      <path class="decided" d=${path("decided")}></path>
      <path class="precision" d=${path("precision")}></path>
      <line class="now" x1=${x(value)} x2=${x(value)} y1=${EDGE.top} y2=${HEIGHT - EDGE.bottom}></line>
      <circle class="decided" cx=${x(value)} cy=${y(now.decided)} r="6"></circle>
      ${now.precision === null ? "" : svg`<circle class="precision" cx=${x(value)} cy=${y(now.precision)} r="6"></circle>`}
    </svg>
    <div class="legend row wrap"><span class="row"><span class="key precision"></span>${t("quality.precision")}</span><span class="row"><span class="key decided"></span>${t("quality.decided")}</span></div>`;
  }

  static styles = [shared, css`
    :host { display: grid; gap: 12px; max-width: 760px; margin-inline: auto; --precision: #2e7d32; --decided: var(--primary-color); }
    @media (prefers-color-scheme: dark) { :host { --precision: #66bb6a; } }
    svg { width: 100%; display: block; }
    text { fill: var(--quiet); font-size: 13px; }
    .rule { stroke: var(--line); }
    path { fill: none; stroke-width: 3; stroke-linejoin: round; stroke-linecap: round; }
    path.precision { stroke: var(--precision); }
    path.decided { stroke: var(--decided); }
    circle { stroke: var(--surface); stroke-width: 2; }
    circle.precision { fill: var(--precision); }
    circle.decided { fill: var(--decided); }
    .now { stroke: var(--primary-text-color); stroke-dasharray: 4 4; opacity: 0.6; }
    svg, .slider { direction: ltr; } /* as the numbers on its axis */
    .slider { padding-left: 36px; }
    input { width: 100%; margin: 0; height: 48px; appearance: none; background: none; }
    input::-webkit-slider-runnable-track { height: 6px; border-radius: 3px; background: var(--line); }
    input::-moz-range-track { height: 6px; border-radius: 3px; background: var(--line); }
    input::-webkit-slider-thumb { appearance: none; width: 24px; height: 24px; margin-top: -9px; border-radius: 50%; background: var(--primary-color); }
    input::-moz-range-thumb { width: 24px; height: 24px; border: 0; border-radius: 50%; background: var(--primary-color); }
    .key { width: 18px; height: 4px; border-radius: 2px; }
    .key.precision { background: var(--precision); }
    .key.decided { background: var(--decided); }
    .legend { gap: 4px 20px; }
    .words { font-size: 16px; }
    strong { font-weight: 500; }
    strong.precision { color: color-mix(in srgb, var(--precision) 68%, var(--primary-text-color)); }
    strong.decided { color: color-mix(in srgb, var(--decided) 68%, var(--primary-text-color)); }
  `];
}

define("objclass-threshold-chart", ThresholdChart);
