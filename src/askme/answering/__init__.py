"""The life of a question: understand → recall → retrieve → compose, or let a model decide and write → cite → keep.

`chain` is the whole way, in the order in which it runs; `composer` answers from the bullets. With a model `findings` is
what search found, `prompt_context` what the model is told, `reply` how its reply is read, `generator` what of it is
shown. May import: `query`, `search`, `verification`, `llm`, `resume`, `text`, `storage`.
Begin with `chain`.

- A visitor is a session at an address; `quota` counts in moving windows, each visitor's and everybody's. A question
  counts when it is taken, and all of a program's request as one.
- `budget` adds up shares, one for each process and period, so that what is written late or twice does no harm.
  `chain` pays for an answer at its end, also when nobody waited for it; embeddings are paid for by the bytes that
  were sent. Before the first look at what has been spent nobody spends.
- Kept answers lie under a hash of what they were made from (`conversation.Asked`): with a model the question and the
  conversation as the model is given them, without one the standalone question; among those of one `cache_key`. What is
  kept is as good as it can be: not what stands in for the model's answer, was stopped, or lacked the search by meaning.
  What measures (`eval`, `benchmarks`) leaves it out.
- They lie in SQLite files in the data folder or, with `ASKME_REDIS_URL`, all three in Redis, to which there is one
  way (`storage.redis.connected`): when it fails it is left alone for half a minute by all of them, and each has
  something to go on with.
"""
