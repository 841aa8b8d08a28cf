import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { wrongWith } from "../../custom_components/objclass/www/upload.js";
import { zipped } from "../../custom_components/objclass/www/zip.js";

const READ = "import json, sys, zipfile; z = zipfile.ZipFile(sys.argv[1]); assert z.testzip() is None; print(json.dumps({i.filename: z.read(i).hex() for i in z.infolist()}))";

test("a zip made in the browser is read by Python as it was, checksums and all", (context) => {
  const folder = mkdtempSync(join(tmpdir(), "zip-"));
  context.after(() => rmSync(folder, { recursive: true }));
  const files = [
    { name: "model.tflite", bytes: Uint8Array.from({ length: 70_000 }, (_, place) => place * 7) },
    { name: "größe/labels.txt", bytes: new TextEncoder().encode("0 Leo\n1 Zoë\n") },
    { name: "empty", bytes: new Uint8Array() },
  ];
  const path = join(folder, "made.zip");
  writeFileSync(path, zipped(files));
  const read = JSON.parse(execFileSync("python3", ["-c", READ, path], { encoding: "utf8" }));
  assert.deepEqual(read, Object.fromEntries(files.map(({ name, bytes }) => [name, Buffer.from(bytes).toString("hex")])));
});

test("a choice of files that cannot be imported is refused before anything is sent", () => {
  for (const [names, wrong] of [
    [["cats.zip"], null],
    [["CATS.ZIP"], null],
    [["model.tflite", "labelmap.txt"], null],
    [["model.tflite", "what I see.txt"], null],
    [[], "nothing"],
    [["model.tflite"], "no_labels"],
    [["cats.rar"], "kind"],
    [["a.zip", "b.zip"], "kind"],
    [["a.tflite", "b.tflite"], "kind"],
  ]) assert.equal(wrongWith(names), wrong, names.join());
});
