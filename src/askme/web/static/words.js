// The visitor's language. Visible texts stand in the page in both languages and the style shows one; what an attribute
// says (labels, placeholders) is set here.

const root = document.documentElement;

export const language = () => (root.lang === "zh" ? "zh" : "en");

export function localize(within) {
  const now = language() === "zh" ? "Zh" : "En";
  for (const element of within.querySelectorAll("[data-label-zh]")) {
    element.setAttribute("aria-label", element.dataset[`label${now}`]);
    if (element.matches("button, a")) element.title = element.dataset[`label${now}`];
  }
  for (const element of within.querySelectorAll("[data-placeholder-zh]")) {
    element.placeholder = element.dataset[`placeholder${now}`];
  }
  return within;
}

export function speak(chosen) {
  if (chosen !== "zh" && chosen !== "en") return;
  root.lang = chosen;
  localize(document);
  const address = new URL(location.href);
  address.searchParams.set("lang", chosen);
  history.replaceState(history.state, "", address);
}

// One of the page's own sentences, in the visitor's language.
export const said = (key) => document.querySelector(`[data-say="${key}"] [lang="${language()}"]`)?.textContent ?? "";

let fading = 0;

export function toast(key) {
  const element = document.querySelector("#toast");
  element.textContent = said(key);
  element.hidden = false;
  clearTimeout(fading);
  fading = setTimeout(() => (element.hidden = true), 2600);
}
