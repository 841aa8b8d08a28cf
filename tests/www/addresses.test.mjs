import assert from "node:assert/strict";
import { mock, test } from "node:test";
import { Renewal } from "../../custom_components/objclass/www/renewal.js";
import { SampleList } from "../../custom_components/objclass/www/samples.js";

const HOUR = 3_600_000;
const page = (ids, mark) => ({ samples: ids.map((id) => ({ id, thumb: `${id} ${mark}`, image: `${id} ${mark}` })), cursor: null, total: ids.length });
const soon = () => new Promise((resolve) => { setTimeout(resolve, 80); });

test("pictures whose addresses have expired get new ones, all with one request", async () => {
  const asked = [];
  const got = [];
  const renewal = new Renewal(async (ids) => { asked.push(ids); return { of: ids }; }, (answer) => got.push(answer));
  for (const id of ["a", "b", "a"]) renewal.want(id);
  await soon();
  assert.deepEqual(asked, [["a", "b"]]);
  assert.deepEqual(got, [{ of: ["a", "b"] }]);
});

test("a picture that is gone for good is not asked for again and again", async () => {
  const asked = [];
  const renewal = new Renewal(async (ids) => { asked.push(ids); return {}; }, () => {});
  renewal.want("a", 0);
  await soon();
  renewal.want("a", 30_000);
  await soon();
  assert.equal(asked.length, 1);
  renewal.want("a", 70_000);
  await soon();
  assert.equal(asked.length, 2);
});

test("addresses are asked for again when the connection was lost meanwhile", async () => {
  const answers = [async () => { throw new Error("lost"); }, async () => ({ a: 1 })];
  const got = [];
  const renewal = new Renewal(() => answers.shift()(), (answer) => got.push(answer));
  renewal.want("a");
  await soon();
  renewal.want("a");
  await soon();
  assert.deepEqual(got, [{ a: 1 }]);
});

test("no more than 200 addresses are asked for at once", async () => {
  const asked = [];
  const renewal = new Renewal(async (ids) => { asked.push(ids.length); return {}; }, () => {});
  for (let number = 0; number < 250; number += 1) renewal.want(String(number));
  await soon();
  assert.deepEqual(asked, [200, 50]);
});

test("a list that is loaded anew keeps the pictures that are loaded, until they expire", async (context) => {
  mock.timers.enable({ apis: ["Date"], now: 0 });
  context.after(() => mock.timers.reset());
  let mark = "old";
  const list = new SampleList(async () => page(["a", "b"], mark));
  await list.more();
  mark = "new";
  await list.reload();
  assert.equal(list.items.get("a").thumb, "a old");
  list.put({ id: "a", label: "leo", thumb: "a newer", image: "a newer" });
  assert.deepEqual([list.items.get("a").label, list.items.get("a").thumb], ["leo", "a old"]);
  mock.timers.setTime(HOUR);
  await list.reload();
  assert.equal(list.items.get("a").thumb, "a new");
});

test("new addresses are taken in, those of pictures that left the list are not", async () => {
  const list = new SampleList(async () => page(["a"], "old"));
  await list.more();
  list.readdress({ a: { thumb: "t", image: "i" }, gone: { thumb: "t", image: "i" } });
  assert.deepEqual([list.items.get("a").thumb, list.items.get("a").image], ["t", "i"]);
  assert.equal(list.items.has("gone"), false);
});
