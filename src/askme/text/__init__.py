"""Characters, numbers and dates of a sentence, in the languages visitors write.

Nothing here knows a résumé: `sanitise` makes a text from outside the one that is seen, `tokenize` makes words
comparable, `numbers`, `number_words` and `quantities` read figures, `dates` and `periods` read time. May import:
`types`, `errors`. Begin with `tokenize`, then `quantities`.
"""
