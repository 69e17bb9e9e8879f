"""Where the structure of the résumé answers: which cards a question calls for, and where evidence should come from."""

from __future__ import annotations

from dataclasses import dataclass

from askme.query.awards import AWARDS, Awards
from askme.query.entity_cards import SLACK, Places
from askme.query.parser import Question
from askme.resume.lexicon import Occurrences
from askme.resume.lines import award_list, card, heading_line, placed, project_line, tenure_line, text_line
from askme.resume.timeline import at, experience_in
from askme.text.periods import spanning
from askme.types import Card, Knowledge, Line, Message, Month

THEMES = ("field", "technique", "metric", "region", "person", "version", "technologies", "topics")
"""Categories of terms by which things can be listed."""
MOST_NAMING = 8
_SKILLS_WHOLE = Line(
    Message("简历没有按单位列出技能，整体列有：", "The résumé lists skills as a whole, not by employer:")
)


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
    places: Places
    stations: tuple[str, ...]

    @classmethod
    def of(cls, knowledge: Knowledge, cards: list[Card], now: Month) -> Structure:
        """Return the structure of `knowledge`."""
        stations = tuple(b.id for b in knowledge.stations())
        occurrences = Occurrences(knowledge)
        by_id = {one.id: one for one in cards}
        return cls(
            knowledge,
            by_id,
            now,
            occurrences,
            Awards(knowledge, occurrences),
            Places(knowledge, by_id, stations),
            stations,
        )

    def steer(self, question: Question) -> Steering:
        """Tell what `question` calls for; nothing when retrieval alone has to answer."""
        if self.awards.asked_for(question):
            found = self.awards.matching(question)
            if found:
                return Steering((card(AWARDS, "matching", award_list(found)),), (AWARDS,))
        roles = self._listed_roles(question)
        if roles:
            return Steering((roles,))
        places = [s for s in question.stations if f"card.tenure.{s}" in self.cards] or self._by_role(question)
        scope = tuple(places)
        if not places and question.periods:
            scope, there = self._when(question)
            if there:
                return Steering((there,), scope)
        if question.projects:
            of_them = tuple(dict.fromkeys(self.knowledge.bullets[p].station for p in question.projects))
            return Steering(tuple(self.places.of_projects(question)), of_them, question.projects)
        if (
            len(places) == 1
            and question.wants("regions")
            and len(question.residue) <= SLACK
            and not question.mentions_terms
        ):
            return Steering(tuple(self._regions(places[0])), scope)
        if places and "skills" in question.stations and "card.skills" in self.cards:
            return Steering((card("skills", "whole", [_SKILLS_WHOLE, *self.cards["card.skills"].lines]),), scope)
        if places:
            return Steering(tuple(self.places.of_places(question, places)), scope)
        return Steering(tuple(self._general(question)), scope)

    def _listed_roles(self, question: Question) -> Card | None:
        """Return the positions of the roles that are asked for as a list, e.g. internships and research."""
        if not question.wants("list") or question.wants("employers") or question.stations or question.residue:
            return None
        held = [s for s in self.stations for term in question.terms("role") if self.occurrences.holds(term, s)]
        found = [heading_line(self.knowledge.bullets[s]) for s in dict.fromkeys(held)]
        return card("roles", "", found) if len(question.terms("role")) > 1 and found else None

    def _by_role(self, question: Question) -> list[str]:
        """Return the one position whose heading has the role that is named, e.g. the internship."""
        if question.wants("employers", "list") or (question.wants("count") and not question.wants("how_long")):
            return []
        found = {
            station
            for term in question.terms("role")
            for station in self.stations
            if self.occurrences.holds(term, station)
        }
        return list(found) if len(found) == 1 else []

    # Times

    def _when(self, question: Question) -> tuple[tuple[str, ...], Card | None]:
        span = spanning(question.periods)
        there = at(self.knowledge, span, self.now)
        scope = tuple(cite for cite in there.cites if cite in self.stations)
        asked = question.wants("where", "summary", "employers", "current", "title", "education", "whether", "list")
        if there.lines and (asked or not question.intents) and not question.residue:
            return scope, there
        return scope, None

    # Nothing named

    def _general(self, question: Question) -> list[Card]:
        wants = question.wants
        few = len(question.residue) <= SLACK
        if few:
            themed = self._by_theme(question) or self._by_section(question)
            if themed:
                return themed
        listed = (
            few and wants("order", "gap", "projects", "employers", "title") and wants("list", "count", "order", "gap")
        )
        if wants("why") or (question.residue and not listed):
            return []
        if wants("gap"):
            return [self._gaps()]
        if wants("education") and question.terms("site", "places"):
            return self._schools_at(question)
        if wants("current") and self.stations:
            return [self._current(question, self.stations[0])]
        return self._by_intent(question)

    def _by_theme(self, question: Question) -> list[Card]:
        """Return lists by a term or a region, and the time spent in a field."""
        wants, themes = question.wants, question.terms(*THEMES)
        if wants("how_long") and wants("list") and not question.mentions_terms:
            return [card("tenures", "", [tenure_line(self.knowledge.bullets[s], self.now) for s in self.stations])]
        if themes and wants("how_long", "experience"):
            return self._experience_in(question)
        if themes and wants("projects", "list", "count") and not wants("whether", "how_much"):
            return self._naming(question)
        if wants("regions") and wants("list", "where", "how_much", "results") and not wants("whether"):
            return self._regions()
        return []

    def _by_section(self, question: Question) -> list[Card]:
        """Return what is asked for as a section of the résumé, or as the résumé in short."""
        wants = question.wants
        contact = "contact" in question.stations and not wants("unmask") and len(question.residue) < SLACK
        rules = (
            (contact, "card.contact"),
            (
                wants("highlight") and not (question.stations or question.mentions_terms or question.figures),
                "card.highlights",
            ),
            (wants("overview"), "card.overview"),
            ("skills" in question.stations, "card.skills"),
        )
        return [self.cards[name] for holds, name in rules if holds and name in self.cards][:1]

    def _schools_at(self, question: Question) -> list[Card]:
        """Return the schools and positions in whose heading a named town stands."""
        holders = {id_ for term in question.terms("site", "places") for id_ in self.occurrences.of(term)}
        found = [
            b
            for b in self.knowledge.bullets.values()
            if b.id in holders and b.period and b.kind in ("research", "education")
        ]
        return [card("schools", "", map(text_line, found))] if found else []

    def _experience_in(self, question: Question) -> list[Card]:
        holders = frozenset().union(*(self.occurrences.of(term) for term in question.terms(*THEMES)))
        made = experience_in(self.knowledge, holders, self.now)
        return [made] if made.lines else []

    def _by_intent(self, question: Question) -> list[Card]:
        wants = question.wants
        school = next((b.id for b in self.knowledge.bullets.values() if b.kind == "education"), "")
        rules: tuple[tuple[bool, str], ...] = (
            (wants("name") and not wants("employers", "where"), "card.name"),
            (wants("longest"), "card.longest"),
            (wants("shortest"), "card.shortest"),
            (wants("experience"), "card.experience"),
            (wants("first"), "card.first"),
            (wants("education") and wants("how_long", "when", "start", "end"), f"card.tenure.{school}"),
            (wants("order"), "card.employers"),
            (wants("employers") and wants("count"), "card.employer-count"),
            (wants("how_long"), "card.experience"),
            (wants("projects") and wants("list", "count", "summary"), "card.all-projects"),
            (wants("employers") or (wants("title") and wants("list")), "card.employers"),
            (wants("education") and not wants("rank"), "card.education"),
            (wants("skills"), "card.skills"),
        )
        return [self.cards[name] for holds, name in rules if holds and name in self.cards][:1]

    def _naming(self, question: Question) -> list[Card]:
        """Return the projects whose title has the question's terms, else the bullets that do, at most MOST_NAMING."""
        terms = question.terms(*THEMES)
        held = [self.occurrences.of(term) for term in terms]
        holders = frozenset.intersection(*held) or frozenset().union(*held)
        found = [b for b in self.knowledge.bullets.values() if b.id in holders]
        titled = [b for b in found if b.kind == "project"]
        if question.wants("projects") and len(titled) == 1:
            return [self.places.project(titled[0])]
        if titled and (question.wants("projects") or len(found) > MOST_NAMING):
            return [card("projects", "matching", [project_line(self.knowledge, b, placed=True) for b in titled])]
        return [card("naming", "", [placed(self.knowledge, b) for b in found[:MOST_NAMING]])] if found else []

    def _regions(self, station: str = "") -> list[Card]:
        """Return the bullets that name a region, of one position or of all, at most MOST_NAMING."""
        terms = [term for term in self.knowledge.terms if term.category == "region"]
        holders = frozenset().union(*(self.occurrences.of(term) for term in terms))
        found = [
            b
            for b in self.knowledge.bullets.values()
            if b.id in holders and b.kind == "point" and station in ("", b.station)
        ]
        return [card("regions", station, [placed(self.knowledge, b) for b in found[:MOST_NAMING]])] if found else []

    def _gaps(self) -> Card:
        gaps = self.cards.get("card.gaps")
        if gaps and gaps.lines:
            return gaps
        return card("gaps", "", [heading_line(self.knowledge.bullets[s]) for s in self.stations])

    def _current(self, question: Question, latest: str) -> Card:
        if question.wants("how_long", "when", "start"):
            return self.cards[f"card.tenure.{latest}"]
        if question.wants("results"):
            return self.places.results_of(self.knowledge.bullets[latest])
        if question.wants("projects"):
            return self.cards[f"card.projects.{latest}"]
        if question.wants("summary") and not question.wants("where", "title"):
            return self.cards[f"card.outline.{latest}"]
        return self.cards["card.current"]
