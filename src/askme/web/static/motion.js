// Moving what the visitor sees, without jumps; and telling those who don't see it.

const still = matchMedia("(prefers-reduced-motion: reduce)");
const speaker = document.querySelector("#speaker");

export function calmly(element, block) {
  element.scrollIntoView({ block, behavior: still.matches ? "auto" : "smooth" });
}

// Brings an element into view only if it isn't.
export function reveal(element) {
  const { top, bottom } = element.getBoundingClientRect();
  const ceiling = document.querySelector("#bar").getBoundingClientRect().bottom;
  const floor = document.querySelector("#composer").getBoundingClientRect().top;
  if (top < ceiling + 8 || bottom > floor - 8) calmly(element, bottom - top > floor - ceiling - 40 ? "start" : "center");
}

export function announce(text) {
  speaker.textContent = "";
  setTimeout(() => (speaker.textContent = text), 60);
}
