"""What a question asks: its names, dates, figures and intents, and what the structure of the résumé answers.

`parser` takes a question apart, `followup` makes one standalone, `router` says which computed answers fit. Knows
neither `search` nor `llm`. May import: `resume`, `text`. Begin with `parser`.
"""
