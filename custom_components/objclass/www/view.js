/** What all views have in common. */

import { LitElement } from "./lit.js";
import { shared } from "./styles.js";
import { tell } from "./ui.js";

export class View extends LitElement {
  static properties = {
    store: { attribute: false },
    t: { attribute: false },
    f: { attribute: false },
    route: { attribute: false },
    narrow: { type: Boolean, reflect: true },
    tick: { attribute: false }, // goes up when the store changed
  };

  static styles = shared;

  /** The classifier that the address names. */
  get classifier() {
    return this.store.classifier(this.route.classifier);
  }

  /** Ask the server, which may have nothing to say; a refusal is told, and null returned. */
  async ask(command, data) {
    try {
      return (await this.store.ask(command, data)) ?? {};
    } catch (error) {
      tell(this, error.message, { error: true });
      return null;
    }
  }
}
