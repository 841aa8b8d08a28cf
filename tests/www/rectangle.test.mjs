import assert from "node:assert/strict";
import { test } from "node:test";

import { between, holds, isWhole, LEAST, moved, resized, steered, WHOLE } from "../../custom_components/objclass/www/rectangle.js";

test("a rectangle is drawn from any corner, and ends at the picture's edge", () => {
  assert.deepEqual(between([0.2, 0.3], [0.6, 0.9]), [0.2, 0.3, 0.6, 0.9]);
  assert.deepEqual(between([0.6, 0.9], [0.2, 0.3]), [0.2, 0.3, 0.6, 0.9]);
  assert.deepEqual(between([-1, 0.5], [0.5, 3]), [0, 0.5, 0.5, 1]);
});

test("the smallest rectangle can still be seen, also in the corner", () => {
  for (const point of [[0, 0], [0.5, 0.5], [1, 1]]) {
    const [left, top, right, bottom] = between(point, point);
    assert.ok(right - left >= LEAST - 1e-9 && bottom - top >= LEAST - 1e-9);
    assert.ok(left >= 0 && right <= 1 && top >= 0 && bottom <= 1);
  }
});

test("a rectangle that is moved keeps its size and stays in the picture", () => {
  assert.deepEqual(moved([0.1, 0.1, 0.5, 0.5], 0.2, -0.05), [0.3, 0.05, 0.7, 0.45]);
  assert.deepEqual(moved([0.1, 0.1, 0.5, 0.5], 9, -9), [0.6, 0, 1, 0.4]);
});

test("the keyboard moves it, and with Shift makes it larger or smaller", () => {
  assert.deepEqual(steered([0.1, 0.1, 0.5, 0.5], "ArrowRight"), [0.11, 0.1, 0.51, 0.5]);
  assert.deepEqual(steered([0.1, 0.1, 0.5, 0.5], "ArrowUp", { larger: true }), [0.1, 0.1, 0.5, 0.49]);
  assert.equal(steered([0.1, 0.1, 0.5, 0.5], "Tab"), null);
  assert.deepEqual(resized([0.1, 0.1, 0.5, 0.5], -9, 9), [0.1, 0.1, 0.12, 1]);
});

test("the whole picture is no rectangle", () => {
  assert.ok(isWhole(WHOLE));
  assert.ok(!isWhole([0, 0, 1, 0.9]));
  assert.ok(holds([0.1, 0.1, 0.5, 0.5], [0.2, 0.5]));
  assert.ok(!holds([0.1, 0.1, 0.5, 0.5], [0.6, 0.5]));
});
