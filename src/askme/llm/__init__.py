"""An OpenAI-compatible server: chat, embeddings, prompts, prices, the budget.

`chat_model` streams with a deadline, `client` is LangChain's model on OpenAI's client, `errors` turns failures into
one sentence, `billing`, `budget` and `spend_store` count what it costs. The only package that knows OpenAI, imported
when a key or a base URL is set. May import: `settings`, `storage`, `text`. Begin with `chat_model`.

Requests run on one event loop in a thread of its own: a deadline holds whatever the server does, and a visitor's stop
ends the request. `errors` turns every failure into a kind and a sentence that repeats nothing the server said;
`circuit_breaker` decides how long a server is left alone (a refused key: 5 minutes; Retry-After: as asked), logs it
once, and shows in `/healthz`.

What limits answers by a model is the processor time of one interpreter, so chunks reach LangChain as plain data
(`client`) and the thread that waits in lists: at once around the end of a sentence, else every 50 ms (`chat_model`).
"""
