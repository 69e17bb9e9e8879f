"""Data → HTML: the page, an exchange, its evidence, the brief, the insights.

May import: `web.session`, `resume`, `text`, `journal`'s report. Begin with `layout`.
"""
