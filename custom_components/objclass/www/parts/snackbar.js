/** One line at the bottom that says what was done, and takes it back. */

import { css, define, html, LitElement } from "../lit.js";
import { shared } from "../styles.js";
import { iconButton, send } from "../ui.js";

const SHOWN = 6000; // milliseconds

class Snackbar extends LitElement {
  static properties = { t: { attribute: false }, _said: { state: true } };

  #timer = 0;

  /** options: undo (offers to take it back), error. */
  say(message, { undo = false, error = false } = {}) {
    clearTimeout(this.#timer);
    this._said = { message, undo, error };
    if (!error) this.#timer = setTimeout(() => this.#clear(), SHOWN);
  }

  #clear() {
    this._said = null;
  }

  render() {
    const said = this._said;
    return html`<div role="status" aria-live="polite">${said ? html`<div class="said ${said.error ? "error" : ""}">
      <span class="grow">${said.message}</span>
      ${said.undo ? html`<button type="button" class="undo" @click=${() => { this.#clear(); send(this, "objclass-undo"); }}>${this.t("undo")}</button>` : ""}
      ${iconButton("close", this.t("close"), () => this.#clear())}
    </div>` : ""}</div>`;
  }

  static styles = [shared, css`
    :host { position: absolute; left: 0; right: 0; bottom: 116px; display: grid; justify-items: center; padding: 0 12px; pointer-events: none; z-index: 5; }
    .said { pointer-events: auto; display: flex; align-items: center; gap: 8px; min-height: 48px; max-width: 640px; padding-left: 16px; border-radius: 12px; background: #323232; color: #fff; box-shadow: 0 4px 16px rgb(0 0 0 / 40%); animation: rise 160ms ease-out; }
    .said.error { background: #8c1d18; }
    .undo { min-height: 48px; padding: 0 12px; border: 0; background: none; color: #8ab4f8; font-weight: 600; }
    .icon-button:hover { background: rgb(255 255 255 / 12%); }
    :focus-visible { outline-color: #fff; outline-offset: -4px; }
    @keyframes rise { from { transform: translateY(12px); opacity: 0; } }
  `];
}

define("objclass-snackbar", Snackbar);
