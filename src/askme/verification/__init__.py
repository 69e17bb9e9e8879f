"""May this sentence be shown beside these bullets?

`sentences` cuts what a model writes into plain text, `claims` reads what a sentence claims, `evidence` what a bullet
bears out, `verifier` decides: `facts` for what cites bullets, `silences` for refusals. May import: `resume`, `text`.
Begin with `verifier`, then `facts`.

A sentence is checked for each thing it says:

- figures, units, dates, ratios (`numeric_checks`), lengths of time (`lengths`), comparisons and superlatives
  (`comparisons`, `superlatives`): equal after normalising, or computed from figures and periods that are cited;
- still, first, longest, before (`chronology`): computed from the periods of the headings;
- employers, names and terms (`term_checks`); what replaced what (`changes`);
- every other word (`predicates`): it is its bullets', means the same as a word of theirs in either language, or says
  nothing by itself. The words are data in `words/`; `never.yaml` lists what is never shown of a person;
- turns of phrase whose words are all ordinary (`assertions`), who speaks to whom and in what letters (`speech`), hints
  at what is masked or anonymous (`confidential`);
- what it denies (`denials`): it must say what is so instead, or that the résumé doesn't say.

English and Chinese only: words of other languages aren't known, so no sentence in them is borne out. What still gets
through: a wrong relation told in the bullet's own words ("samples of A were added to B" for B to A), figures exchanged
between things that the bullet tells apart by a word alone.
"""
