/** Sending files to Home Assistant, as its own pages do, but with progress. */

import { zipped } from "./zip.js";

const LABELS = /^(labelmap|labels)\.txt$/i;

/**
 * Send what a person chose and return its file id: a zip as it is, a model and its labels
 * as a zip of the two. `tell(share)` hears how far it is; raises Error with the status.
 */
export async function upload(hass, files, tell) {
  const body = new FormData();
  body.append("file", await packed(files), "import.zip");
  if (hass.auth.expired) await hass.auth.refreshAccessToken();
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.upload.addEventListener("progress", ({ loaded, total }) => tell(total ? loaded / total : null));
    request.addEventListener("error", () => reject(new Error("0")));
    request.addEventListener("load", () => {
      if (request.status === 200) resolve(JSON.parse(request.responseText).file_id);
      else reject(new Error(String(request.status)));
    });
    request.open("POST", hass.hassUrl("/api/file_upload"));
    request.setRequestHeader("Authorization", `Bearer ${hass.auth.data.access_token}`);
    request.send(body);
  });
}

/** Say what is wrong with a choice of files, as the end of a text's key; null: nothing. */
export function wrongWith(names) {
  const models = names.filter((name) => /\.tflite$/i.test(name));
  const labels = names.filter((name) => /\.txt$/i.test(name));
  if (!names.length) return "nothing";
  if (names.length === 1 && /\.zip$/i.test(names[0])) return null;
  if (models.length === 1 && labels.length === 1 && names.length === 2) return null;
  if (models.length === 1 && names.length === 1) return "no_labels";
  return "kind";
}

async function packed(files) {
  if (files.length === 1) return files[0];
  const contents = await Promise.all(files.map(async (file) => ({
    // Whatever the labels are called: this is the name that they are looked for under.
    name: /\.txt$/i.test(file.name) && !LABELS.test(file.name) ? "labels.txt" : file.name,
    bytes: new Uint8Array(await file.arrayBuffer()),
  })));
  return new Blob([zipped(contents)], { type: "application/zip" });
}
