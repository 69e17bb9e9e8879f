"""What visitors asked: kept, measured, and turned into edits of knowledge/.

`journal` takes notes in memory, `writer` commits them to `database`, `hub_sync` keeps them in a dataset,
`statistics`, `gaps` and `suggested_edits` make the report. Nothing is written to knowledge/. May import: `search`,
`query`, `resume`, `text`, `storage`. Begin with `journal`.

- `recorder` gives a question a ticket, or none when its visitor wants nothing kept, and notes the exchange after its
  last event, whichever way it ended. `journal` takes the note in memory; one thread commits what has come in 50 ms,
  in SQLite with WAL and synchronous=FULL: what is committed survives a kill -9. While the disk takes nothing, notes
  wait, the newest 1,000 of them; answers never do. Only a thumb waits for its commit, because its visitor is told
  whether it was kept.
- A visitor is a hash of Gradio's session and the address, keyed with a salt that is random for each day and wiped
  after it. Neither is written anywhere. What is deleted is overwritten.
- On a Space, `hub_sync` commits one file of JSON Lines for each day to a private dataset, every few minutes and at
  the end, and takes them back at the start. A public dataset gets nothing. Tested against a stand-in on loopback that
  speaks the hub's HTTP API, not against the hub.
- `gaps` puts unanswered and disliked questions together by the lexical embedding over knowledge/ and the questions
  themselves. It isn't the index's: the words that visitors use and the résumé doesn't have must count.
  `suggested_edits` drafts what would help. Nothing is written to knowledge/.
- `/insights` exists when a token is set. After a wrong token everybody's waits for a second, one after another.
"""
