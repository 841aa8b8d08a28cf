import assert from "node:assert/strict";
import { test } from "node:test";
import { formatters, typed, zoneOf } from "../../custom_components/objclass/www/format.js";
import { languageOf, translator } from "../../custom_components/objclass/www/i18n.js";
import { classOf, COLORS, colorOf, digitOf, NONE_COLOR } from "../../custom_components/objclass/www/palette.js";
import { at, line } from "../../custom_components/objclass/www/threshold.js";
import { said } from "../../custom_components/objclass/www/words.js";

test("numbers and shares look as in the user's language", () => {
  const german = formatters("de");
  assert.equal(german.percent(0.934).replace(/\s/, " "), "93 %");
  assert.equal(german.tenth(1234.56), "1.234,6");
});

test("a time of today is short, another day is named", () => {
  const now = new Date(2026, 10, 22, 18, 0).getTime() / 1000;
  const { moment } = formatters("en", "24");
  assert.equal(moment(new Date(2026, 10, 22, 7, 5).getTime() / 1000, now), "07:05");
  assert.match(moment(new Date(2026, 10, 20, 7, 5).getTime() / 1000, now), /20/);
});

test("times are those of the server for who has chosen that, wherever the browser is", () => {
  const config = { time_zone: "Asia/Tokyo" };
  const zone = zoneOf({ locale: { time_zone: "server" }, config });
  const evening = Date.UTC(2026, 10, 22, 20, 30) / 1000; // the next day in Tokyo
  const { moment, clock, full } = formatters("en", "24", zone);
  assert.equal(moment(evening, evening + 3600), "05:30");
  assert.match(moment(evening - 6 * 3600, evening), /22.*23:30/);
  assert.equal(clock(evening), "05:30:00");
  assert.match(full(evening), /23.*05:30/);
  // The server reads a time without a zone as its own.
  assert.equal(typed("2026-11-23T05:30", zone), "2026-11-23T05:30");
});

test("times are those of the browser for everybody else", () => {
  const config = { time_zone: "Asia/Tokyo" };
  assert.equal(zoneOf({ locale: { time_zone: "local" }, config }), undefined);
  assert.equal(zoneOf({ locale: undefined, config }), undefined);
  assert.equal(typed("2026-11-23T05:30", undefined), new Date(2026, 10, 23, 5, 30).getTime() / 1000);
});

test("how long ago is said in the unit that a person would use", () => {
  const { ago } = formatters("en");
  assert.equal(ago(1000, 1010), "this minute");
  assert.equal(ago(0, 300), "5 minutes ago");
  assert.equal(ago(0, 7200), "2 hours ago");
  assert.equal(ago(0, 86400), "yesterday");
});

test("one picture and many pictures have their own words", () => {
  const t = translator({ "x.one": "{count} picture", "x.other": "{count} pictures of {name}" }, "en");
  assert.equal(t("x", { count: 1 }), "1 picture");
  assert.equal(t("x", { count: 1200, name: "leo" }), "1,200 pictures of leo");
});

test("a missing text is shown by its key, a missing placeholder by its name", () => {
  const t = translator({ a: "{b}" }, "en");
  assert.equal(t("nowhere"), "nowhere");
  assert.equal(t("a"), "{b}");
});

test("a language without texts of its own is shown in English", () => {
  assert.equal(languageOf("de-CH"), "de");
  assert.equal(languageOf("xx"), "en");
  assert.equal(languageOf(undefined), "en");
});

test("what the server says is translated, or said in its own words", () => {
  const t = translator({ "advice.few": "Mehr {name}" }, "de");
  assert.equal(said("advice", { key: "few", placeholders: { name: "leo" }, text: "More" }, t), "Mehr leo");
  assert.equal(said("advice", { key: "new", placeholders: {}, text: "More" }, t), "More");
});

test("white text can be read on every colour (WCAG AA)", () => {
  const channel = (value) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  for (const color of [...COLORS, NONE_COLOR]) {
    const [r, g, b] = [1, 3, 5].map((at) => channel(Number.parseInt(color.slice(at, at + 2), 16) / 255));
    const contrast = 1.05 / (0.2126 * r + 0.7152 * g + 0.0722 * b + 0.05);
    assert.ok(contrast >= 4.5, `${color} ${contrast}`);
  }
});

test("a class has one colour and one key, none has 0", () => {
  const classes = ["leo", "charlie", "none"];
  assert.notEqual(colorOf(classes, "leo"), colorOf(classes, "charlie"));
  assert.equal(colorOf(classes, "none"), NONE_COLOR);
  assert.deepEqual(classes.map((name) => digitOf(classes, name)), ["1", "2", "0"]);
  assert.deepEqual(["1", "2", "0", "3", "a"].map((key) => classOf(classes, key)), ["leo", "charlie", "none", null, null]);
});

const POINTS = [
  { threshold: 0.5, decided: 1, precision: 0.8 },
  { threshold: 0.7, decided: 0.8, precision: 0.9 },
  { threshold: 0.9, decided: 0, precision: null },
];

test("between two measured thresholds the chart tells what is likely", () => {
  assert.equal(at(POINTS, 0.6).decided, 0.9);
  assert.equal(at(POINTS, 0.1).decided, 1);
  assert.equal(at(POINTS, 0.99).decided, 0);
  assert.equal(at(POINTS, 0.8).precision, 0.9);
});

test("the line of the chart has a gap where nothing was decided", () => {
  const same = (value) => value;
  assert.equal(line([[0, 1], [1, null], [2, 3]], same, same), "M0.0 1.0M2.0 3.0");
});
