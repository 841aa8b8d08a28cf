/**
 * The classes at the bottom. With pictures selected, a class labels them; without, it
 * becomes the brush: each tap on a picture labels it.
 */

import { css, define, html, LitElement } from "../lit.js";
import { colorOf, digitOf } from "../palette.js";
import { shared } from "../styles.js";
import { iconButton, send } from "../ui.js";

const MANY = 8; // more classes than this have two rows

class ClassBar extends LitElement {
  static properties = {
    t: { attribute: false },
    classes: { attribute: false },
    counts: { attribute: false },
    selected: { type: Number },
    brush: { attribute: false },
    copies: { type: Boolean }, // the selection is many pictures of one visit
  };

  updated() {
    this.toggleAttribute("many", this.classes.length > MANY);
  }

  render() {
    const { t, selected, brush } = this;
    return html`<div class="bar" role="toolbar" aria-label=${t("bar.title")}>
      <div class="top">
        <span class="words" aria-live="polite">${selected ? html`${t("bar.selected", { count: selected })}${this.copies ? html` <strong>${t("bar.copies")}</strong>` : ""}` : brush ? t("bar.brush", { name: brush }) : html`${t("bar.hint")} <span class="more">${t("bar.hint_more")}</span>`}</span>
        ${selected ? html`
          ${iconButton("tagOffOutline", t("bar.unlabel"), () => send(this, "choose", { name: null }))}
          ${iconButton("deleteOutline", t("bar.delete"), () => send(this, "remove"))}` : ""}
        ${selected || brush ? iconButton("close", t("bar.clear"), () => send(this, "clear")) : ""}
      </div>
      <div class="classes">${this.classes.map((name) => html`<button
        type="button"
        class="choice"
        style="--c: ${colorOf(this.classes, name)}"
        aria-pressed=${String(brush === name)}
        aria-keyshortcuts=${digitOf(this.classes, name)}
        @click=${() => send(this, "choose", { name })}
      ><kbd>${digitOf(this.classes, name)}</kbd><span class="name" title=${name}>${name}</span><span class="count">${this.counts?.[name] ?? 0}</span></button>`)}</div>
    </div>`;
  }

  static styles = [shared, css`
    :host { display: block; flex: none; background: var(--surface); border-top: 1px solid var(--line); box-shadow: 0 -2px 12px rgb(0 0 0 / 8%); z-index: 1; }
    .bar { display: flex; align-items: center; gap: 8px; padding: 8px 16px; max-width: 1832px; margin: 0 auto; }
    .top { display: flex; align-items: center; min-height: 48px; order: 2; flex: 1 0 260px; justify-content: flex-end; min-width: 0; }
    .words { flex: 1; text-align: right; padding: 0 8px; color: var(--quiet); overflow: hidden; text-overflow: ellipsis; min-width: 0; max-height: 44px; }
    .words strong { font-weight: 400; color: var(--warning-text); }
    .classes { display: flex; gap: 8px; overflow-x: auto; padding: 2px; scrollbar-width: none; min-width: 0; }
    :host([many]) .classes { flex-wrap: wrap; max-height: 126px; overflow: hidden auto; scrollbar-width: thin; }
    .name { max-width: 22ch; overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
    .choice { flex: none; font-weight: 500; background: color-mix(in srgb, var(--c) 12%, var(--surface)); border-color: color-mix(in srgb, var(--c) 60%, transparent); }
    .choice:hover { background: color-mix(in srgb, var(--c) 24%, var(--surface)); }
    .choice[aria-pressed="true"] { background: var(--c); color: #fff; }
    .choice[aria-pressed="true"] kbd { background: rgb(255 255 255 / 24%); }
    .choice kbd:empty { display: none; }
    kbd { background: var(--c); color: #fff; }
    .count { color: var(--quiet); font-weight: 400; }
    .choice[aria-pressed="true"] .count { color: inherit; }
    @media (max-width: 800px) {
      .bar { flex-direction: column; align-items: stretch; gap: 0; padding: 0 8px 8px; }
      .top { order: 0; flex-basis: auto; }
      .words { text-align: left; }
      .more { display: none; }
      .classes { padding-bottom: env(safe-area-inset-bottom, 0); }
      :host([many]) .classes { display: grid; grid-auto-flow: column; grid-template-rows: auto auto; max-height: none; overflow: auto hidden; scrollbar-width: none; }
    }
    @media (hover: none) { kbd { min-width: 10px; width: 10px; height: 10px; padding: 0; border-radius: 50%; color: transparent; overflow: hidden; } }
  `];
}

define("objclass-class-bar", ClassBar);
