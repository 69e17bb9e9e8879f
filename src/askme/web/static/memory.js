// The conversation outlives a reload and the way back to the page: the tab keeps it while the page is away, and only then.
// (Not while it is open: a second tab made from this one begins empty, and shares nothing.)

import * as chat from "./chat.js";

const PLACE = "askme";
const AGE_MS = 3_600_000; // the server forgets a session that was left after an hour

function take() {
  try {
    const memory = JSON.parse(sessionStorage.getItem(PLACE));
    sessionStorage.removeItem(PLACE);
    return memory;
  } catch {
    return null; // storage may be closed to pages in frames
  }
}

export function remember() {
  chat.lost();
  if (!chat.last()) return;
  try {
    sessionStorage.setItem(PLACE, JSON.stringify({ at: Date.now(), ...chat.kept() }));
  } catch {
    // no room, or not allowed: the conversation ends with the page
  }
}

const memory = take();
if (memory && Date.now() - memory.at < AGE_MS) chat.restore(memory);
addEventListener("pagehide", remember);
addEventListener("pageshow", (event) => event.persisted && take());
