/** What would help most: in words, and where it can be done. */

import { path } from "./route.js";

/** Return the address of the pictures that a piece of advice is about. */
export function adviceLink({ key, placeholders = {} }, { id, trained }) {
  const { name, other } = placeholders;
  if (key === "confused") return path("dataset", id, { label: name, recognised: other });
  return path("recent", id, {
    labelled: "no",
    // Before a class has pictures, and before a training, nothing is taken for it.
    called: trained && key !== "class_without_images" ? name : "",
    light: key === "few_infrared" ? "night" : "",
    order: trained ? "useful" : "",
  });
}
