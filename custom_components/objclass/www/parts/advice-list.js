/** What would help most, each with the way to where it can be done. */

import { adviceLink } from "../advice.js";
import { css, html } from "../lit.js";
import { icon } from "../ui.js";
import { said } from "../words.js";

/** Draw the `most` useful pieces of a classifier's advice; an administrator can follow them. */
export function adviceList(classifier, t, { isAdmin, most }) {
  const line = (item, end) => html`${icon("lightbulbOutline")}<span class="grow">${said("advice", item, t)}</span>${end}`;
  return html`<ul class="advice">${classifier.advice.slice(0, most).map((item) => html`<li>${isAdmin
    ? html`<a href=${adviceLink(item, classifier)}>${line(item, icon("chevronRight"))}</a>`
    : html`<span>${line(item, "")}</span>`}</li>`)}</ul>`;
}

export const adviceStyle = css`
  .advice { list-style: none; margin: 0; padding: 0; display: grid; gap: 0; }
  .advice li > * { display: flex; align-items: center; gap: 12px; min-height: 48px; color: inherit; text-decoration: none; border-radius: 8px; text-align: left; }
  .advice a:hover { background: var(--shade); }
  .advice .icon { width: 20px; height: 20px; }
  .advice .icon:first-child { color: var(--primary-color); }
`;
