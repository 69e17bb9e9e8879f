"""Where the structure of the résumé answers: which cards a question calls for, and where evidence should come from."""

from __future__ import annotations

from dataclasses import dataclass

from askme.awards import AWARDS, Awards
from askme.cards import at
from askme.lines import award_list, card, heading_line, project_line, results, text_line
from askme.months import Month, Period
from askme.names import Occurrences
from askme.question import Question
from askme.types import Bullet, Card, Knowledge


@dataclass(frozen=True)
class Steering:
    """Cards that answer by structure, in the order to be told; `scope`: headings evidence should come from."""

    cards: tuple[Card, ...] = ()
    scope: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()


@dataclass(frozen=True)
class Structure:
    """A résumé with its cards as of one month, able to say which of them a question calls for."""

    knowledge: Knowledge
    cards: dict[str, Card]
    now: Month
    occurrences: Occurrences
    awards: Awards
    stations: tuple[str, ...]

    @classmethod
    def of(cls, knowledge: Knowledge, cards: list[Card], now: Month) -> Structure:
        """Return the structure of `knowledge`."""
        stations = tuple(b.id for b in knowledge.stations())
        occurrences = Occurrences(knowledge)
        by_id = {one.id: one for one in cards}
        return cls(knowledge, by_id, now, occurrences, Awards(knowledge, occurrences), stations)

    def steer(self, question: Question) -> Steering:
        """Tell what `question` calls for; nothing when retrieval alone has to answer."""
        if self.awards.asked_for(question):
            found = self.awards.matching(question)
            if found:
                return Steering((card(AWARDS, "matching", award_list(found)),), (AWARDS,))
        places = [s for s in question.stations if s in self.stations or s in ("sysu", "acmm")] or self._by_role(
            question
        )
        scope = tuple(places)
        if not places and question.periods:
            scope, there = self._when(question)
            if there:
                return Steering((there,), scope)
        if question.projects:
            return self._projects(question, scope)
        if places:
            return Steering(tuple(self._places(question, places)), scope)
        return Steering(tuple(self._general(question)), scope)

    def _by_role(self, question: Question) -> list[str]:
        """Return the one position whose heading has the role that is named, e.g. the internship."""
        found = {
            station
            for term in question.terms("role")
            for station in self.stations
            if self.occurrences.holds(term, station)
        }
        return list(found) if len(found) == 1 else []

    def whole(self, bullet: Bullet, question: Question) -> Card | None:
        """Return the card for a heading that was found: a question that meets a heading means all that is under it."""
        if bullet.kind == "project":
            return (
                self._results(bullet)
                if question.wants("results") and not question.wants("summary")
                else self._project(bullet)
            )
        if bullet.id in self.stations and question.wants("how_long", "when", "start", "end"):
            return self.cards[f"card.tenure.{bullet.id}"]
        if bullet.id in self.stations and not question.wants("title", "where", "whether", "count", "how_much"):
            return self.cards[f"card.outline.{bullet.id}"]
        return None

    # Times

    def _when(self, question: Question) -> tuple[tuple[str, ...], Card | None]:
        span = _span(question.periods)
        there = at(self.knowledge, span, self.now)
        scope = tuple(cite for cite in there.cites if cite in self.stations)
        asked = question.wants("where", "summary", "employers", "current", "title", "education", "whether", "list")
        if there.lines and (asked or not question.intents) and not question.residue:
            return scope, there
        return scope, None

    # Projects

    def _projects(self, question: Question, scope: tuple[str, ...]) -> Steering:
        headings = [self.knowledge.bullets[p] for p in question.projects]
        stations = tuple(dict.fromkeys(h.station for h in headings))
        made: list[Card] = []
        if question.wants("how_long", "when", "start", "end") and not question.residue:
            made = [self.cards[f"card.tenure.{station}"] for station in stations]
        elif question.wants("results", "compare") and not question.residue:
            made = [self._results(h) for h in headings]
        elif not question.residue and not (question.wants("how_much", "count") or question.figures):
            made = [self._project(h) for h in headings]
        return Steering(tuple(one for one in made if one.lines), stations, question.projects)

    def _project(self, heading: Bullet) -> Card:
        lines = [heading, *self.knowledge.under(heading.id)]
        return card("project", heading.id, map(text_line, lines))

    def _results(self, heading: Bullet) -> Card:
        found = results(self.knowledge, heading.id) or self.knowledge.under(heading.id)
        return card("results", heading.id, map(text_line, found))

    # Employers and schools

    def _places(self, question: Question, places: list[str]) -> list[Card]:
        wants = question.wants
        if question.residue or wants("why", "name"):
            return []
        if len(places) == 1 and wants("first") and "card.first" in self.cards:
            return [self.cards["card.first"], self.cards[f"card.tenure.{places[0]}"]]
        if len(places) > 1 and wants("before", "after", "order", "first"):
            ordered = [b for b in reversed(self.stations) if b in places] or places
            return [card("order", "", [heading_line(self.knowledge.bullets[p]) for p in ordered])]
        if wants("before", "after"):
            topic = "before" if wants("before") else "after"
            return [c for p in places if (c := self.cards.get(f"card.{topic}.{p}"))]
        if wants("how_long", "when", "start", "end", "longest", "shortest"):
            return [self.cards[f"card.tenure.{p}"] for p in places]
        if wants("compare") and len(places) > 1:
            return [self.cards.get(f"card.outline.{p}", self.cards[f"card.tenure.{p}"]) for p in places]
        return [made for p in places if (made := self._place(question, p))]

    def _place(self, question: Question, place: str) -> Card | None:
        bullet = self.knowledge.bullets[place]
        if place not in self.stations:
            return self._school(bullet)
        if question.wants("projects"):
            return self.cards[f"card.projects.{place}"]
        if question.wants("results") and not question.wants("summary"):
            return self._station_results(bullet)
        if question.wants("title", "where", "team") and (not question.wants("summary") or question.wants("team")):
            return card("title", place, [text_line(bullet)])
        if question.wants("whether") and not question.wants("summary"):
            return card("held", place, [heading_line(bullet)])
        if question.wants("how_much", "count"):
            return None
        return self.cards[f"card.outline.{place}"]

    def _school(self, bullet: Bullet) -> Card:
        lines = [bullet, *self.knowledge.under(bullet.id)]
        return card("school", bullet.id, map(text_line, lines))

    def _station_results(self, station: Bullet) -> Card:
        projects = [b for b in self.knowledge.under(station.id) if b.kind == "project"]
        found = [b for p in projects for b in results(self.knowledge, p.id)]
        if not found:
            return self.cards[f"card.outline.{station.id}"]
        return card("results", station.id, map(text_line, found[:6]))

    # Nothing named

    def _general(self, question: Question) -> list[Card]:
        wants = question.wants
        if "skills" in question.stations and len(question.residue) < 2:
            return [self.cards["card.skills"]]
        if question.residue or wants("why"):
            return []
        if wants("projects") and question.mentions:
            return self._projects_naming(question)
        latest = self.stations[0] if self.stations else ""
        if wants("gap"):
            return [self._gaps()]
        if wants("current") and latest:
            return [self._current(question, latest)]
        rules: tuple[tuple[bool, str], ...] = (
            (wants("name") and not wants("employers", "where"), "card.name"),
            (wants("longest"), "card.longest"),
            (wants("shortest"), "card.shortest"),
            (wants("experience"), "card.experience"),
            (wants("first"), "card.first"),
            (wants("order"), "card.employers"),
            (wants("employers") and wants("count"), "card.employer-count"),
            (wants("how_long"), "card.experience"),
            (wants("employers"), "card.employers"),
            (wants("education"), "card.education"),
            (wants("skills") or "skills" in question.stations, "card.skills"),
        )
        return [self.cards[name] for holds, name in rules if holds and name in self.cards][:1]

    def _projects_naming(self, question: Question) -> list[Card]:
        """Return the projects in whose title or bullets a term of the question stands."""
        holders = {
            id_
            for term in question.terms("technique", "metric", "technologies", "topics")
            for id_ in self.occurrences.of(term)
        }
        found = [
            b for b in self.knowledge.bullets.values()
            if b.kind == "project" and (b.id in holders or any(c.id in holders for c in self.knowledge.under(b.id)))
        ]  # fmt: skip
        titled = [b for b in found if b.id in holders] or found
        return [card("projects", "matching", [project_line(self.knowledge, b) for b in titled])] if titled else []

    def _gaps(self) -> Card:
        gaps = self.cards.get("card.gaps")
        if gaps and gaps.lines:
            return gaps
        return card("gaps", "", [heading_line(self.knowledge.bullets[s]) for s in self.stations])

    def _current(self, question: Question, latest: str) -> Card:
        if question.wants("how_long", "when", "start"):
            return self.cards[f"card.tenure.{latest}"]
        if question.wants("results"):
            return self._station_results(self.knowledge.bullets[latest])
        if question.wants("projects"):
            return self.cards[f"card.projects.{latest}"]
        if question.wants("summary") and not question.wants("where", "title", "employers"):
            return self.cards[f"card.outline.{latest}"]
        return self.cards["card.current"]


def _span(periods: tuple[Period, ...]) -> Period:
    """Return from the first to the last of the periods a question names (`2019 to 2021`)."""
    ends = [p.end or p.start for p in periods]
    return Period(min(p.start for p in periods), max(ends), all(p.by_year for p in periods))
