import assert from "node:assert/strict";
import { test } from "node:test";
import { fromQuery } from "../../custom_components/objclass/www/filters.js";
import { parse, path } from "../../custom_components/objclass/www/route.js";

test("an address leads to the page it was made for, filter and all", () => {
  for (const [page, classifier, query] of [
    ["classifiers", null, {}],
    ["new", null, {}],
    ["status", null, {}],
    ["history", null, { run: "01J6" }],
    ["recent", "01J5", { camera: "front door", label: "über/leo", group: "event" }],
    ["quality", "a/b", {}],
  ]) {
    const url = new URL(path(page, classifier, query), "http://home");
    assert.deepEqual(parse(url.pathname, url.search), { page, classifier, query });
  }
});

test("an address of a page that does not exist shows the recent classifications", () => {
  assert.equal(parse("/objclass/01J5/nonsense").page, "recent");
  assert.equal(parse("/objclass/01J5").page, "recent");
});

test("an address that somebody mistyped is no error", () => {
  assert.equal(parse("/objclass/%E0%A4%A/recent").classifier, "%E0%A4%A");
});

test("what is not filtered is not in the address", () => {
  assert.equal(path("recent", "x", { camera: "", label: null, order: undefined, group: false }), "/objclass/x/recent");
});

test("a filter in the address becomes values for the server", () => {
  assert.deepEqual(fromQuery({ labelled: "no", score: "middle", light: "night", order: "useful", camera: "yard" }), {
    filter: { camera: "yard", labelled: false, infrared: true, min_score: 0.5, max_score: 0.8 },
    order: "useful",
  });
});

test("nonsense in the address is ignored", () => {
  assert.deepEqual(fromQuery({ order: "bogus", score: "huge", drop: "table" }), { filter: {}, order: "newest" });
});
