// Brings one element up to another's state and keeps what stays the same: focus, selection and open details survive an
// answer that is still growing. Children are matched by data-key, else by place and tag.

const KEPT = new Set(["open", "aria-pressed", "aria-current"]); // the visitor's doing, not the server's

export function morph(from, to) {
  for (const { name, value } of [...to.attributes]) {
    if (!KEPT.has(name) && from.getAttribute(name) !== value) from.setAttribute(name, value);
  }
  for (const { name } of [...from.attributes]) {
    if (!KEPT.has(name) && !to.hasAttribute(name)) from.removeAttribute(name);
  }
  morphChildren(from, to);
}

function morphChildren(from, to) {
  const keyed = new Map([...from.children].filter((child) => child.dataset.key).map((child) => [child.dataset.key, child]));
  let place = from.firstChild;
  for (const wanted of [...to.childNodes]) {
    const known = partner(place, wanted, keyed);
    if (!known) {
      from.insertBefore(wanted, place);
      continue;
    }
    if (known !== place) from.insertBefore(known, place);
    else place = place.nextSibling;
    if (known.nodeType === Node.ELEMENT_NODE) morph(known, wanted);
    else if (known.data !== wanted.data) known.data = wanted.data;
  }
  while (place) {
    const next = place.nextSibling;
    if (!place.dataset?.own) place.remove(); // what page.js itself put there stays
    place = next;
  }
}

function partner(place, wanted, keyed) {
  const key = wanted.dataset?.key;
  if (key) {
    const known = keyed.get(key);
    return known?.tagName === wanted.tagName ? known : null;
  }
  const alike = place && place.nodeName === wanted.nodeName && !place.dataset?.key && !place.dataset?.own;
  return alike ? place : null;
}
