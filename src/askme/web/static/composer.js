// The box: Enter asks, Shift+Enter makes a line, an input method's Enter does neither.

import * as chat from "./chat.js";
import { language } from "./words.js";

const form = document.querySelector("#composer");
const box = document.querySelector("#question");
const send = document.querySelector("#send");
const stop = document.querySelector("#stop");
const editing = document.querySelector("#editing");
const tooLong = document.querySelector("#toolong");
const TYPED_MS = 250;
const STOP_AFTER_MS = 700; // most answers come sooner; and nobody's second click on Send should stop the first

let edited = null;
let showing = 0;

export function draft(text) {
  box.value = text;
  fit();
}

export const focus = () => box.focus({ preventScroll: true });

export function edit(exchange) {
  edited = exchange;
  editing.hidden = false;
  draft(chat.questionOf(exchange));
  box.focus();
  box.select();
}

export function keep() {
  if (!edited) return false;
  edited = null;
  editing.hidden = true;
  draft("");
  return true;
}

function fit() {
  tooLong.hidden = !chat.tooLong(box.value);
  box.style.height = "auto";
  box.style.height = `${box.scrollHeight}px`;
}

function submit() {
  const replaced = edited?.isConnected ? edited : null;
  if (!chat.ask(box.value, replaced)) return focus();
  keep();
  draft("");
  if (matchMedia("(pointer: coarse)").matches) box.blur(); // the keyboard would hide the answer
}

chat.onTooLong((text) => {
  draft(text);
  focus();
});

export function onTyped(listener) {
  let waiting = 0;
  box.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(() => listener(box.value), TYPED_MS);
  });
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});

box.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
  event.preventDefault();
  submit();
});

box.addEventListener("input", fit);
stop.addEventListener("click", () => {
  chat.stop();
  focus();
});
document.querySelector("#editing button").addEventListener("click", keep);

chat.onChange((busy) => {
  document.querySelector("#askme").toggleAttribute("data-busy", busy);
  clearTimeout(showing);
  const answering = busy && chat.last()?.dataset.state === "answering";
  if (answering) showing = setTimeout(() => swap(true), STOP_AFTER_MS);
  else swap(false);
});

function swap(stopping) {
  const focused = document.activeElement === stop || document.activeElement === send;
  stop.hidden = !stopping;
  send.hidden = stopping;
  if (focused) (stopping ? stop : box).focus({ preventScroll: true });
}

// Chips ask in the words that they show.
document.addEventListener("click", (event) => {
  const chip = event.target.closest(".chip");
  if (chip) chat.ask(chip.dataset.ask ?? chip.dataset[language() === "zh" ? "askZh" : "askEn"]);
});
