// The conversation: asking, exchanges as they grow, ending early, beginning anew.

import { morph } from "./morph.js";
import { keeps } from "./keep.js";
import { announce, calmly } from "./motion.js";
import { localize } from "./words.js";
import * as wire from "./wire.js";

const page = document.querySelector("#askme");
const chat = document.querySelector("#chat");
const most = Number(page.dataset.max);
const LINE_MS = 600; // most questions wait for less
const PATIENCE_MS = 8_000; // without news, before the line is tried
const ANSWERED = new Set(["answered", "not_in_resume", "declined", "greeting"]);
const LOOKED_BACK_ON = 6;
const LISTENERS = [];

let next = 1; // numbers of questions go up as long as the page is open: no answer ever takes another's place
let since = 1;
let running = null; // {id, exchange, heard, stop}, in the line also {place, told}

export const onChange = (listener) => LISTENERS.push(listener);
export const busy = () => running !== null;
export const first = () => since;
export const exchangeOf = (element) => element.closest(".exchange");
export const last = () => chat.querySelector(".exchange:last-child");
export const questionOf = (exchange) => exchange.querySelector(".question").textContent;

const changed = () => LISTENERS.forEach((listener) => listener(busy()));
const copyOf = (id) => localize(document.querySelector(id).content.cloneNode(true)).firstElementChild;

let refuse = () => {};
export const onTooLong = (listener) => (refuse = listener);

// The server counts characters, a string counts some of them twice.
export function tooLong(text) {
  const said = text.trim();
  return said.length > 2 * most || (said.length > most && [...said].length > most);
}

// Asks, in place of exchange `replaced` if there is one. False: nothing to ask, too much, or an answer is under way.
export function ask(text, replaced = null) {
  const question = String(text).trim();
  if (!question || busy()) return false;
  if (tooLong(question)) {
    refuse(question);
    return false;
  }
  const id = next++;
  const before = replaced ? Number(replaced.dataset.id) : id;
  replaced?.remove();
  const said = told(before);
  const exchange = begin(id, question);
  page.dataset.begun = "";
  calmly(exchange, "start");
  announce(exchange.querySelector(".looking").innerText);
  answer({ id, question, since, before, said, keep: keeps() }, exchange);
  return true;
}

// The last answered questions of the conversation: a server that took over from another doesn't know them.
function told(before) {
  const answered = [...chat.querySelectorAll(".exchange")].filter((each) => ANSWERED.has(each.dataset.state));
  const said = answered.map((each) => [Number(each.dataset.id), questionOf(each)]);
  return said.filter(([id]) => id >= since && id < before).slice(-LOOKED_BACK_ON);
}

function begin(id, question) {
  const exchange = copyOf("#asking");
  exchange.dataset.id = id;
  exchange.querySelector(".question").textContent = question;
  chat.append(exchange);
  return exchange;
}

async function answer(request, exchange) {
  const stop = new AbortController();
  running = { id: request.id, exchange, heard: Date.now(), stop };
  const mine = running;
  changed();
  listen(mine);
  const grown = (told) => running === mine && told.id === request.id && receive(exchange, told);
  const waiting = (place) => running === mine && queued(mine, place);
  const why = await wire.ask(request, { grown, waiting }, stop.signal);
  if (running === mine) finish(why);
}

// Tells the place in the line, unless it is the visitor's turn at once.
function queued(mine, place) {
  mine.heard = Date.now();
  mine.place = place;
  if (mine.told) tellPlace(mine);
  else setTimeout(() => running === mine && tellPlace(mine), LINE_MS);
}

function tellPlace(mine) {
  const line = mine.exchange.querySelector(".looking");
  if (!line || !mine.place) return;
  line.innerHTML = document.querySelector("#waiting").innerHTML.replaceAll("{place}", Number(mine.place));
  if (!mine.told) announce(line.innerText);
  mine.told = true;
}

function receive(exchange, { state, html }) {
  running.heard = Date.now();
  const before = exchange.dataset.state;
  const made = document.createElement("template");
  made.innerHTML = html;
  morph(exchange, localize(made.content).firstElementChild);
  if (state === "answering" || state === before) return;
  announce(spoken(exchange));
  changed(); // what comes after that, suggestions, isn't waited for
}

const spoken = (exchange) =>
  [...exchange.querySelectorAll(".verdict, .prose, .notice p")].map((part) => part.innerText).join("\n");

// Ends what is under way; `why` tells the visitor when there is no whole answer.
function finish(why) {
  const { exchange, stop } = running;
  running = null;
  stop.abort();
  if (exchange.dataset.state === "answering") {
    exchange.dataset.state = why || "failed";
    exchange.querySelector(".looking")?.remove();
    exchange.querySelectorAll(".maybe").forEach((card) => card.remove());
    exchange.querySelector(".answer").append(copyOf(`#end-${why || "failed"}`));
    if (!exchange.querySelector(".card")) exchange.querySelector(".evidence")?.remove();
    announce(spoken(exchange));
  }
  changed();
}

// While an answer is awaited: when nothing is heard for long, see whether the server is there at all.
async function listen(mine) {
  while (running === mine) {
    await new Promise((resolve) => setTimeout(resolve, 2_000));
    if (running !== mine || Date.now() - mine.heard < PATIENCE_MS) continue;
    if (!(await wire.reachable()) && !(await wire.reachable()) && running === mine) finish("lost");
  }
}

export const lost = () => busy() && finish("lost");
export const stop = () => busy() && finish("stopped");

export function restart() {
  stop();
  wire.run({ do: "forget" });
  since = next;
  chat.replaceChildren();
  delete page.dataset.begun;
  changed();
  scrollTo({ top: 0 });
}

// What brings the conversation back when the page is loaded anew, and bringing it back.
export const kept = () => ({ next, since, session: wire.name(), html: chat.innerHTML });

export function restore(memory) {
  ({ next, since } = memory);
  wire.resume(memory.session);
  chat.innerHTML = memory.html;
  page.dataset.begun = "";
}
