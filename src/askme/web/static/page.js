// Brings the page to life: the bar, the dialog, the keyboard, deep links.

import * as chat from "./chat.js";
import * as composer from "./composer.js";
import { tell } from "./embed.js";
import * as evidence from "./evidence.js";
import "./memory.js";
import "./tools.js";
import { language, localize, speak } from "./words.js";

const explained = document.querySelector("#explained");
const query = new URLSearchParams(location.search);

localize(document);

const on = (selector, action) => document.querySelector(selector).addEventListener("click", action);

on("#switch", () => speak(language() === "zh" ? "en" : "zh"));
on("#how", () => explained.showModal());
on("#restart", () => {
  composer.keep();
  chat.restart();
  composer.focus();
});
on("#askme", (event) => {
  if (event.target.closest('[data-do="how"]')) explained.showModal();
  if (event.target.closest('[data-do="close"]') || event.target === explained) explained.close();
});

// A click elsewhere, or Escape, closes what is open; an Escape with nothing open is the homepage's.
const openMenus = () => [...document.querySelectorAll("details.menu[open], details.how[open]")];

document.addEventListener("click", (event) => {
  openMenus().filter((menu) => !menu.contains(event.target)).forEach((menu) => (menu.open = false));
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || event.isComposing || explained.open) return;
  const menus = openMenus();
  if (menus.length) {
    menus.forEach((menu) => (menu.open = false));
    menus[0].querySelector("summary").focus();
  } else if (evidence.isChosen()) evidence.clear();
  else if (!composer.keep()) tell("close");
});

addEventListener("offline", chat.lost);

// The keyboard of a phone covers the bottom of the page where the browser doesn't make room for it.
function makeRoom() {
  const { height, offsetTop } = visualViewport;
  const covered = Math.max(0, innerHeight - height - offsetTop);
  document.documentElement.style.setProperty("--keyboard", `${covered}px`);
}
visualViewport?.addEventListener("resize", makeRoom);
visualViewport?.addEventListener("scroll", makeRoom);

const full = document.querySelector("#full");
full.hidden = query.get("embed") !== "1";
full.addEventListener("click", () => {
  full.href = `${location.origin}${location.pathname}?${new URLSearchParams({ lang: language() })}`;
});

// ?q=… asks at once, and once: the address forgets it.
const question = query.get("q");
if (question?.trim()) {
  const address = new URL(location.href);
  address.searchParams.delete("q");
  history.replaceState(history.state, "", address);
  chat.ask(question);
}
