import assert from "node:assert/strict";
import { test } from "node:test";
import { canCollect, firstPage, groupOf, inKind, looksAt } from "../../custom_components/objclass/www/kinds.js";

const OBJECTS = { type: "classifier", labels: ["cat", "dog"], cameras: [{ id: "yard", name: "Yard" }] };
const FRAMES = { type: "frame_classifier", labels: [], cameras: [{ id: "gate", name: "Gate" }, { id: "yard", name: "Yard" }] };

test("a classifier of objects says its labels, one of whole pictures its cameras", () => {
  assert.equal(looksAt(OBJECTS), "cat, dog");
  assert.equal(looksAt(FRAMES), "Gate, Yard");
});

test("nobody is sent to gather pictures of the past where there are none", () => {
  assert.deepEqual([canCollect(OBJECTS), firstPage(OBJECTS)], [true, "examples"]);
  assert.deepEqual([canCollect(FRAMES), firstPage(FRAMES)], [false, "recent"]);
});

test("a text that speaks of objects has another form for whole pictures", () => {
  assert.equal(inKind("empty.recent.text", OBJECTS), "empty.recent.text");
  assert.equal(inKind("empty.recent.text", FRAMES), "empty.recent.text_frames");
});

test("pictures are grouped by the visit of an object, whole pictures by their camera", () => {
  const sample = { id: "1", event_id: "visit", camera: "yard" };
  assert.deepEqual([groupOf(OBJECTS)(sample), groupOf(FRAMES)(sample)], ["visit", "yard"]);
  assert.equal(groupOf(OBJECTS)({ ...sample, event_id: null }), "1");
});
