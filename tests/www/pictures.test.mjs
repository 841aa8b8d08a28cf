import assert from "node:assert/strict";
import { test } from "node:test";
import { byEvent, columnsOf, layOut, neighbour, visible } from "../../custom_components/objclass/www/layout.js";
import { SampleList } from "../../custom_components/objclass/www/samples.js";
import { EMPTY, extend, keep, toggle, toggleAll } from "../../custom_components/objclass/www/selection.js";
import { byLabel, UndoStack } from "../../custom_components/objclass/www/undo.js";

const ids = (count) => Array.from({ length: count }, (_, number) => `s${number}`);
const group = (names) => [{ key: "all", header: false, ids: names }];
const order = ids(10);

test("a click selects, another takes it back", () => {
  const once = toggle(EMPTY, "s1");
  assert.deepEqual([...once.ids], ["s1"]);
  assert.deepEqual([...toggle(once, "s1").ids], []);
});

test("a range goes from the last click to here, in both directions", () => {
  const start = toggle(EMPTY, "s4");
  assert.deepEqual([...extend(start, order, "s6").ids].sort(), ["s4", "s5", "s6"]);
  assert.deepEqual([...extend(start, order, "s3").ids].sort(), ["s3", "s4"]);
});

test("a range that shrinks lets go of what it took, and of nothing else", () => {
  const before = toggle(toggle(EMPTY, "s0"), "s4");
  const shrunk = extend(extend(before, order, "s9"), order, "s5");
  assert.deepEqual([...shrunk.ids].sort(), ["s0", "s4", "s5"]);
});

test("a range without a start selects just the one", () => {
  assert.deepEqual([...extend(EMPTY, order, "s6").ids], ["s6"]);
});

test("a whole event is selected, and let go when it was selected already", () => {
  const all = toggleAll(toggle(EMPTY, "s1"), ["s1", "s2"]);
  assert.equal(all.ids.size, 2);
  assert.equal(toggleAll(all, ["s1", "s2"]).ids.size, 0);
});

test("what was deleted is not selected any more", () => {
  const some = toggleAll(EMPTY, ["s1", "s2"]);
  assert.deepEqual([...keep(some, ["s2", "s3"]).ids], ["s2"]);
  assert.equal(keep(some, order), some);
});

test("a change that is taken back restores every old label, with one request for each", () => {
  assert.deepEqual(byLabel({ a: "leo", b: null, c: "leo" }), [["leo", ["a", "c"]], [null, ["b"]]]);
  const stack = new UndoStack();
  const [first, second] = [{ before: { a: null } }, { before: { b: "leo" } }];
  stack.push(first);
  stack.push(second);
  stack.drop(second);
  assert.equal(stack.pop(), first);
  assert.equal(stack.pop(), undefined);
});

test("a phone has two columns, a desktop as many as fit, and nothing overflows", () => {
  assert.equal(columnsOf(374).columns, 2);
  assert.ok(columnsOf(1400).columns >= 6);
  for (const width of [320, 374, 768, 1400]) {
    for (const box of layOut(group(ids(50)), width).boxes) assert.ok(box.x + box.w <= width);
  }
});

test("of 5,000 pictures only those near the window are drawn", () => {
  const layout = layOut(group(ids(5000)), 374);
  const drawn = visible(layout, layout.height / 2, layout.height / 2 + 800);
  assert.ok(drawn.length > 4 && drawn.length < 20, String(drawn.length));
  const all = new Set();
  for (let top = 0; top < layout.height; top += 800) for (const box of visible(layout, top, top + 800)) all.add(box.id);
  assert.equal(all.size, 5000);
});

test("pictures of one event stand together below a heading, in the order of the list", () => {
  const samples = [["a", 1], ["b", 2], ["a", 3], [null, 4]].map(([event, id]) => ({ id, event_id: event }));
  const groups = byEvent(samples);
  assert.deepEqual(groups.map((item) => item.ids), [[1, 3], [2], [4]]);
  assert.equal(layOut(groups, 374).boxes.filter((box) => box.header).length, 3);
});

test("small events stand beside each other where there is room, with their headings above", () => {
  const events = [["a", 2], ["b", 1], ["c", 5], ["d", 3], ["e", 9]].map(([key, count]) => ({ key, header: true, ids: ids(count).map((id) => key + id) }));
  const layout = layOut(events, 1300); // five columns
  assert.equal(layout.columns, 5);
  const box = (id) => layout.boxes.find((item) => item.id === id);
  assert.equal(box("header b").y, box("header a").y);
  assert.equal(box("bs0").y, box("as0").y);
  assert.equal(box("header b").x, box("bs0").x);
  assert.ok(box("header c").y > box("as0").y);
  assert.ok(box("header e").y > box("ds0").y);
  assert.deepEqual(layout.rows[0], ["as0", "as1", "bs0"]);
  for (const one of layout.boxes) {
    for (const other of layout.boxes) {
      const apart = one.x + one.w <= other.x || other.x + other.w <= one.x || one.y + one.h <= other.y || other.y + other.h <= one.y;
      assert.ok(one === other || apart, `${one.id} and ${other.id} overlap`);
    }
  }
  const all = new Set();
  for (let top = 0; top < layout.height; top += 100) for (const item of visible(layout, top, top + 100)) all.add(item.id);
  assert.equal(all.size, layout.boxes.length);
});

test("arrows go where they point, and stop at the edges", () => {
  const { rows } = layOut(group(ids(5)), 374);
  assert.equal(neighbour(rows, "s0", "ArrowRight"), "s1");
  assert.equal(neighbour(rows, "s1", "ArrowRight"), "s2");
  assert.equal(neighbour(rows, "s1", "ArrowDown"), "s3");
  assert.equal(neighbour(rows, "s3", "ArrowDown"), "s4");
  assert.equal(neighbour(rows, "s4", "ArrowDown"), "s4");
  assert.equal(neighbour(rows, "s0", "ArrowUp"), "s0");
  assert.equal(neighbour(rows, "s3", "End"), "s4");
  assert.equal(neighbour([], "s3", "ArrowUp"), null);
});

const server = (total) => {
  const asked = [];
  const answer = async (cursor, limit) => {
    const from = Number(cursor ?? 0);
    asked.push([from, limit]);
    const samples = ids(total).slice(from, from + limit).map((id) => ({ id, label: null }));
    return { samples, cursor: from + limit < total ? String(from + limit) : null, total };
  };
  return { asked, answer };
};

test("pages are loaded one by one, the first a small one, none of them twice", async () => {
  const { asked, answer } = server(500);
  const list = new SampleList(answer);
  await Promise.all([list.more(), list.more()]);
  await list.more();
  assert.deepEqual(asked, [[0, 60], [60, 200]]);
  while (!list.complete) await list.more();
  assert.equal(list.items.size, 500);
  await list.more();
  assert.equal(asked.length, 4);
});

test("an answer to a list that was loaded anew meanwhile is dropped", async () => {
  let release;
  const slow = new Promise((resolve) => { release = resolve; });
  const answers = [slow, Promise.resolve({ samples: [{ id: "new" }], cursor: null, total: 1 })];
  const list = new SampleList(() => answers.shift());
  const first = list.more();
  await list.reload();
  release({ samples: [{ id: "old" }], cursor: null, total: 1 });
  await first;
  assert.deepEqual([...list.items.keys()], ["new"]);
});

test("a label is shown at once, and only on pictures of the list", async () => {
  const list = new SampleList(server(3).answer);
  await list.more();
  assert.equal(list.relabel(["s1", "elsewhere"], () => "leo"), true);
  assert.equal(list.items.get("s1").label, "leo");
  assert.equal(list.relabel(["elsewhere"], () => "leo"), false);
});

test("a list goes on until the picture where somebody was, but not forever", async () => {
  const { asked, answer } = server(2000);
  const list = new SampleList(answer);
  await list.until("s300", 4000);
  assert.deepEqual([list.items.has("s300"), list.complete, asked.length], [true, false, 3]);
  await list.until("gone", 1000);
  assert.ok(list.items.size < 1300, String(list.items.size));
  await list.until("gone", 4000);
  assert.equal(list.complete, true);
});
