// From a mark to its card and back. The card's id is of its answer: numbers never mean anything else later.

import { exchangeOf } from "./chat.js";
import { reveal } from "./motion.js";

const chat = document.querySelector("#chat");
const LISTENERS = [];
let chosen = null; // the card that is highlighted
let from = null; // the mark that led there

export const onChoice = (listener) => LISTENERS.push(listener);
export const isChosen = () => chosen !== null;

const lineOf = (card, language) => card.querySelector(`.line[lang="${language}"]`)?.textContent ?? "";

export const textsOf = (card) => {
  const zh = lineOf(card, "zh") || lineOf(card, "en");
  return { zh, en: lineOf(card, "en") || zh };
};

const marksOf = (card) => exchangeOf(card).querySelectorAll(`a.cite[data-n="${card.dataset.n}"]`);

export function clear() {
  if (!chosen) return;
  chosen.removeAttribute("aria-current");
  chat.querySelectorAll("a.cite[aria-current]").forEach((mark) => mark.removeAttribute("aria-current"));
  chosen = null;
  LISTENERS.forEach((listener) => listener(null));
}

// The room has changed: what is chosen stays in view, unless the visitor is writing.
export const keepInView = () => chosen && document.activeElement.localName !== "textarea" && reveal(chosen);

function choose(card, mark) {
  const again = card === chosen && !mark;
  clear();
  if (again) return;
  chosen = card;
  from = mark ?? marksOf(card)[0];
  card.setAttribute("aria-current", "true");
  marksOf(card).forEach((each) => each.setAttribute("aria-current", "true"));
  LISTENERS.forEach((listener) => listener({ id: card.dataset.id, texts: textsOf(card) }));
}

function follow(mark) {
  const card = document.getElementById(mark.hash.slice(1));
  if (!card) return;
  choose(card, mark);
  card.focus({ preventScroll: true });
  reveal(card);
}

function goBack(card) {
  const mark = card === chosen && from?.isConnected ? from : marksOf(card)[0];
  clear();
  if (!mark) return;
  reveal(mark.closest("li, p"));
  mark.focus({ preventScroll: true });
}

chat.addEventListener("click", (event) => {
  const mark = event.target.closest("a.cite");
  const card = event.target.closest(".card[data-n]");
  if (mark) {
    event.preventDefault(); // no entry in the browser's history
    follow(mark);
  } else if (card && event.target.closest(".back")) goBack(card);
  else if (card && !event.target.closest("a") && !String(getSelection())) choose(card);
});
