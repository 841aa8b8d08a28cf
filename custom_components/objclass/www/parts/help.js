/** The keys. */

import { show } from "../front.js";
import { define, html, LitElement } from "../lit.js";
import { shared } from "../styles.js";

const KEYS = [
  ["1 … 9", "class"], ["0", "none"], ["y", "confirm"], ["x", "unlabel"], ["u", "undo"],
  ["← ↑ → ↓", "move"], ["␣", "select"], ["⇧", "range"], ["e", "event"], ["Esc", "clear"],
  ["↵", "open"], ["⌦", "delete"], ["?", "help"],
];

class Help extends LitElement {
  static properties = { t: { attribute: false } };
  static styles = shared;

  show() {
    show(this.renderRoot.querySelector("dialog"));
  }

  render() {
    const { t } = this;
    return html`<dialog aria-labelledby="title" @click=${closeOutside}><div class="inside">
      <h2 id="title">${t("help.title")}</h2>
      <div style="display: grid; grid-template-columns: auto 1fr; gap: 8px 16px">
        ${KEYS.map(([key, name]) => html`<span><kbd>${key}</kbd></span><span>${t(`help.${name}`)}</span>`)}
      </div>
      <p class="quiet">${t("help.mouse")}</p>
      <div class="actions"><button type="button" class="button main" @click=${(event) => event.target.closest("dialog").close()}>${t("close")}</button></div>
    </div></dialog>`;
  }
}

/** Close a dialog when somebody taps beside it. */
export function closeOutside(event) {
  if (event.target === event.currentTarget) event.currentTarget.close();
}

define("objclass-help", Help);
