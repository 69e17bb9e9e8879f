"""knowledge/ → bullets, names, and answers computed from structure.

`loader` reads the folder, `markdown` the résumé's format, `schema` the YAML files; `validation` is `askme check`.
`lexicon` finds names in a text, `lines`, `cards` and `timeline` compute what structure tells. May import: `text`.
Begin with `loader`.
"""
