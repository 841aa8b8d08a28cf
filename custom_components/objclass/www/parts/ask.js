/** Ask before something that cannot be taken back, or for a name. */

import { show } from "../front.js";
import { define, html, LitElement } from "../lit.js";
import { shared } from "../styles.js";

class Ask extends LitElement {
  static properties = { t: { attribute: false }, _question: { state: true } };
  static styles = shared;

  #resolve = null;

  /**
   * question: { title, text, action, danger, input, options }. With `input` (its first
   * value) or `options` ([[value, text]]) the answer is a string, else true; null when
   * the person changed their mind.
   */
  async ask(question) {
    this._question = question;
    await this.updateComplete;
    const dialog = this.renderRoot.querySelector("dialog");
    dialog.returnValue = "";
    show(dialog);
    return new Promise((resolve) => { this.#resolve = resolve; });
  }

  #closed(event) {
    const field = this.renderRoot.querySelector("[name=answer]");
    const agreed = event.target.returnValue === "yes";
    this.#resolve?.(agreed ? (field ? field.value.trim() : true) : null);
    this.#resolve = null;
    this._question = null;
  }

  render() {
    const question = this._question;
    if (!question) return html`<dialog></dialog>`;
    const field = question.options
      ? html`<select class="pill" name="answer" aria-label=${question.title}>${question.options.map(([value, text]) => html`<option value=${value}>${text}</option>`)}</select>`
      : question.input === undefined ? "" : html`<input class="input" name="answer" maxlength="64" required .value=${question.input} aria-label=${question.title} />`;
    return html`<dialog aria-labelledby="title" @close=${this.#closed}><form method="dialog" class="inside">
      <h2 id="title">${question.title}</h2>
      ${question.text ? html`<p>${question.text}</p>` : ""}
      ${field}
      <div class="actions">
        <button type="button" class="button plain" @click=${(event) => event.target.closest("dialog").close()}>${this.t("cancel")}</button>
        <button class="button main ${question.danger ? "danger" : ""}" value="yes">${question.action}</button>
      </div>
    </form></dialog>`;
  }
}

define("objclass-ask", Ask);
