/** Recent classifications: everything that was looked at, newest first. */

import "../parts/workbench.js";
import { fromQuery, SCORES } from "../filters.js";
import { css, define, html } from "../lit.js";
import { canCollect, inKind, looksAt } from "../kinds.js";
import { go, path } from "../route.js";
import { emptyState, icon } from "../ui.js";
import { View } from "../view.js";

class Recent extends View {
  #filter = { text: "", value: null };

  /** The same object for the same address, so that nothing is loaded twice. */
  get #asked() {
    const { group: _group, ...query } = this.route.query;
    const text = JSON.stringify(query);
    if (this.#filter.text !== text) this.#filter = { text, value: fromQuery(query) };
    return this.#filter.value;
  }

  #set(key, value) {
    go(path("recent", this.classifier.id, { ...this.route.query, at: "", show: "", [key]: value }), { replace: true });
  }

  render() {
    const { store, t, f, classifier, route } = this;
    return html`<objclass-workbench
      .store=${store} .t=${t} .f=${f} .classifier=${classifier} .tick=${this.tick}
      .filter=${this.#asked} .grouped=${route.query.group === "event"} .place=${route.query}
    >
      ${this.#filters(classifier, route.query)}
      <div slot="empty">${this.#empty()}</div>
    </objclass-workbench>`;
  }

  #filters(classifier, query) {
    const { t } = this;
    const { all_classes: classes, cameras } = classifier;
    const names = classes.map((name) => [name, name]);
    const given = Object.keys(query).some((key) => !["group", "order", "at", "show"].includes(key) && query[key]);
    return html`<div class="filters" role="search" aria-label=${t("filter.title")}>
      ${this.#select("order", [["", t("order.newest")], ["useful", t("order.useful")]], null)}
      ${this.#select("labelled", [["no", t("filter.unlabelled")], ["yes", t("filter.labelled")]], t("filter.any_label"))}
      ${this.#select("called", names, t("filter.any_class"))}
      ${cameras.length > 1 || query.camera ? this.#select("camera", cameras.map(({ id, name }) => [id, name]), t("filter.any_camera")) : ""}
      ${this.#select("score", SCORES.map((name) => [name, t(`score.${name}`)]), t("filter.any_score"))}
      ${this.#select("light", [["day", t("filter.day")], ["night", t("filter.night")]], t("filter.any_light"))}
      <button type="button" class="choice" aria-pressed=${String(Boolean(query.unfamiliar))} @click=${() => this.#set("unfamiliar", query.unfamiliar ? "" : "1")}>${icon("accountQuestion")}${t("filter.unfamiliar")}</button>
      <button type="button" class="choice" aria-pressed=${String(query.group === "event")} @click=${() => this.#set("group", query.group ? "" : "event")}>${icon("selectAll")}${t(inKind("filter.group", this.classifier))}</button>
      ${query.event_id ? html`<button type="button" class="choice" aria-pressed="true" @click=${() => this.#set("event_id", "")}>${icon("close")}${t("filter.one_event")}</button>` : ""}
      ${given ? html`<a class="button plain" href=${path("recent", classifier.id, { group: query.group })}>${t("filter.clear")}</a>` : ""}
    </div>`;
  }

  #select(key, options, any) {
    const value = this.route.query[key] ?? "";
    const set = value !== "" && any !== null;
    return html`<select class="pill ${set ? "set" : ""}" aria-label=${this.t(`filter.${key}`)} @change=${(event) => this.#set(key, event.target.value)}>
      ${any === null ? "" : html`<option value="" ?selected=${value === ""}>${any}</option>`}
      ${options.map(([name, text]) => html`<option value=${name} ?selected=${value === name}>${text}</option>`)}
    </select>`;
  }

  #empty() {
    const { t, classifier, store } = this;
    const narrowed = Object.keys(this.route.query).some((key) => !["group", "at", "show"].includes(key));
    if (narrowed) {
      return emptyState("imageSearchOutline", t("empty.filter.title"), t("empty.filter.text"),
        html`<a class="button" href=${path("recent", classifier.id)}>${t("filter.clear")}</a>`);
    }
    return emptyState("imageMultipleOutline", t("empty.recent.title"), t(inKind("empty.recent.text", classifier), { labels: looksAt(classifier) }),
      store.isAdmin && canCollect(classifier) ? html`<a class="button main" href=${path("examples", classifier.id)}>${icon("download")}${t("classifier.examples")}</a>` : "");
  }

  static styles = [View.styles, css`
    :host { display: flex; flex-direction: column; min-height: 0; }
    objclass-workbench { flex: 1; min-height: 0; }
    .filters { display: flex; gap: 8px; padding: 12px 2px; overflow-x: auto; scrollbar-width: none; max-width: 1800px; margin: 0 auto; }
    .filters > * { flex: none; }
    :host(:not([narrow])) .filters { flex-wrap: wrap; }
  `];
}

define("objclass-recent", Recent);
