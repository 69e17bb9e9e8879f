"""Characters, numbers and dates of a sentence, in the languages visitors write.

Nothing here knows a résumé: `tokenize` makes words comparable, `numbers`, `number_words` and `quantities` read
figures, `dates` and `periods` read time. May import: `types`, `errors`. Begin with `tokenize`, then `quantities`.
"""
