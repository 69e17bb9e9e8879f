// The homepage's widget frames this page with ?embed=1&parent=ORIGIN. The two speak by messages {askme: 1, type, …};
// only with a parent whose origin the server allows, and only with that window.

import * as chat from "./chat.js";
import * as composer from "./composer.js";
import * as evidence from "./evidence.js";
import { speak } from "./words.js";

const MOST = 4_000; // characters of a text in a message
const query = new URLSearchParams(location.search);
const allowed = document.querySelector("#askme").dataset.origins.split(" ").concat(location.origin);
const parent = originOf(query.get("parent"));
const embedded = query.get("embed") === "1" && window.parent !== window && allowed.some((rule) => fits(rule, parent));

function originOf(text) {
  try {
    return new URL(text).origin;
  } catch {
    return "";
  }
}

// "https://*.hf.space" fits any host below hf.space.
export function fits(rule, origin) {
  if (!origin || origin === "null") return false;
  const [scheme, host] = rule.split("://*.");
  return host ? origin.startsWith(`${scheme}://`) && origin.endsWith(`.${host}`) : origin === rule;
}

export function tell(type, more = {}) {
  if (embedded) window.parent.postMessage({ askme: 1, type, ...more }, parent);
}

const text = (value) => (typeof value === "string" && value.length <= MOST ? value : null);

const HEARD = {
  hello: () => {
    document.querySelector("#full").hidden = true; // the widget's own bar has one
    tell("ready");
  },
  language: ({ language }) => speak(language),
  theme: ({ theme }) => ["light", "dark"].includes(theme) && (document.documentElement.dataset.theme = theme),
  focus: () => composer.focus(),
  ask: ({ question }) => text(question) && chat.ask(question),
  draft: ({ text: said, focus }) => {
    if (text(said) === null) return;
    composer.draft(said);
    if (focus === true) composer.focus();
  },
};

function hear(event) {
  if (event.origin !== parent || event.source !== window.parent) return;
  const message = event.data;
  if (typeof message !== "object" || message === null || message.askme !== 1) return;
  if (Object.hasOwn(HEARD, message.type)) HEARD[message.type](message);
}

if (embedded) {
  addEventListener("message", hear);
  evidence.onChoice((choice) => (choice ? tell("cite", choice) : tell("uncite")));
  addEventListener("resize", evidence.keepInView);
  composer.onTyped((said) => tell("typed", { text: said }));
  tell("ready");
}
