"""Documents → vectors → the nearest ones: on disk, in memory, or on a Chroma server.

`documents` are the texts, `tfidf` the lexical embedding. `collection` is the life of any texts' vectors by any embedder
on disk (in a sealed folder, `snapshot`) or in memory, `server_vectors` on a server, where `replicated` says which
replica builds them. `lexical_index` and `dense_index` are what is asked. Only `chroma` knows Chroma.
May import: `llm.embeddings`, `resume`, `text`, `storage`. Begin with `lexical_index`, then `collection`.

- One Chroma collection holds bullets, cards and notices, each as one document with its search help in both languages,
  so a question in one language meets a bullet in the other.
- The embedding is TF-IDF over English word stems, Chinese character bigrams and single characters. n documents span
  at most n dimensions, so a Cholesky factor keeps every dot product exactly, and a new document gets a new dimension
  without touching the old vectors. Above 1,500 documents the space is cut to 256 dimensions (latent semantic
  analysis).
- A search reads ids and distances, and asks for a question with and without the candidate's name at once: LangChain's
  searches also read texts and notes, which takes longer than the search.
- The store is derived data. It is built aside, sealed with a manifest (hashes of texts and files, versions) and
  swapped in by one rename under a lock. A sealed store is never opened where it lies: each process works on a copy,
  because Chroma writes to what it opens. A copy is in use as long as a process holds the lock inside it, and goes
  otherwise. Anything missing, damaged or of another version is rebuilt, also while it is open; what is stale is
  brought up to date document by document. A folder that can't be written to, or a disk that gets full, means an index
  in memory.
- With `ASKME_CHROMA_URL` the collection is on a server (`replicated`, `server_vectors`). Its name holds a fingerprint
  of the documents and the embedding, and a number that counts up. Creating a name is atomic, and that is the only
  lock: whoever creates it builds, and notes that it is whole. A builder that is silent for 10 s, or a whole
  collection that isn't as it was built (count, vectors, hashes), is replaced by the next number; no replica does the
  latter twice in an hour.
- A question waits a second for the server at most, then memory answers (a product of vectors, exact) and a thread
  looks for the server every 5 s. Nothing found on a server is shown unless this process knows the document. A
  collection says which day it was used last; whoever builds deletes those of no use for a week.

With a model configured, a second collection in a sealed store of its own (`semantic/` in the data folder) holds short
texts of each bullet (either language with its heading, five questions per language), embedded in batches; only what
changed is embedded again. A bullet ranks by its nearest text; reciprocal rank fusion joins the ranking with the
lexical one. An embedding server that fails, or gives another dimension, leaves the lexical ranking alone and the
store as it is. On a Chroma server a new release takes the vectors of unchanged texts from the
collections before it.
"""
