/** Which of the panel's dialogs is in front: keys are for that one, not for what is behind. */

const opened = new Map(); // dialog -> whether the keys of the page mean something in it

/** Show a dialog in front of everything; `keys`: the page may take keys all the same. */
export function show(dialog, { keys = false } = {}) {
  opened.delete(dialog);
  opened.set(dialog, keys);
  if (!dialog.open) dialog.showModal();
}

/** Whether a key is for a dialog in front of the page, of the panel or of Home Assistant. */
export function isForDialog(event) {
  for (const dialog of opened.keys()) if (!dialog.open || !dialog.isConnected) opened.delete(dialog);
  // Its text has no focus, so that a key after a tap on it does not come from within.
  const last = [...opened].at(-1);
  if (last) return !last[1];
  return event.composedPath().some((element) => element instanceof HTMLDialogElement);
}
