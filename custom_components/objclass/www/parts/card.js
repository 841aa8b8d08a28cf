/**
 * One picture of the grid: made once, then only what changed is touched, also when it
 * shows another sample, so that thousands can scroll past.
 */

import { PATHS } from "../icons.js";
import { colorOf } from "../palette.js";

const SVG = "http://www.w3.org/2000/svg";

/** Return { element, update(sample, state) } for a card; state is the grid's. */
export function makeCard(t) {
  const element = make("div", "item", { role: "listitem" });
  const picture = make("button", "picture", { type: "button", "data-do": "picture" });
  const image = make("img", "", { alt: "", decoding: "async", draggable: "false" });
  const mark = make("span", "mark", { "aria-hidden": "true" }, symbol("checkBold"));
  const badges = make("span", "badges", { "aria-hidden": "true" });
  picture.append(image, mark, badges);
  const why = make("button", "why", { type: "button", "data-do": "why", "aria-label": t("card.why"), title: t("card.why") }, symbol("informationOutline"));
  const caption = make("div", "caption");
  const chip = make("button", "label", { type: "button", "data-do": "chip" });
  const when = make("span", "when");
  caption.append(chip, when);
  element.append(picture, why, caption);
  let shown = null;
  let source = null;

  image.addEventListener("load", () => element.classList.add("loaded"));
  image.addEventListener("error", () => {
    element.dispatchEvent(new CustomEvent("expired", { bubbles: true, detail: shown?.id }));
  });

  function update(sample, state) {
    const { selected, focused, classes, f } = state;
    element.classList.toggle("selected", selected);
    picture.setAttribute("aria-pressed", String(selected));
    picture.tabIndex = chip.tabIndex = why.tabIndex = focused ? 0 : -1;
    if (shown === sample) return;
    if (shown?.id !== sample.id) element.classList.remove("loaded");
    shown = sample;
    element.dataset.id = sample.id;
    if (source !== sample.thumb) {
      source = sample.thumb;
      image.src = state.url(sample.thumb);
    }
    const { label, predicted } = sample;
    const score = predicted === null ? "" : f.percent(sample.score);
    element.style.setProperty("--c", colorOf(classes, label ?? predicted));
    element.classList.toggle("labelled", label !== null);
    const other = otherOf(sample);
    chip.className = `label chip ${label === null ? "open" : ""}`;
    chip.replaceChildren(...chipOf(sample, score, t));
    chip.disabled = state.readOnly || (label === null && predicted === null);
    chip.title = label === null ? (predicted === null ? "" : t("card.confirm", { name: predicted })) : t("card.unlabel");
    when.textContent = other ? `${other.class} ${f.percent(other.score)}` : f.moment(sample.time);
    when.classList.toggle("wrong", other !== null && other === sample.doubt);
    when.title = other ? t("card.taken_for", { name: other.class }) : `${state.camera(sample.camera)}, ${f.full(sample.time)}`;
    picture.setAttribute("aria-label", describe(sample, score, state, t));
    badges.replaceChildren(...badgesOf(sample, t));
  }

  return { element, update, focus: () => picture.focus({ preventScroll: true }) };
}

/** What a labelled sample is taken for by what was learned since, if not its label. */
function otherOf({ label, predicted, score, doubt }) {
  if (label === null) return null;
  if (doubt) return doubt;
  return predicted === null || predicted === label ? null : { class: predicted, score };
}

function chipOf(sample, score, t) {
  if (sample.label !== null) return [symbol("checkBold"), text(sample.label)];
  if (sample.predicted === null) return [text(t("card.unlabelled"))];
  return [make("span", "dot"), text(`${sample.predicted} ${score}`)];
}

function badgesOf(sample, t) {
  const badges = [];
  if (sample.outcome) {
    const said = sample.outcome === "assigned" ? sample.outcome_class : t(`outcome.${sample.outcome}`);
    badges.push(make("span", "badge", { title: t("card.outcome", { outcome: said }) }, symbol("cctv"), text(said)));
  }
  if (sample.unfamiliar) badges.push(make("span", "badge", { title: t("card.unfamiliar") }, symbol("accountQuestion")));
  if (sample.infrared) badges.push(make("span", "badge", { title: t("card.infrared") }, symbol("weatherNight")));
  return badges;
}

function describe(sample, score, state, t) {
  const what = sample.label !== null
    ? t("card.is_labelled", { name: sample.label })
    : sample.predicted === null ? t("card.unlabelled") : t("card.is_predicted", { name: sample.predicted, score });
  return [what, state.camera(sample.camera), state.f.full(sample.time), sample.unfamiliar ? t("card.unfamiliar") : ""].filter(Boolean).join(", ");
}

function make(tag, className, attributes = {}, ...children) {
  const element = document.createElement(tag);
  element.className = className;
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

function text(value) {
  return make("span", "text", {}, value);
}

function symbol(name) {
  const icon = document.createElementNS(SVG, "svg");
  icon.setAttribute("viewBox", "0 0 24 24");
  icon.setAttribute("class", "icon");
  icon.setAttribute("aria-hidden", "true");
  const line = document.createElementNS(SVG, "path");
  line.setAttribute("d", PATHS[name]);
  line.setAttribute("fill", "currentColor");
  icon.append(line);
  return icon;
}
