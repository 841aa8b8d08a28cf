/** What would help most, each with the way to where it can be done. */

import { adviceLink } from "../advice.js";
import { css, html } from "../lit.js";
import { icon } from "../ui.js";
import { said } from "../words.js";

/**
 * Draw the `most` useful pieces of a classifier's advice, and the others too if they are
 * to be folded; an administrator can follow them.
 */
export function adviceList(classifier, t, { isAdmin, most, fold = false }) {
  const line = (item, end) => html`${icon("lightbulbOutline")}<span class="grow">${said("advice", item, t)}</span>${end}`;
  const list = (items) => (items.length ? html`<ul class="advice">${items.map((item) => html`<li>${isAdmin
    ? html`<a href=${adviceLink(item, classifier)}>${line(item, icon("chevronRight"))}</a>`
    : html`<span>${line(item, "")}</span>`}</li>`)}</ul>` : "");
  const others = fold ? classifier.advice.slice(most) : [];
  return html`${list(classifier.advice.slice(0, most))}
    ${others.length ? html`<details class="others"><summary>${t("more", { count: others.length })}</summary>${list(others)}</details>` : ""}`;
}

export const adviceStyle = css`
  .advice { list-style: none; margin: 0; padding: 0; display: grid; gap: 0; }
  .advice li > * { display: flex; align-items: center; gap: 12px; min-height: 48px; color: inherit; text-decoration: none; border-radius: 8px; text-align: left; }
  .advice a:hover { background: var(--shade); }
  .advice .icon { width: 20px; height: 20px; }
  .advice .icon:first-child { color: var(--primary-color); }
  .others > summary { display: flex; align-items: center; min-height: 48px; padding-left: 32px; cursor: pointer; color: var(--accent-text); font-weight: 500; list-style: none; }
  .others[open] > summary { display: none; }
`;
