/** In and out: a card that leads to the import, and exports with progress. */

import "./import.js";
import { css, define, html, LitElement } from "../lit.js";
import { shared } from "../styles.js";
import { icon, progressBar } from "../ui.js";

class Transfer extends LitElement {
  static properties = {
    t: { attribute: false },
    f: { attribute: false },
    store: { attribute: false },
    classifier: { attribute: false },
    tick: { attribute: false },
    _busy: { state: true },
    _exported: { state: true },
    _problem: { state: true },
  };

  async #export() {
    const { store, classifier } = this;
    this._busy = true;
    this._problem = null;
    try {
      this._exported = await store.ask("export", { classifier_id: classifier.id });
      await this.updateComplete;
      this.renderRoot.querySelector("a[download]")?.click();
    } catch (error) {
      this._problem = error.message;
    } finally {
      this._busy = false;
    }
  }

  #job(name) {
    const job = this.store.progress(this.classifier.id, name);
    return job && !job.done ? job : null;
  }

  render() {
    const { t, f, store, classifier } = this;
    const importing = this.#job("import");
    const exporting = this._busy || this.#job("export");
    const out = this._exported;
    return html`
      <section><h4>${t("import.title")}</h4><p class="quiet">${t("import.text")}</p>
        ${importing ? html`<div class="field"><span class="row spread"><span>${t("import.running")}</span><span class="quiet">${importing.share === null ? "" : f.percent(importing.share)}</span></span>${progressBar(importing.share, t("import.running"))}</div>` : ""}
        <button type="button" class="button" ?disabled=${!store.connected} @click=${() => this.renderRoot.querySelector("objclass-import").show()}>${icon("upload")}${t("import.open")}</button></section>
      <section><h4>${t("export.title")}</h4><p class="quiet">${t("export.text")}</p>
        ${exporting ? html`<div class="field"><span>${t("export.running")}</span>${progressBar(this.#job("export")?.share ?? null, t("export.running"))}</div>` : ""}
        ${this._problem ? html`<div class="alert error" role="alert">${icon("alertCircleOutline")}<span>${this._problem}</span></div>` : ""}
        ${out ? html`<div class="alert success" role="status">${icon("checkCircleOutline")}<span>${t("export.done", { threshold: f.percent(out.threshold) })} <a href=${store.hass.hassUrl(out.url)} download>${t("export.again")}</a></span></div>` : ""}
        <button type="button" class="button" ?disabled=${exporting || !classifier.trained || !store.connected} @click=${() => this.#export()}>${icon("download")}${t("export.start")}</button></section>
      <objclass-import .t=${t} .f=${f} .store=${store} .classifier=${classifier} .tick=${this.tick}></objclass-import>`;
  }

  static styles = [shared, css`
    :host { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 340px), 1fr)); gap: 24px 32px; }
    section { display: grid; gap: 12px; align-content: start; justify-items: start; }
    section > .field, section > .alert { width: 100%; }
    h4 { margin: 0; font-weight: 500; font-size: inherit; }
  `];
}

define("objclass-transfer", Transfer);
