"""The server: routes, sessions, Gradio, MCP, limits.

`server` starts it, `gradio_app` joins the parts and is the only module that knows Gradio, `routes` and `firewall` say
what gets in, `session` holds a visitor's exchanges. May import everything but `cli`. Begin with `gradio_app`.

- The server makes the HTML, the browser puts it in its place. `static/` has no build step and no library: page.js
  (start), chat (asking), wire (Gradio's queue), morph (updates that keep focus), evidence, composer, tools, embed,
  memory, words, motion.
- The document is ours, not Gradio's, and wire.js speaks to Gradio's queue as Gradio's page does. Gradio's page
  reloads itself whenever a connection breaks, which would lose the conversation and the question; it takes 62
  requests and runs only under a weaker policy. Gradio keeps the events, the queue with its limits, and the session
  (`gr.State`).
- A question has a number that is never used again, and its evidence carries it. Asking again takes a new number and
  names the one it replaces. A session is known by a random name that only the open page has; the server forgets it an
  hour after the page is gone, or when 300 others were asked since, and another replica never knew it: so each
  question brings the last ones before it along, and what the server doesn't know it answers again without the model
  (`session_restore`). The tab keeps the conversation across a reload or the way back, and only while the page is
  away.
- `async_stream` hands on what an answer has come to, not each step: a step that the next has overtaken is never sent,
  and all but the first wait 10 ms for one that does. Without a model that is one message in place of eight.
- All texts stand in the page in both languages and the style shows one, so changing the language loads nothing.
- In a frame, the page and its parent speak by messages `{askme: 1, type, …}`, with an allowed origin only. Page →
  parent: `ready`, `cite` (`id`, `texts`), `uncite`, `close`, `typed` (`text`). Parent → page: `hello`,
  `language`, `theme`, `ask` (`question`), `draft` (`text`, `focus`), `focus`. What is odd or longer than 4,000
  characters is ignored.

- `firewall` stands around the application: a path without a `Door` is a 404, another method a 405. A body is JSON,
  has a greatest size and must come in time. A new page is one more `Door(path)` in `gradio_app.build_app`.
- Of Gradio's fifty-odd paths nine are open: what wire.js and gradio_client need to ask. `gradio_routes` rebuilds each
  request to them field by field, so a conversation can't be forged and the private events have no names. A session
  has one question in flight (409 for the next); Gradio's queue holds `ASKME_QUEUE_SIZE` more (503 beyond it).
- No response lets another origin read it, whatever Gradio says; a browser on another page can't ask either (415,
  403).
- At SIGTERM or the first Ctrl-C `Life.closing` is set: doors that ask say busy, what runs is finished and delivered,
  then the connections of open pages end and the process with code 0. A second signal ends it at once.
- `/healthz` never waits: 503 with `starting`, `failed` (tried again with pauses) or `stopping`, else 200.
- A record of the log is one line, from which `logging_setup` takes keys, passwords in addresses and the values of
  secret settings, whoever logs. A failure in answering is logged by kind and place, without its message.
- The résumé is read once, as of one moment: files that change meanwhile are read again. An edit is taken up by the
  next start.
- Durations count up to the month in which the chain was built. In a new month `server` builds another in the
  background, and the old one answers until it is ready.
"""
