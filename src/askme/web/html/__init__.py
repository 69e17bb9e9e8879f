"""Data → HTML: the page, an exchange, its evidence, the brief, the insights.

The modules prepare what is shown, `../templates/` lays it out, `templating` is where they meet and the only module that
knows Jinja2. Templates escape every value but what a filter made (`markup`, `highlight`), and a name that they aren't
given is an error. A filter of a constant, as in `{{ "send"|ui }}`, is worked out once, when the template is compiled at
its first use. Line breaks beside tags are not part of the page: where a space is wanted at one, write `{{ " " }}`.

May import: `web.session`, `resume`, `text`, `journal`'s report. Begin with `layout`.
"""
