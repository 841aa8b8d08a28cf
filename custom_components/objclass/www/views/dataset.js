/** The labelled crops, class by class: what the classifier learns from. */

import "../parts/ask.js";
import "../parts/workbench.js";
import { fromQuery } from "../filters.js";
import { css, define, html } from "../lit.js";
import { colorOf, NONE } from "../palette.js";
import { go, path } from "../route.js";
import { emptyState, icon, iconButton, tell } from "../ui.js";
import { View } from "../view.js";

class Dataset extends View {
  #filter = { text: "", value: null };
  #chosen = null; // the class whose tab is in sight

  get #asked() {
    const { query } = this.route;
    const text = JSON.stringify(query);
    if (this.#filter.text !== text) {
      const asked = fromQuery({ ...query, order: query.order ?? "doubtful" });
      if (!asked.filter.label) asked.filter.labelled = true;
      this.#filter = { text, value: asked };
    }
    return this.#filter.value;
  }

  #address(query) {
    return path("dataset", this.classifier.id, { ...this.route.query, at: "", show: "", ...query });
  }

  render() {
    const { store, t, f, classifier, route } = this;
    const { label = "", recognised = "", order = "doubtful" } = route.query;
    const { all_classes: classes, labelled } = classifier;
    const sum = Object.values(labelled).reduce((all, count) => all + count, 0);
    const most = Math.max(1, ...Object.values(labelled));
    return html`<objclass-workbench .store=${store} .t=${t} .f=${f} .classifier=${classifier} .tick=${this.tick} .filter=${this.#asked} .place=${route.query}>
      <div class="top">
        <nav class="classes" aria-label=${t("dataset.classes")}>
          ${this.#tab("", t("dataset.all"), sum, 1, "var(--primary-color)", label)}
          ${classes.map((name) => this.#tab(name, name, labelled[name] ?? 0, (labelled[name] ?? 0) / most, colorOf(classes, name), label))}
          ${store.isAdmin ? html`<button type="button" class="class add" @click=${() => this.#add()}>${icon("plus")}<span>${t("dataset.add")}</span></button>` : ""}
        </nav>
        <div class="row tools">
          <select class="pill" aria-label=${t("filter.order")} @change=${(event) => go(this.#address({ order: event.target.value }), { replace: true })}>
            ${["doubtful", "newest"].map((name) => html`<option value=${name} ?selected=${order === name}>${t(`order.${name}`)}</option>`)}
          </select>
          ${recognised ? html`<a class="choice" aria-pressed="true" href=${this.#address({ recognised: "" })}>${icon("close")}${t("dataset.taken_for", { name: recognised })}</a>` : ""}
          <span class="grow"></span>
          ${store.isAdmin && label && label !== NONE ? html`
            ${this.#tool("pencilOutline", "dataset.rename", () => this.#rename(label))}
            ${this.#tool("merge", "dataset.merge", () => this.#merge(label))}
            ${this.#tool("deleteOutline", "dataset.remove", () => this.#remove(label))}` : ""}
        </div>
      </div>
      <div slot="empty">${this.#empty(label, recognised)}</div>
    </objclass-workbench>
    <objclass-ask .t=${t}></objclass-ask>`;
  }

  updated(changed) {
    super.updated(changed);
    const { label = "" } = this.route.query;
    if (label === this.#chosen) return;
    this.#chosen = label;
    // The workbench, in which the tabs are, is drawn after this.
    requestAnimationFrame(() => {
      this.renderRoot.querySelector('.class[aria-current="true"]')?.scrollIntoView({ block: "nearest", inline: "center" });
    });
  }

  /** What can be done with a class: in words where there is room. */
  #tool(symbol, words, action) {
    const { t, narrow } = this;
    if (narrow) return iconButton(symbol, t(words), action);
    return html`<button type="button" class="button plain" @click=${action}>${icon(symbol)}${t(words)}</button>`;
  }

  #tab(name, text, count, share, color, label) {
    return html`<a class="class" style="--c: ${color}" href=${this.#address({ label: name, recognised: "" })} aria-current=${name === label ? "true" : "false"}>
      <span class="name">${text}</span><span class="quiet">${this.f.number(count)}</span>
      <span class="track" aria-hidden="true"><span style="width: ${share * 100}%"></span></span>
    </a>`;
  }

  #empty(label, recognised) {
    const { t, classifier } = this;
    if (recognised) return emptyState("checkCircleOutline", t("empty.cell.title"), t("empty.cell.text"));
    return emptyState("folderMultipleImage", label ? t("empty.class.title", { name: label }) : t("empty.dataset.title"), t("empty.dataset.text"),
      html`<a class="button main" href=${path("recent", classifier.id, { labelled: "no" })}>${icon("tagOutline")}${t("empty.dataset.action")}</a>`);
  }

  get #question() {
    return this.renderRoot.querySelector("objclass-ask");
  }

  async #add() {
    const { t, classifier } = this;
    const name = await this.#question.ask({ title: t("dataset.add"), text: t("dataset.add_text"), action: t("dataset.add"), input: "" });
    if (name && await this.ask("add_class", { classifier_id: classifier.id, class: name })) await this.#done(t("dataset.added", { name }), name);
  }

  async #rename(old) {
    const { t, classifier } = this;
    const name = await this.#question.ask({ title: t("dataset.rename_title", { name: old }), action: t("dataset.rename"), input: old });
    if (!name || name === old) return;
    if (classifier.all_classes.includes(name)) tell(this, t("dataset.exists", { name }), { error: true });
    else await this.#move(old, name, t("dataset.renamed", { old, name }));
  }

  async #merge(old) {
    const { t, classifier } = this;
    const name = await this.#question.ask({
      title: t("dataset.merge_title", { name: old }), text: t("dataset.merge_text", { name: old }), action: t("dataset.merge"),
      options: classifier.all_classes.filter((item) => item !== old).map((item) => [item, item]),
    });
    if (name) await this.#move(old, name, t("dataset.merged", { old, name }));
  }

  async #move(old, name, words) {
    if (await this.ask("rename_class", { classifier_id: this.classifier.id, old, new: name })) await this.#done(words, name);
  }

  async #remove(old) {
    const { t, classifier } = this;
    const target = await this.#question.ask({
      title: t("dataset.remove_title", { name: old }), text: t("dataset.remove_text"), action: t("dataset.remove"), danger: true,
      options: [["", t("dataset.unlabel")], ...classifier.all_classes.filter((item) => item !== old).map((item) => [item, item])],
    });
    if (target === null) return;
    if (await this.ask("remove_class", { classifier_id: classifier.id, class: old, move_to: target || null })) await this.#done(t("dataset.removed", { name: old }), "");
  }

  async #done(words, label) {
    tell(this, words);
    await this.store.refresh();
    go(this.#address({ label, recognised: "" }), { replace: true });
  }

  static styles = [View.styles, css`
    :host { display: flex; flex-direction: column; min-height: 0; }
    objclass-workbench { flex: 1; min-height: 0; }
    .top { max-width: 1800px; margin: 0 auto; }
    .classes { display: flex; gap: 8px; padding: 12px 2px 4px; overflow-x: auto; scrollbar-width: none; }
    .class { flex: none; display: grid; grid-template-columns: 1fr auto; gap: 4px 16px; min-width: 120px; min-height: 56px; align-content: center; padding: 8px 14px; border: 1px solid var(--line); border-radius: 12px; background: var(--surface); color: inherit; text-decoration: none; }
    .class[aria-current="true"] { border-color: var(--c); box-shadow: inset 0 0 0 1px var(--c); background: color-mix(in srgb, var(--c) 12%, var(--surface)); }
    .class.add { display: flex; align-items: center; gap: 8px; min-width: 0; color: var(--accent-text); border-style: dashed; }
    .name { font-weight: 500; }
    .track { grid-column: 1 / -1; height: 4px; border-radius: 2px; background: var(--shade); }
    .track > span { display: block; height: 100%; border-radius: 2px; background: var(--c); }
    .tools { padding: 4px 2px 12px; min-height: 64px; }
    .tools .pill { min-width: 0; flex: 0 1 auto; }
    .tools .choice { min-width: 0; overflow: hidden; white-space: nowrap; color: inherit; text-decoration: none; }
  `];
}

define("objclass-dataset", Dataset);
