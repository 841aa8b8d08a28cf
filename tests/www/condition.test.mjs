import assert from "node:assert/strict";
import { test } from "node:test";
import { conditionText, families, parents } from "../../custom_components/objclass/www/condition.js";

const item = (id, parent) => ({
  id,
  entry_id: "home",
  name: id.toUpperCase(),
  labels: ["cat"],
  all_classes: ["x", "none"],
  condition: parent ? { parent, parent_name: parent.toUpperCase(), classes: ["x", "y"], broken: false } : null,
});
const shown = (...classifiers) => families(classifiers).map((group) => group.map(({ classifier, depth }) => `${"-".repeat(depth)}${classifier.id}`));
const t = (key, placeholders = {}) => `${key} ${Object.values(placeholders).join(" / ")}`.trim();

test("children stand below the one they hang on, in whatever order they come", () => {
  assert.deepEqual(shown(item("bell", "collar"), item("dogs"), item("collar", "cats"), item("cats"), item("tag", "cats")), [
    ["dogs"],
    ["cats", "-collar", "--bell", "-tag"],
  ]);
});

test("who hangs on Frigate, on nothing any more, or in a circle is shown all the same", () => {
  assert.deepEqual(shown(item("face", "frigate_face"), item("orphan", "gone"), item("a", "b"), item("b", "a")), [
    ["face"],
    ["orphan"],
    ["a", "-b"],
  ]);
});

test("the condition is said in words", () => {
  assert.equal(conditionText(item("collar", "cats"), t), "condition.when_classifier CATS / x, y");
  assert.equal(conditionText(item("hat", "frigate_face"), t), "condition.when_frigate_face x, y");
  assert.equal(
    conditionText({ condition: { parent: "frigate_attribute:mood", parent_name: "mood", classes: ["x"], broken: false } }, t),
    "condition.when_attribute mood / x",
  );
  assert.equal(conditionText({ condition: { parent: "gone", parent_name: null, classes: ["x"], broken: true } }, t), "condition.broken x");
});

test("other classifiers of the same Frigate and Frigate itself can be chosen", () => {
  const entry = { entry_id: "home", parents: ["frigate_sub_label", "frigate_attribute:mood"] };
  const frame = { id: "gate", entry_id: "home", name: "Gate", labels: [], all_classes: ["open"] };
  assert.deepEqual(parents(entry, [item("cats"), { ...item("dogs"), entry_id: "elsewhere" }, frame], t), [
    { id: "cats", name: "CATS", classes: ["x", "none"] },
    { id: "frigate_sub_label", name: "condition.frigate_sub_label", classes: null },
    { id: "frigate_attribute:mood", name: "condition.attribute mood", classes: null },
  ]);
});
