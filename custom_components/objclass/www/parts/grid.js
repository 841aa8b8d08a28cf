/**
 * The scrolling grid of pictures. It draws what is near the window, turns pointer and
 * keys into what a person means, and says so in events:
 *
 *   pick   { id, range, many }   a picture was tapped; range: everything up to it
 *   paint  { ids }               with `brush`: give these the brush's class
 *   chip   { id }, why { id }    the class below, or the (i), was tapped
 *   event  { ids }               all of an event
 *   more                         the end of what is loaded is near
 *   expired { id }               its signed address is too old
 *   scrolled { id }              the scrolling came to rest with this picture at the top
 */

import { css, define, html, LitElement } from "../lit.js";
import { between } from "../selection.js";
import { GAP, layOut, neighbour, visible } from "../layout.js";
import { shared } from "../styles.js";
import { send } from "../ui.js";
import { cardStyle } from "./card-style.js";
import { makeCard } from "./card.js";

const REST = 300; // milliseconds without scrolling
const NEAR = 800; // px above and below the window that are drawn too
const AHEAD = 2000; // px below the window: nearer, and the next page is asked for
const FURTHER = 6000; // the same for whoever scrolls already, maybe fast

class Grid extends LitElement {
  static properties = {
    t: { attribute: false },
    f: { attribute: false },
    samples: { attribute: false }, // Map id -> sample
    groups: { attribute: false }, // [{ key, header, ids, first }]
    total: { type: Number },
    selected: { attribute: false }, // Set of ids
    classes: { attribute: false },
    cameras: { attribute: false }, // { id: name }
    brush: { attribute: false }, // class or null
    readOnly: { type: Boolean },
    simple: { type: Boolean, reflect: true }, // nothing but pictures to tap
    hassUrl: { attribute: false },
  };

  focused = null;
  #cards = new Map();
  #spare = []; // cards that scrolled out of the window, for those that scroll into it
  #headings = new Map();
  #layout = { boxes: [], rows: [], height: 0, row: 1, columns: 1 };
  #width = 0;
  #frame = 0;
  #rest = 0;
  #drag = null;
  #resized = new ResizeObserver(() => this.#measure());

  firstUpdated() {
    this.scroller = this.renderRoot.querySelector(".scroller");
    this.canvas = this.renderRoot.querySelector(".canvas");
    this.scroller.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    this.canvas.addEventListener("click", (event) => this.#clicked(event));
    this.canvas.addEventListener("pointerdown", (event) => this.#pressed(event));
    this.canvas.addEventListener("focusin", (event) => this.#focusedOn(idOf(event)));
    this.canvas.addEventListener("expired", (event) => send(this, "expired", { id: event.detail }));
    this.#resized.observe(this.canvas);
    this.#resized.observe(this.scroller);
  }

  connectedCallback() {
    super.connectedCallback();
    if (this.scroller) this.#resized.observe(this.canvas);
  }

  disconnectedCallback() {
    super.disconnectedCallback();
    this.#resized.disconnect();
    cancelAnimationFrame(this.#frame);
    clearTimeout(this.#rest);
    this.#endDrag();
  }

  get order() {
    return this.#layout.rows.flat();
  }

  /** Whether the newest pictures are in sight, so that newer ones may be put there. */
  get atTop() {
    return !this.scroller || this.scroller.scrollTop < 40;
  }

  /** Scroll until a picture is at the top. */
  bring(id) {
    const box = this.#layout.boxes.find((item) => item.id === id);
    if (box) this.scroller.scrollTop = box.y + this.canvas.offsetTop - GAP;
  }

  toTop() {
    this.scroller?.scrollTo({ top: 0 });
  }

  updated(changed) {
    if (changed.has("t") && changed.get("t")) {
      for (const card of this.#cards.values()) card.element.remove();
      this.#cards.clear();
      this.#spare = [];
    }
    const went = this.focused !== null && !this.samples.has(this.focused);
    const before = went ? this.order : [];
    if (changed.has("groups")) this.#lay();
    if (went) this.#passOn(before);
    else this.#draw();
  }

  /** Give the focus of a picture that is gone to the next one that is still there. */
  #passOn(before) {
    const gone = this.focused;
    const worked = this.#cards.get(gone)?.element.contains(this.renderRoot.activeElement);
    const later = before.slice(before.indexOf(gone)).find((id) => this.samples.has(id));
    this.focused = later ?? this.order.at(-1) ?? null;
    this.#draw();
    if (worked && this.focused !== null) this.focusOn(this.focused);
  }

  #measure() {
    const width = this.canvas.clientWidth;
    if (width && width !== this.#width) {
      this.#width = width;
      this.#lay();
    }
    this.#draw();
  }

  #lay() {
    if (!this.#width) return;
    this.#layout = layOut(this.groups, this.#width);
    const { height, row, columns } = this.#layout;
    // Room for what is not loaded yet, so that the scroll bar does not jump.
    const missing = Math.max(0, this.total - this.samples.size);
    this.canvas.style.height = `${height + Math.ceil(missing / columns) * row}px`;
  }

  #scrolled() {
    this.#later();
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => {
      const top = this.scroller.scrollTop - this.canvas.offsetTop + GAP;
      const first = visible(this.#layout, top, top + this.#layout.row).find((box) => !box.header);
      send(this, "scrolled", { id: this.atTop ? null : first?.id ?? null });
    }, REST);
  }

  #later() {
    if (!this.#frame) {
      this.#frame = requestAnimationFrame(() => {
        this.#frame = 0;
        this.#draw();
      });
    }
  }

  #draw() {
    if (!this.#width) return;
    const top = this.scroller.scrollTop - this.canvas.offsetTop;
    const bottom = top + this.scroller.clientHeight;
    const boxes = visible(this.#layout, top - NEAR, bottom + NEAR);
    const wanted = new Set(boxes.map((box) => box.id));
    const there = (id) => this.#layout.boxes.some((box) => box.id === id);
    this.#spare.push(...takeOut(this.#cards, wanted, there, (card) => card.element));
    for (const heading of takeOut(this.#headings, wanted, there, (item) => item)) heading.remove();
    for (const box of boxes) {
      if (box.header) this.#drawHeading(box);
      else this.#drawCard(box);
    }
    for (const { element } of this.#spare) element.remove();
    const ahead = this.atTop ? AHEAD : FURTHER;
    if (bottom + ahead > this.#layout.height && this.samples.size < this.total) send(this, "more");
  }

  #drawCard({ id, x, y, w }) {
    const sample = this.samples.get(id);
    if (!sample) return;
    let card = this.#cards.get(id);
    if (!card) {
      card = this.#spare.pop() ?? makeCard(this.t);
      this.#cards.set(id, card);
      if (!card.element.isConnected) this.canvas.append(card.element);
    }
    Object.assign(card.element.style, { transform: `translate(${x}px, ${y}px)`, width: `${w}px` });
    card.update(sample, {
      selected: this.selected.has(id),
      focused: id === (this.focused ?? this.#layout.rows[0]?.[0]),
      classes: this.classes,
      f: this.f,
      url: this.hassUrl,
      camera: (camera) => this.cameras[camera] ?? camera,
      readOnly: this.readOnly,
    });
  }

  #drawHeading({ id, x, y, w, group }) {
    let heading = this.#headings.get(id);
    if (!heading) {
      heading = document.createElement("div");
      heading.className = "heading";
      const words = document.createElement("span");
      words.className = "words";
      const button = document.createElement("button");
      button.type = "button";
      button.className = "button plain";
      button.dataset.do = "event";
      heading.append(words, button);
      this.#headings.set(id, heading);
      this.canvas.append(heading);
    }
    heading.dataset.key = group.key;
    Object.assign(heading.style, { transform: `translate(${x}px, ${y}px)`, width: `${w}px` });
    const [words, button] = heading.children;
    const { first, ids } = group;
    const outcome = first.outcome_class ?? (first.outcome ? this.t(`outcome.${first.outcome}`) : "");
    const said = [this.f.moment(first.time), this.cameras[first.camera] ?? first.camera, outcome].filter(Boolean).join(" · ");
    if (words.textContent !== said) words.textContent = words.title = said;
    const action = this.t("grid.all", { count: ids.length });
    button.hidden = this.readOnly || ids.length === 1;
    if (button.textContent !== action) button.textContent = action;
  }

  // Pointer

  #clicked(event) {
    const { target } = event;
    const button = target.closest?.("[data-do]");
    if (!button) return;
    const id = idOf(event);
    const what = button.dataset.do;
    if (what === "event") {
      const group = this.groups.find((item) => item.key === button.parentElement.dataset.key);
      if (this.brush) send(this, "paint", { ids: group.ids });
      else send(this, "event", { ids: group.ids });
    } else if (what !== "picture") send(this, what, { id });
    else if (this.#drag?.moved) this.#drag = null;
    else if (this.#drag && this.#drag.start !== id) this.#drag = null; // it scrolled away
    else if (this.readOnly) send(this, "why", { id });
    else if (this.brush) send(this, "paint", { ids: [id] });
    else send(this, "pick", { id, range: event.shiftKey });
  }

  /** A mouse that is dragged over pictures selects, or paints, all on its way. */
  #pressed(event) {
    this.#drag = null;
    if (event.pointerType === "touch" || event.button !== 0 || this.readOnly || event.shiftKey) return;
    const id = event.target.closest?.(".picture") ? idOf(event) : null;
    if (id === null) return;
    this.#drag = { start: id, last: id, moved: false };
    window.addEventListener("pointermove", this.#dragged);
    window.addEventListener("pointerup", this.#endDrag, { once: true });
  }

  #dragged = (event) => {
    const drag = this.#drag;
    const id = this.renderRoot.elementFromPoint(event.clientX, event.clientY)?.closest(".item")?.dataset.id;
    if (!drag || !id || id === drag.last) return;
    if (!drag.moved && !this.brush) send(this, "pick", { id: drag.start, many: true });
    drag.moved = true;
    drag.last = id;
    if (!this.brush) send(this, "pick", { id, range: true });
  };

  #endDrag = () => {
    window.removeEventListener("pointermove", this.#dragged);
    const drag = this.#drag;
    if (drag?.moved && this.brush) {
      const { order } = this;
      send(this, "paint", { ids: between(order, order.indexOf(drag.start), order.indexOf(drag.last)) });
    }
    // The click that follows belongs to the drag, if there is one.
    setTimeout(() => { if (this.#drag === drag) this.#drag = null; });
  };

  // Keys

  /** Move the focus as an arrow key says. Returns the id that has it now. */
  move(key) {
    const id = neighbour(this.#layout.rows, this.focused ?? this.order[0], key);
    if (id !== null) this.focusOn(id);
    return id;
  }

  focusOn(id) {
    const box = this.#layout.boxes.find((item) => item.id === id);
    if (!box) return;
    this.focused = id;
    const top = box.y + this.canvas.offsetTop;
    const { scrollTop, clientHeight } = this.scroller;
    if (top < scrollTop) this.scroller.scrollTop = top - 8;
    else if (top + box.h > scrollTop + clientHeight) this.scroller.scrollTop = top + box.h - clientHeight + 8;
    this.#draw();
    this.#cards.get(id)?.focus();
  }

  #focusedOn(id) {
    if (id === null || id === this.focused) return;
    this.focused = id;
    this.#draw();
  }

  render() {
    return html`<div class="scroller" tabindex="-1">
      <slot></slot>
      <div class="canvas ${this.brush ? "painting" : ""}" role="list" aria-label=${this.t("grid.title")}></div>
    </div>`;
  }

  static styles = [shared, cardStyle, css`
    :host { display: block; min-height: 0; height: 100%; }
    .scroller { height: 100%; overflow-y: auto; overscroll-behavior: contain; padding: 0 16px 16px; outline: none; scrollbar-gutter: stable; }
    .canvas { position: relative; max-width: 1800px; margin: 0 auto; }
    @media (max-width: 600px) { .scroller { padding: 0 8px 8px; scrollbar-gutter: auto; } }
  `];
}

function idOf(event) {
  return event.target.closest?.(".item")?.dataset.id ?? null;
}

/** Take out of the Map what is not wanted any more, and return it. */
function takeOut(drawn, wanted, there, elementOf) {
  const free = [];
  for (const [id, item] of drawn) {
    const element = elementOf(item);
    if (wanted.has(id)) continue;
    // A card that has the focus stays while it scrolls by: a person is working on it.
    if (element.contains(element.getRootNode().activeElement) && there(id)) continue;
    drawn.delete(id);
    free.push(item);
  }
  return free;
}

define("objclass-grid", Grid);
