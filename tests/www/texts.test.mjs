import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";

const WWW = new URL("../../custom_components/objclass/www/", import.meta.url);
const texts = (language) => JSON.parse(readFileSync(new URL(`locales/${language}.json`, WWW), "utf8"));
const source = readdirSync(WWW, { recursive: true })
  .filter((name) => name.endsWith(".js"))
  .map((name) => readFileSync(new URL(name, WWW), "utf8"))
  .join("\n");
const FROM_THE_PANEL = /^(refused|training|import)_/;
const placeholders = (text) => [...text.matchAll(/\{(\w+)\}/g)].map((found) => found[1]).sort();
const known = (key, all) => key in all || `${key}.other` in all;

test("German has every text that English has, with the same placeholders", () => {
  const [english, german] = [texts("en"), texts("de")];
  assert.deepEqual(Object.keys(german).sort(), Object.keys(english).sort());
  for (const key of Object.keys(english)) {
    assert.ok(german[key].trim(), key);
    assert.deepEqual(placeholders(german[key]), placeholders(english[key]), key);
  }
});

test("what the server refuses is said in German too, with the same placeholders", () => {
  const translations = JSON.parse(readFileSync(new URL("../translations/en.json", WWW), "utf8"));
  const german = texts("errors.de");
  for (const key of Object.keys(translations.exceptions).filter((name) => FROM_THE_PANEL.test(name))) assert.ok(german[key], key);
  for (const [key, text] of Object.entries(german)) {
    const english = translations.exceptions[key]?.message;
    assert.ok(english, key);
    // A German sentence need not repeat all of them, but knows no others.
    for (const name of placeholders(text)) assert.ok(placeholders(english).includes(name), key);
  }
});

test("every text that the panel asks for exists", () => {
  const english = texts("en");
  const asked = [...source.matchAll(/\b(?:t|_texts)\(([^`)]*?)(?:, \{|\))/g)].flatMap(([, argument]) =>
    [...argument.matchAll(/"([a-z][\w.]*)"/g)].map((found) => found[1]).filter((key) => key.includes(".") || known(key, english)));
  assert.ok(asked.length > 100, "the expression that finds the texts is broken");
  for (const key of asked) assert.ok(known(key, english), key);
});

test("every text whose key is put together has its group", () => {
  const english = texts("en");
  for (const [, group] of source.matchAll(/\bt\(`([a-z.]+)[._]\$\{/g)) {
    assert.ok(Object.keys(english).some((key) => key.startsWith(`${group}.`) || key.startsWith(`${group}_`)), group);
  }
});

test("no text is left over that nobody asks for", () => {
  const groups = [...source.matchAll(/\b(?:t|_texts)\(`([a-z._]+)\$\{/g)].map((found) => found[1]);
  const spoken = [...groups, "advice.", "rule."];
  for (const key of Object.keys(texts("en"))) {
    const plain = key.replace(/\.(one|other)$/, "").replace(/_frames$/, "");
    const used = source.includes(`"${plain}"`) || spoken.some((group) => plain.startsWith(group));
    assert.ok(used, key);
  }
});

test("a text with a plural has all the forms of its language", () => {
  for (const language of ["en", "de"]) {
    const all = texts(language);
    for (const key of Object.keys(all).filter((name) => name.endsWith(".one"))) {
      assert.ok(key.replace(/one$/, "other") in all, key);
    }
  }
});
