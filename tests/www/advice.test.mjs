import assert from "node:assert/strict";
import { test } from "node:test";
import { adviceLink } from "../../custom_components/objclass/www/advice.js";
import { parse } from "../../custom_components/objclass/www/route.js";

const leads = (item, classifier) => {
  const url = new URL(adviceLink(item, { id: "x", trained: {}, ...classifier }), "http://home");
  return parse(url.pathname, url.search);
};

test("advice about nights leads to unlabelled pictures of the night that look like the class", () => {
  assert.deepEqual(leads({ key: "few_infrared", placeholders: { name: "leo" } }), {
    page: "recent", classifier: "x", query: { labelled: "no", called: "leo", light: "night", order: "useful" },
  });
});

test("advice about two classes leads to the pictures of one that are taken for the other", () => {
  assert.deepEqual(leads({ key: "confused", placeholders: { name: "leo", other: "rex" } }), {
    page: "dataset", classifier: "x", query: { label: "leo", recognised: "rex" },
  });
});

test("what no training knows yet is not filtered by what trainings say", () => {
  const wanted = { page: "recent", classifier: "x", query: { labelled: "no" } };
  assert.deepEqual(leads({ key: "few_images", placeholders: { name: "leo" } }, { trained: null }), wanted);
  assert.deepEqual(leads({ key: "class_without_images", placeholders: { name: "leo" } }, { trained: null }), wanted);
  assert.equal(leads({ key: "class_without_images", placeholders: { name: "leo" } }).query.called, undefined);
});

test("advice that the panel does not know yet leads to what is most useful to label", () => {
  assert.deepEqual(leads({ key: "new" }).query, { labelled: "no", order: "useful" });
});
