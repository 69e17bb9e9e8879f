"""Which card a question about an employer, a school or a project calls for: tenure, outline, results, projects."""

from __future__ import annotations

from dataclasses import dataclass

from askme.query.parser import Question
from askme.resume.lines import card, heading_line, project_line, results, text_line
from askme.types import Bullet, Card, Knowledge, Line

SLACK = 2
"""So many content words beyond names and cues don't keep a question that asks for a list or a whole from being one."""
MOST_RESULTS = 8


@dataclass(frozen=True)
class Places:
    """The positions, schools and projects of one résumé with their cards."""

    knowledge: Knowledge
    cards: dict[str, Card]
    stations: tuple[str, ...]

    def of_places(self, question: Question, places: list[str]) -> list[Card]:
        """Return the cards for the employers and schools a question names."""
        if question.wants("why", "name"):
            return []
        several = self._several(question, places) if len(places) > 1 else []
        if several:
            return several
        if question.residue:
            return self._in_spite_of_more(question, places)
        if len(places) == 1 and question.wants("first") and "card.first" in self.cards:
            return [self.cards["card.first"], self.cards[f"card.tenure.{places[0]}"]]
        return [made for place in places if (made := self._of_place(question, place))]

    def _several(self, question: Question, places: list[str]) -> list[Card]:
        """Return what sets two or more places side by side."""
        if question.wants("gap") and "card.gaps" in self.cards:
            return [self.cards["card.gaps"]]
        if len(question.residue) > SLACK:
            return []
        if question.wants("before", "after", "order", "first"):
            ordered = [b for b in reversed(self.stations) if b in places] or places
            return [card("order", "", [heading_line(self.knowledge.bullets[p]) for p in ordered])]
        if question.wants("longest", "shortest", "how_long"):
            return [self.cards[f"card.tenure.{p}"] for p in places]
        if question.wants("title") and not question.wants("results"):
            return [card("titles", "", [text_line(self.knowledge.bullets[p]) for p in places])]
        if question.wants("compare"):
            return [made for place in places for made in self._in_short(self.knowledge.bullets[place])]
        return []

    def _in_short(self, place: Bullet) -> list[Card]:
        """Return what a place was, and what came of it."""
        heading = card("held", place.id, [text_line(place)])
        return [heading, self.results_of(place)] if place.id in self.stations else [heading]

    def _in_spite_of_more(self, question: Question, places: list[str]) -> list[Card]:
        """Return what answers although there are words that neither name nor ask anything known."""
        if len(question.residue) > SLACK or question.mentions_terms or len(places) > 1:
            return []
        place = places[0]
        if place in self.stations and self._lists_projects(question):
            return [self.cards[f"card.projects.{place}"]]
        if place in self.stations and question.wants("results") and not question.wants("whether", "summary"):
            return [self.results_of(self.knowledge.bullets[place])] if self._asks_all_results(question) else []
        asks_more = question.wants("how_much", "count", "whether", "how_long", "when", "results")
        if place in self.stations and question.wants("summary") and not asks_more and len(question.residue) < SLACK:
            return [self.cards[f"card.outline.{place}"]]
        return []

    def _lists_projects(self, question: Question) -> bool:
        return question.wants("projects") and question.wants("list", "count") and not question.wants("results")

    def _asks_all_results(self, question: Question) -> bool:
        return question.wants("list")

    def _of_place(self, question: Question, place: str) -> Card | None:
        wants, bullet = question.wants, self.knowledge.bullets[place]
        if wants("before", "after"):
            return self.cards.get(f"card.{'before' if wants('before') else 'after'}.{place}")
        claimed = wants("span") and (wants("confirm", "whether") or not wants("summary"))
        if claimed or wants("how_long", "when", "start", "end", "longest", "shortest"):
            return self.cards[f"card.tenure.{place}"]
        if place not in self.stations:
            return card("school", place, map(text_line, [bullet, *self.knowledge.under(place)]))
        return self._of_station(question, bullet)

    def _of_station(self, question: Question, station: Bullet) -> Card | None:
        wants = question.wants
        if wants("team") or (wants("title", "where") and not wants("summary")):
            return card("title", station.id, [text_line(station)])
        if wants("projects") and not wants("results"):
            return self.cards[f"card.projects.{station.id}"]
        if wants("results") and not wants("summary"):
            return self.results_of(station)
        if wants("whether") and not wants("summary"):
            return card("held", station.id, [heading_line(station)])
        return None if wants("how_much", "count") else self.cards[f"card.outline.{station.id}"]

    def results_of(self, station: Bullet) -> Card:
        """Return the measured results of all projects of a position, or its outline when it states none."""
        projects = [b for b in self.knowledge.under(station.id) if b.kind == "project"]
        found = [project for project in projects if results(self.knowledge, project.id)]
        if not found:
            return self.cards[f"card.outline.{station.id}"]
        return card("results", station.id, [project_line(self.knowledge, p) for p in found[:MOST_RESULTS]])

    def of_projects(self, question: Question) -> list[Card]:
        """Return the cards for the projects a question names."""
        headings = [self.knowledge.bullets[p] for p in question.projects]
        wants, few = question.wants, len(question.residue) <= SLACK
        if len(headings) > 1 and few and wants("results", "compare", "list"):
            return self._side_by_side(question, headings)
        if question.residue and not (few and wants("summary", "projects") and not wants("how_much", "results")):
            return []
        if wants("how_long", "when", "start", "end"):
            return [self.cards[f"card.tenure.{s}"] for s in dict.fromkeys(h.station for h in headings)]
        if wants("where", "employers"):
            return [card("where", h.id, [self._placed(h)]) for h in headings]
        if wants("results", "compare") and not wants("summary", "projects"):
            return [self._results(h) for h in headings]
        if (
            wants("how_much", "count", "rank")
            or question.figures
            or (question.mentions_terms and not wants("summary", "projects"))
        ):
            return []
        return [self.project(h) for h in headings]

    def _side_by_side(self, question: Question, headings: list[Bullet]) -> list[Card]:
        if not question.wants("results", "how_much") and not question.terms("metric"):
            return [self.project(h) for h in headings]
        return [self._results(h) for h in headings]

    def _placed(self, project: Bullet) -> Line:
        station = self.knowledge.bullets[project.station]
        return Line(heading_line(station).text, (project.id, station.id))

    def project(self, heading: Bullet) -> Card:
        """Return a project as a whole: its title and its bullets."""
        return card("project", heading.id, map(text_line, [heading, *self.knowledge.under(heading.id)]))

    def _results(self, heading: Bullet) -> Card:
        found = results(self.knowledge, heading.id) or self.knowledge.under(heading.id)
        return card("results", heading.id, map(text_line, found))

    def whole(self, bullet: Bullet, question: Question) -> Card | None:
        """Return the card for a heading that was found: a question that meets a heading means all that is under it."""
        wants = question.wants
        if wants("why"):
            return None
        if bullet.kind == "project":
            return self._results(bullet) if wants("results") and not wants("summary") else self.project(bullet)
        if bullet.id not in self.stations:
            return None
        if wants("how_long", "when", "start", "end"):
            return self.cards[f"card.tenure.{bullet.id}"]
        if wants("results") and not wants("whether"):
            return self.results_of(bullet)
        return (
            None if wants("title", "where", "whether", "count", "how_much") else self.cards[f"card.outline.{bullet.id}"]
        )
