// The way to the server: Gradio's queue, spoken to directly. A question joins the queue; an event stream brings its
// exchange back as it grows. The session's name is this page's secret: under it the server keeps the conversation.

const page = document.querySelector("#askme");
const ANSWER = Number(page.dataset.eventAsk);
const ERRAND = Number(page.dataset.eventRun);
const REFUSED = { 409: "busy", 429: "limit", 503: "busy" };
const JOIN_MS = 20_000;
const PROBE_MS = 4_000;

let session = crypto.randomUUID?.() ?? Math.random().toString(36).slice(2) + Date.now();
let alive = null;
let open = ""; // the event that the server may still be working on

export const name = () => session;

// Takes a session up again. The server may still be at the question that was left.
export function resume(known) {
  session = known;
  open = "left";
}

const at = (path) => `gradio_api/${path}`;

function post(path, content, ms = JOIN_MS) {
  const body = JSON.stringify({ session_hash: session, ...content });
  const headers = { "Content-Type": "application/json", "X-Session": session }; // by it a load balancer can tell visitors apart
  return fetch(at(path), { method: "POST", headers, body, signal: AbortSignal.timeout(ms) });
}

// As long as this connection stands the server keeps the session; when the page is closed it forgets it.
function stayAlive() {
  const path = `heartbeat/${session}?session_hash=${encodeURIComponent(session)}`;
  if (!alive || alive.readyState === EventSource.CLOSED) alive = new EventSource(at(path));
}

// Asks. Calls `told.grown` with each state of the exchange and, before that, `told.waiting` with its place in the line
// (0: its turn has come); resolves with why it ended: "", "busy", "limit", "failed" or "lost". A signal's abort ends it
// on the server, too, and resolves with "stopped".
export async function ask(request, told, signal) {
  stayAlive();
  try {
    await settle();
    const joined = await post("queue/join", { fn_index: ANSWER, data: [JSON.stringify(request), null] });
    if (!joined.ok) return REFUSED[joined.status] ?? "failed";
    open = (await joined.json()).event_id;
  } catch {
    return "lost";
  }
  return new Promise((resolve) => follow(open, told, signal, resolve));
}

// The server hands the session's messages to any stream that asks for them, also to one whose reader is gone. So what
// was broken off is ended there before anything new begins.
async function settle() {
  if (!open) return;
  const ended = await post("cancel", { fn_index: ANSWER, event_id: open });
  if (ended.ok) open = "";
}

function follow(event, told, signal, resolve) {
  const stream = new EventSource(at(`queue/data?session_hash=${encodeURIComponent(session)}`));
  let text = null;
  const end = (why) => {
    stream.close();
    signal.removeEventListener("abort", stop);
    if (why === "" || why === "failed") open = "";
    resolve(why);
  };
  const stop = () => {
    settle().catch(() => {});
    end("stopped");
  };
  const take = (message) => {
    if (message.event_id && message.event_id !== event) return; // of a question that was stopped
    if (message.msg === "estimation") told.waiting(message.rank + 1);
    else if (message.msg === "process_starts") told.waiting(0);
    else if (message.msg === "process_generating" && message.success) {
      text = changed(text, message.output.data[0]);
      told.grown(JSON.parse(text));
    } else if (message.msg === "process_completed") end(message.success && text ? "" : "failed");
    else if (message.msg === "unexpected_error" || message.msg === "close_stream") end("lost");
  };
  stream.onerror = () => end("lost");
  stream.onmessage = ({ data }) => {
    try {
      take(JSON.parse(data));
    } catch {
      end("lost"); // something is missing in between
    }
  };
  signal.addEventListener("abort", stop);
  if (signal.aborted) stop();
}

// Gradio sends a text whole at first, then only how it differs from the one before.
function changed(text, sent) {
  if (typeof sent === "string") return sent;
  return sent.reduce((old, [how, , part]) => (how === "append" ? old + part : part), text);
}

// Resolves with what the server told; {ok: false} when it told nothing.
export async function run(errand) {
  try {
    const done = await post("run/run", { fn_index: ERRAND, data: [JSON.stringify(errand), null] });
    return JSON.parse((await done.json()).data[0]);
  } catch {
    return { ok: false };
  }
}

// Whether the server can be reached at all: asks for a file that is always there.
export async function reachable() {
  try {
    const answer = await fetch(import.meta.url, { cache: "no-store", signal: AbortSignal.timeout(PROBE_MS) });
    return answer.ok;
  } catch {
    return false;
  }
}
