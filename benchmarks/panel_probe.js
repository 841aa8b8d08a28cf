/** Put into Home Assistant's page by benchmarks/panel.py: it looks on and takes times. */

const PANEL = "objclass-panel";

const frame = () => new Promise((done) => requestAnimationFrame(done));
const main = () => document.querySelector("home-assistant").shadowRoot.querySelector("home-assistant-main").shadowRoot;
const grid = () => ["objclass-recent", "objclass-workbench", "objclass-grid"].reduce(
  (element, tag) => element?.renderRoot?.querySelector(tag), main().querySelector(PANEL));

/** The pictures in sight, and whether each of them is loaded. */
function inSight() {
  const { scroller } = grid() ?? {};
  if (!scroller) return [];
  const window = scroller.getBoundingClientRect();
  return [...grid().renderRoot.querySelectorAll(".item")].filter((item) => {
    const box = item.getBoundingClientRect();
    return box.bottom > window.top && box.top < window.bottom;
  });
}

const isLoaded = (item) => item.classList.contains("loaded");

/** How long each question of a kind to the server took, from now on. */
function questions() {
  const { socket } = document.querySelector("home-assistant").hass.connection;
  const asked = new Map();
  const took = {};
  const send = socket.send.bind(socket);
  socket.send = (text) => {
    for (const { id, type } of [JSON.parse(text)].flat()) asked.set(id, { type, at: performance.now() });
    send(text);
  };
  socket.addEventListener("message", ({ data }) => {
    for (const { id, type } of [JSON.parse(data)].flat()) {
      if (type === "result" && asked.has(id)) (took[asked.get(id).type] ??= []).push(performance.now() - asked.get(id).at);
    }
  });
  return took;
}

function go(path) {
  history.pushState(null, "", path);
  window.dispatchEvent(new CustomEvent("location-changed", { detail: {} }));
}

/** Follow a link within Home Assistant; return ms until a picture, and until all in sight, are there. */
async function open(path) {
  const start = performance.now();
  go(path);
  let first = null;
  for (;;) {
    await frame();
    const pictures = inSight();
    if (first === null && pictures.some(isLoaded)) first = performance.now() - start;
    if (pictures.length && pictures.every(isLoaded)) return { first, all: performance.now() - start };
  }
}

/** Scroll to the end at a steady speed, in pixels per second. */
async function scroll(speed) {
  const { scroller, canvas } = grid();
  const frames = [];
  const tasks = [];
  const watch = new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration)));
  watch.observe({ type: "longtask" });
  let [blank, waiting, most, seen] = [0, 0, 0, new Set()];
  let before = await frame();
  let top = scroller.scrollTop;
  while (scroller.scrollTop + scroller.clientHeight < scroller.scrollHeight - 1) {
    const now = await frame();
    const took = now - before;
    before = now;
    frames.push(took);
    top += (speed * Math.min(took, 100)) / 1000;
    scroller.scrollTop = top;
    const items = grid().renderRoot.querySelectorAll(".item");
    most = Math.max(most, items.length);
    for (const item of items) seen.add(item.dataset.id);
    const pictures = inSight();
    const low = Math.max(0, ...pictures.map((item) => item.getBoundingClientRect().bottom));
    const end = Math.min(scroller.getBoundingClientRect().bottom, canvas.getBoundingClientRect().bottom);
    if (low < end - 20) blank += took;
    if (!pictures.every(isLoaded)) waiting += took;
  }
  watch.disconnect();
  return { frames, tasks, blank, waiting, most, seen: seen.size };
}

/** Return ms from the next key until the picture in focus shows a label on the screen. */
async function labelled() {
  const item = grid().renderRoot.activeElement.closest(".item");
  const pressed = await new Promise((done) => {
    window.addEventListener("keydown", (event) => done(event.timeStamp), { capture: true, once: true });
  });
  while (!item.classList.contains("labelled")) await frame();
  await frame(); // it was drawn in the frame before this one
  return performance.now() - pressed;
}

window.probe = { go, questions, open, scroll, labelled };
