/** What was labelled against what was recognised; a cell opens the pictures behind it. */

import { css, define, html, LitElement } from "../lit.js";
import { colorOf } from "../palette.js";
import { path } from "../route.js";
import { shared } from "../styles.js";

class Confusion extends LitElement {
  static properties = {
    t: { attribute: false },
    f: { attribute: false },
    names: { attribute: false },
    matrix: { attribute: false },
    classes: { attribute: false },
    classifier: { attribute: false }, // id
  };

  updated() {
    this.toggleAttribute("few", this.names.length <= 6);
  }

  render() {
    const { t, names, classes } = this;
    return html`<div class="scroll" tabindex="0" role="region" aria-label=${t("quality.confusion")}><table>
      <thead><tr><td></td><th scope="colgroup" colspan=${names.length} class="axis">${t("quality.recognised")}</th></tr>
        <tr><th scope="col" class="axis left">${t("quality.labelled")}</th>${names.map((name) => html`<th scope="col"><span class="head"><span class="dot" style="--c: ${colorOf(classes, name)}"></span><span class="name" title=${name}>${name}</span></span></th>`)}</tr></thead>
      <tbody>${names.map((label, row) => html`<tr><th scope="row"><span class="head"><span class="dot" style="--c: ${colorOf(classes, label)}"></span><span class="name" title=${label}>${label}</span></span></th>
        ${names.map((predicted, column) => this.#cell(label, predicted, this.matrix[row][column], sum(this.matrix[row]), row === column))}</tr>`)}</tbody>
    </table></div>`;
  }

  #cell(label, predicted, count, all, right) {
    const { t, f } = this;
    const share = all ? count / all : 0;
    const strength = count ? Math.round(14 + share * 42) : 0; // more would hide the number
    const words = t("quality.cell", { count, label, predicted });
    const style = `--s: ${strength}%; --k: var(${right ? "--success-color" : "--error-color"})`;
    return html`<td>${count
      ? html`<a class="cell" style=${style} href=${path("dataset", this.classifier, { label, recognised: predicted })} aria-label=${words} title=${words}>${f.number(count)}</a>`
      : html`<span class="cell zero">0</span>`}</td>`;
  }

  static styles = [shared, css`
    :host { display: block; }
    .scroll { overflow-x: auto; }
    table { border-collapse: separate; border-spacing: 4px; min-width: min(100%, 360px); }
    :host([few]) table { width: 100%; max-width: 560px; }
    th { font-weight: 500; text-align: center; max-width: 140px; padding: 4px; }
    th[scope="row"] { text-align: left; position: sticky; left: 0; background: var(--surface); }
    .axis { color: var(--quiet); font-weight: 400; font-size: 12px; }
    .axis.left { text-align: left; }
    .head { display: inline-flex; align-items: center; gap: 6px; max-width: 100%; }
    .name { display: -webkit-box; -webkit-box-orient: vertical; -webkit-line-clamp: 2; overflow: hidden; overflow-wrap: anywhere; min-width: 0; }
    th[scope="row"] .name { overflow-wrap: break-word; max-width: 104px; }
    :host(:not([few])) th[scope="col"] .head { flex-direction: column; gap: 2px; font-size: 12px; }
    :host(:not([few])) th[scope="col"] .name { -webkit-line-clamp: 4; }
    :host(:not([few])) .axis { text-align: left; }
    .cell { display: grid; place-items: center; min-width: 72px; min-height: 56px; border-radius: 10px; font-size: 18px; font-weight: 500; text-decoration: none; color: var(--primary-text-color); background: color-mix(in srgb, var(--k) var(--s), transparent); font-variant-numeric: tabular-nums; }
    .cell:hover { box-shadow: inset 0 0 0 2px var(--k); }
    .zero { color: var(--quiet); background: var(--shade); font-weight: 400; opacity: 0.6; box-shadow: none; }
    @media (max-width: 600px) { .cell { min-width: 52px; min-height: 48px; } }
  `];
}

function sum(row) {
  return row.reduce((all, count) => all + count, 0);
}

define("objclass-confusion", Confusion);
