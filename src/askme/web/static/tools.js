// What can be done with an answer: copy it, share its question, judge it, ask again; and the evidence brief.

import * as chat from "./chat.js";
import * as composer from "./composer.js";
import { keeps } from "./keep.js";
import { language, localize, toast } from "./words.js";
import * as wire from "./wire.js";

const ACTIONS = {
  copy: (exchange) => copy(asText(exchange)),
  link: (exchange) => copy(linkTo(exchange)),
  up: (exchange, button) => judge(exchange, button, "up"),
  down: (exchange, button) => judge(exchange, button, "down"),
  retry: (exchange) => chat.ask(chat.questionOf(exchange), exchange),
  edit: (exchange) => composer.edit(exchange),
};

document.querySelector("#chat").addEventListener("click", (event) => {
  const button = event.target.closest("[data-do]");
  if (button) ACTIONS[button.dataset.do]?.(chat.exchangeOf(button), button);
});

const shown = (element) => element?.innerText.trim() ?? "";

function asText(exchange) {
  const answer = [...exchange.querySelectorAll(".verdict, .prose > p, .prose li")].map(
    (part) => (part.tagName === "LI" ? "- " : "") + shown(part),
  );
  const sources = [...exchange.querySelectorAll(".card[data-n]")].map((card) => {
    const lines = [...card.querySelectorAll(".line")].map((line) => line.textContent.replaceAll("\n", " · "));
    return `[${card.dataset.n}] ${lines.join("\n    ")}`;
  });
  const title = shown(exchange.querySelector(".evidence h3"));
  return [chat.questionOf(exchange), "", ...answer, ...(sources.length ? ["", title, ...sources] : []), ""].join("\n");
}

function linkTo(exchange) {
  const address = new URL(location.pathname, location.origin);
  address.search = new URLSearchParams({ q: chat.questionOf(exchange), lang: language() });
  return address.href;
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    toast("copied");
  } catch {
    toast(copyOldWay(text) ? "copied" : "not_copied"); // in a frame the page may not be allowed to
  }
}

function copyOldWay(text) {
  const field = Object.assign(document.createElement("textarea"), { value: text, className: "vh" });
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy");
  field.remove();
  return done;
}

async function judge(exchange, button, thumb, comment = "") {
  for (const each of exchange.querySelectorAll('[data-do="up"], [data-do="down"]')) {
    each.setAttribute("aria-pressed", each.dataset.do === thumb);
  }
  if (!comment) offerComment(exchange, thumb);
  const { ok } = await wire.run({ do: "rate", id: Number(exchange.dataset.id), thumb, comment, keep: keeps() });
  toast(ok ? "thanks" : "not_noted");
}

function offerComment(exchange, thumb) {
  exchange.querySelector(".comment")?.remove();
  const form = document.querySelector("#comment").content.firstElementChild.cloneNode(true);
  form.dataset.own = "";
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const said = form.querySelector("textarea").value.trim();
    form.remove();
    if (said) judge(exchange, null, thumb, said);
  });
  form.querySelector('[data-do="cancel"]').addEventListener("click", () => form.remove());
  exchange.querySelector(".tools").after(localize(form));
}

document.querySelector("#brief").addEventListener("click", async (event) => {
  const kind = event.target.closest("[data-brief]")?.dataset.brief;
  if (!kind) return;
  event.currentTarget.open = false;
  const { ok, text, name } = await wire.run({ do: "brief", kind, language: language(), since: chat.first() });
  if (ok) save(text, name, kind === "md" ? "text/markdown" : "text/html");
  else toast("not_noted");
});

function save(text, name, type) {
  const address = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  Object.assign(document.createElement("a"), { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
