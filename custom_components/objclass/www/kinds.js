/** What differs between classifiers of tracked objects and those of a camera's whole picture. */

import { cameraOf, eventOf } from "./layout.js";

const isFrame = ({ type }) => type === "frame_classifier";

/** Return what it looks at, in words. */
export const looksAt = ({ labels, cameras }) => (labels.length ? labels : cameras.map((camera) => camera.name)).join(", ");

/** Return whether examples can be gathered from the past: Frigate keeps objects, no pictures. */
export const canCollect = (classifier) => !isFrame(classifier);

/** Return what pictures are grouped by: the visit of an object, or the camera. */
export const groupOf = (classifier) => (isFrame(classifier) ? cameraOf : eventOf);

/** Return the page where one begins who has labelled nothing yet. */
export const firstPage = (classifier) => (canCollect(classifier) ? "examples" : "recent");

/** Return the key of a text in the form for this kind of classifier. */
export const inKind = (key, classifier) => (isFrame(classifier) ? `${key}_frames` : key);
