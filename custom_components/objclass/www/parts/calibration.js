/**
 * Can the scores be believed? A reliability diagram: for each tenth of the scores, how
 * often they were right, against the line where a score of 80 % is right in 80 %.
 */

import { css, define, html, LitElement, svg } from "../lit.js";
import { shared } from "../styles.js";

const HEIGHT = 260;
const EDGE = { left: 48, right: 24, top: 20, bottom: 44 };
const SHARES = [0, 0.25, 0.5, 0.75, 1];

class Calibration extends LitElement {
  static properties = {
    t: { attribute: false },
    f: { attribute: false },
    bins: { attribute: false }, // [{ low, high, images, score, accuracy }]
    _width: { state: true },
  };

  #resized = new ResizeObserver(([entry]) => { this._width = Math.round(entry.contentRect.width); });

  constructor() {
    super();
    this._width = 440;
  }

  connectedCallback() {
    super.connectedCallback();
    this.#resized.observe(this);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#resized.disconnect();
  }

  render() {
    const { t, f, _width: width } = this;
    const x = (share) => EDGE.left + share * (width - EDGE.left - EDGE.right);
    const y = (share) => HEIGHT - EDGE.bottom - share * (HEIGHT - EDGE.top - EDGE.bottom);
    return html`<svg viewBox="0 0 ${width} ${HEIGHT}" height=${HEIGHT} aria-hidden="true">
      ${SHARES.map((share) => svg`<line class="rule" x1=${x(0)} x2=${x(1)} y1=${y(share)} y2=${y(share)}></line>
        <text x=${EDGE.left - 8} y=${y(share) + 4} text-anchor="end">${f.percent(share)}</text>
        <text x=${x(share)} y=${HEIGHT - 24} text-anchor="middle">${f.percent(share)}</text>`)}
      <text x=${x(0.5)} y=${HEIGHT - 4} text-anchor="middle">${t("quality.calibration_score")}</text>
      ${this.bins.map((bin) => this.#bar(bin, x, y))}
      <line class="ideal" x1=${x(0)} y1=${y(0)} x2=${x(1)} y2=${y(1)}></line>
      ${this.bins.map((bin) => this.#count(bin, x, y))}
    </svg>
    <div class="legend row wrap" aria-hidden="true"><span class="row"><span class="key right"></span>${t("quality.calibration_right")}</span><span class="row"><span class="key ideal"></span>${t("quality.calibration_ideal")}</span></div>
    <div class="hidden"><table><caption>${t("quality.calibration_chart")}</caption>
      <thead><tr><th>${t("details.score")}</th><th>${t("quality.calibration_right")}</th><th>${t("quality.images")}</th></tr></thead>
      <tbody>${this.bins.map((bin) => html`<tr><th scope="row">${f.percent(bin.score)}</th><td>${f.percent(bin.accuracy)}</td><td>${f.number(bin.images)}</td></tr>`)}</tbody></table></div>`;
  }

  #bar({ low, high, images, score, accuracy }, x, y) {
    const { t, f } = this;
    const wide = x(high) - x(low) - 4;
    return svg`<g><title>${t("quality.calibration_bin", { count: images, score: f.percent(score), share: f.percent(accuracy) })}</title>
      <rect class="hit" x=${x(low)} y=${y(1)} width=${wide + 4} height=${y(0) - y(1)}></rect>
      <rect class="bar" x=${x(low) + 2} y=${y(accuracy)} width=${wide} height=${Math.max(2, y(0) - y(accuracy))} rx="3"></rect></g>`;
  }

  /** The number of pictures, above the bar. */
  #count({ low, high, images, accuracy }, x, y) {
    return svg`<text class="count" x=${x((low + high) / 2)} y=${y(accuracy) - 6} text-anchor="middle">${this.f.number(images)}</text>`;
  }

  static styles = [shared, css`
    :host { display: grid; gap: 12px; }
    svg { width: 100%; display: block; direction: ltr; }
    text { fill: var(--quiet); font-size: 12px; }
    .rule { stroke: var(--line); }
    .hit { fill: transparent; }
    .bar { fill: color-mix(in srgb, var(--primary-color) 70%, var(--surface)); }
    .count { fill: var(--primary-text-color); font-weight: 500; paint-order: stroke; stroke: var(--surface); stroke-width: 4px; pointer-events: none; }
    .ideal { stroke: var(--primary-text-color); stroke-width: 1.5; stroke-dasharray: 5 4; opacity: 0.7; }
    .legend { gap: 4px 20px; }
    .key { width: 18px; height: 10px; border-radius: 3px; background: color-mix(in srgb, var(--primary-color) 70%, var(--surface)); }
    .key.ideal { height: 0; border-radius: 0; background: none; border-top: 2px dashed var(--primary-text-color); }
  `];
}

define("objclass-calibration", Calibration);
