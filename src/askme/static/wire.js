// The way to the server: Gradio's events. Hidden boxes and buttons of Gradio's page carry requests there, and two hidden
// Markdown fields bring parcels (JSON in an attribute) back.

const READY_MS = 45_000;
const ERRAND_MS = 15_000;
const PROBE_MS = 4_000;

const at = (name) => document.querySelector(`#wire-${name}`);
const box = (name) => document.querySelector(`#wire-${name} textarea, #wire-${name} input`);

function whenThere(found) {
  return new Promise((resolve, reject) => {
    const look = () => found() && (watcher.disconnect(), resolve());
    const watcher = new MutationObserver(look);
    watcher.observe(document.documentElement, { childList: true, subtree: true });
    setTimeout(() => (watcher.disconnect(), reject(new Error("the page did not get ready"))), READY_MS);
    look();
  });
}

export const ready = whenThere(() => box("request") && box("errand") && at("go") && at("run") && at("reply") && at("done"));
ready.catch(() => {});

async function deliver(name, content, button) {
  await ready;
  const field = box(name);
  const prototype = field.tagName === "INPUT" ? HTMLInputElement.prototype : HTMLTextAreaElement.prototype;
  Object.getOwnPropertyDescriptor(prototype, "value").set.call(field, JSON.stringify(content));
  field.dispatchEvent(new Event("input", { bubbles: true }));
  await new Promise((resolve) => setTimeout(resolve)); // Gradio takes the value over in a task of its own
  at(button).click();
}

function onParcel(name, take) {
  let last = "";
  const look = () => {
    const parcel = at(name)?.querySelector("[data-parcel]")?.dataset.parcel;
    if (!parcel || parcel === last) return;
    last = parcel;
    take(JSON.parse(parcel));
  };
  new MutationObserver(look).observe(at(name), { childList: true, subtree: true, attributes: true });
}

export const ask = (request) => deliver("request", request, "go");
export const stop = () => at("stop")?.click();
export const forget = () => at("forget")?.click();
export const onExchange = (take) => ready.then(() => onParcel("reply", take), () => {});

const waiting = new Map();
let errands = 0;

ready.then(() => onParcel("done", (told) => {
  waiting.get(told.errand)?.(told);
  waiting.delete(told.errand);
}), () => {});

// Resolves with what the server told, {ok: false} when nothing came in time.
export function run(errand) {
  const number = ++errands;
  return new Promise((resolve) => {
    const late = () => (waiting.delete(number), resolve({ ok: false }));
    waiting.set(number, resolve);
    setTimeout(late, ERRAND_MS);
    deliver("errand", { ...errand, errand: number }, "run").catch(late);
  });
}

// Whether the server can be reached at all: asks for a file that is always there.
export async function reachable() {
  try {
    const answer = await fetch(import.meta.url, { method: "HEAD", cache: "no-store", signal: AbortSignal.timeout(PROBE_MS) });
    return answer.ok;
  } catch {
    return false;
  }
}
