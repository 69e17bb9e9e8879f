// The conversation: asking, exchanges as they grow, ending early, beginning anew.

import { morph } from "./morph.js";
import { announce, calmly } from "./motion.js";
import { localize } from "./words.js";
import * as wire from "./wire.js";

const page = document.querySelector("#askme");
const chat = document.querySelector("#chat");
const most = Number(page.dataset.max);
const PATIENCE_MS = 8_000; // without news, before the line is tried
const LISTENERS = [];

let next = 1; // numbers of questions go up as long as the page is open: no answer ever takes another's place
let since = 1;
let running = null;

export const onChange = (listener) => LISTENERS.push(listener);
export const busy = () => running !== null;
export const first = () => since;
export const exchangeOf = (element) => element.closest(".exchange");
export const last = () => chat.querySelector(".exchange:last-child");
export const questionOf = (exchange) => exchange.querySelector(".question").textContent;

const changed = () => LISTENERS.forEach((listener) => listener(busy()));

// Asks, in place of exchange `replaced` if there is one. False: there is nothing to ask, or an answer is under way.
export function ask(text, replaced = null) {
  const question = String(text).trim().slice(0, most);
  if (!question || busy()) return false;
  const id = next++;
  const before = replaced ? Number(replaced.dataset.id) : id;
  replaced?.remove();
  const exchange = begin(id, question);
  running = { id, exchange, heard: Date.now(), over: false };
  page.dataset.begun = "";
  changed();
  calmly(exchange, "start");
  announce(exchange.querySelector(".looking").innerText);
  wire.ask({ id, question, since, before }).catch(() => lose(id));
  listen(id);
  return true;
}

function begin(id, question) {
  const exchange = document.querySelector("#asking").content.firstElementChild.cloneNode(true);
  exchange.dataset.id = id;
  exchange.querySelector(".question").textContent = question;
  chat.append(localize(exchange));
  return exchange;
}

export function receive({ id, state, over, html }) {
  const exchange = chat.querySelector(`.exchange[data-id="${id}"]`);
  if (!exchange) return; // of a conversation that is gone
  const made = document.createElement("template");
  made.innerHTML = html;
  const before = exchange.dataset.state;
  morph(exchange, localize(made.content).firstElementChild);
  if (running?.id === id) running.heard = Date.now();
  if (state !== "answering" && state !== before) announce(spoken(exchange));
  if (over) finish(id);
  else if (state !== "answering") changed();
}

const spoken = (exchange) =>
  [...exchange.querySelectorAll(".verdict, .prose, .notice p")].map((part) => part.innerText).join("\n");

function finish(id) {
  if (running?.id !== id) return;
  running = null;
  changed();
}

// While an answer is awaited: when nothing is heard for long, see whether the server is there at all.
async function listen(id) {
  while (running?.id === id) {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    if (running?.id !== id || Date.now() - running.heard < PATIENCE_MS) continue;
    if (!(await wire.reachable()) && !(await wire.reachable())) lose(id);
  }
}

export const lost = () => running && lose(running.id);

function lose(id) {
  if (running?.id !== id) return;
  const { exchange } = running;
  if (exchange.dataset.state === "answering") {
    exchange.dataset.state = "lost";
    exchange.querySelector(".looking")?.remove();
    exchange.querySelector(".answer").append(localize(document.querySelector("#lost").content.cloneNode(true)));
    announce(spoken(exchange));
  }
  finish(id);
}

export function stop() {
  if (busy()) wire.stop();
}

export function restart() {
  wire.forget(); // ends what is under way, too
  since = next;
  running = null;
  chat.replaceChildren();
  delete page.dataset.begun;
  changed();
  scrollTo({ top: 0 });
}
