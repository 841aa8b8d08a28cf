/**
 * The Lit that Home Assistant itself runs on, taken from one of its elements.
 *
 * Home Assistant puts `html` and `css` on the prototype of its LitElement for custom
 * code (its src/resources/custom-card-support.ts). Without a build step there is no
 * other copy to import; this module waits until the element is there.
 */

const HOSTS = ["ha-card", "ha-icon", "ha-svg-icon", "ha-menu-button"];
const PATIENCE = 60000; // milliseconds; on a slow and busy machine it may take that long

const host = await Promise.race([
  ...HOSTS.map((name) => customElements.whenDefined(name)),
  new Promise((_resolve, reject) => {
    setTimeout(() => reject(new Error("Home Assistant's elements did not load.")), PATIENCE);
  }),
]);

export const LitElement = findLit(host);
export const { html, css } = LitElement.prototype;

/** What an attribute is given that shall not be there; Lit knows it by this name. */
export const nothing = Symbol.for("lit-nothing");

/** A template within an `<svg>`: like `html`, with the mark that Lit gives to `svg`. */
export const svg = (strings, ...values) => ({ ...html(strings, ...values), _$litType$: 2 });

/**
 * Register an element, once: a page that was open while the integration was updated has
 * the one before it, and goes on with that until it is loaded anew.
 */
export function define(name, element) {
  if (!customElements.get(name)) customElements.define(name, element);
}

function findLit(element) {
  for (let base = element; base?.prototype; base = Object.getPrototypeOf(base)) {
    if (Object.hasOwn(base.prototype, "html") && Object.hasOwn(base.prototype, "css")) {
      return base;
    }
  }
  throw new Error("This Home Assistant does not share its Lit.");
}
