/** Small pieces that every view uses. */

import { PATHS } from "./icons.js";
import { html, nothing } from "./lit.js";

/** An icon by its name in icons.js; words beside it say what it means. */
export function icon(name) {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
    <path fill="currentColor" d=${PATHS[name]}></path>
  </svg>`;
}

/** A button that is only an icon; `label` is what it does. */
export function iconButton(name, label, action, extra = {}) {
  return html`<button
    type="button"
    class="icon-button ${extra.class ?? ""}"
    aria-label=${label}
    title=${label}
    ?disabled=${extra.disabled ?? false}
    @click=${action}
  >${icon(name)}</button>`;
}

/** A bar of progress; a share of null means that nobody knows how long it takes. */
export function progressBar(share, label) {
  const known = typeof share === "number";
  const percent = known ? Math.round(share * 100) : 0;
  return html`<div
    class="progress ${known ? "" : "waiting"}"
    role="progressbar"
    aria-label=${label}
    aria-valuemin="0"
    aria-valuemax="100"
    aria-valuenow=${known ? percent : nothing}
  ><div style="width: ${known ? percent : 30}%"></div></div>`;
}

/** What to show where there is nothing: what it would be, and what to do next. */
export function emptyState(name, title, text, action = "") {
  return html`<div class="empty">
    <div class="empty-icon">${icon(name)}</div>
    <h2>${title}</h2>
    <p>${text}</p>
    ${action}
  </div>`;
}

/** Tell a parent, through shadow roots. */
export function send(element, type, detail = {}) {
  element.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
}

/** Say something in the panel's bar at the bottom; `undo: true` offers to take it back. */
export function tell(element, message, options = {}) {
  send(element, "objclass-tell", { message, ...options });
}

/** A key was for us: it is none of Home Assistant's, which has dialogs on e, m, a and ?. */
export function takeKey(event) {
  event.preventDefault();
  event.stopPropagation();
}
