"""May this sentence be shown beside these bullets?

`sentences` cuts what a model writes, `claims` reads what a sentence claims, `evidence` what a bullet bears out,
`numeric_checks` and `term_checks` hold one against the other, `verifier` decides. Equality is literal after
normalising. May import: `resume`, `text`. Begin with `verifier`.

`claims` takes from a sentence what it claims: numbers with unit, currency, direction and what stands beside them
(`quantities`, `approximations`, `number_words`), dates and durations (`dates`), names and terms (`lexicon`).
`evidence` takes the same from a bullet in both languages, its headings, its period and the cards that rest on it.
`numeric_checks` and `term_checks` hold one against the other. Equality is literal after normalising: 41.1 亿 = 4.11
billion, 50 % = half, two and a half years = October 2021 to April 2024; a rounded number must say so and be right to
its digits. A figure of one employer in a sentence about another fails, as do a swapped region or metric, a rise made
a fall, a term or name the bullet doesn't have, praise, the first person, and a sentence that has next to no word of
its bullets. Words alone (cause, sequence, emphasis) aren't understood: a sentence made only of the bullet's own words
in a wrong relation passes.
"""
