"""What is asked of a round, out of a form and into one, and how its parts are said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from starlette.responses import Response

from plugin.domain.designs import Criterion, CriterionKind, Design, GroupDesign, Importance, Rule, RuleAbout, RuleWay, Side
from plugin.domain.forms import Form, FormPurpose, QuestionKind
from plugin.domain.programs import Program
from plugin.domain.rounds import LET_DOWN, Part, Round, RoundKind
from plugin.errors import Invalid
from plugin.services.questions import questioning
from plugin.texts import _
from plugin.texts import console as words
from plugin.web.console.frame import program_tabs, show
from plugin.web.pages import Speaker
from plugin.web.visits import Visit

PLAIN = tuple(kind for kind in CriterionKind if kind not in {CriterionKind.ANSWER, CriterionKind.BACKGROUND})
"""Kinds that need no question."""
ANSWER_ROWS = 4
"""Questions that can be compared in a new round; one that was made over the API may have more."""
USUAL = {"skill": "high", "need": "high", "goals": "medium", "language": "medium", "timezone": "low", "availability": "medium"}
"""What a new round begins with."""
_COMPARABLE = frozenset(QuestionKind) - {QuestionKind.AVAILABILITY, QuestionKind.TIME_ZONE}

UNKNOWN = 0.5
"""The fit where one of the two said nothing; what is half met has it too."""
_AGAIN = "already matched before"
_TRACK = "same track"
RULES = {
    "blocked": _("Nobody meets somebody they have blocked"),
    _AGAIN: _("Pairs that have been before are not made again"),
    _TRACK: _("Both are in the same track"),
}
SAID = {
    (CriterionKind.SKILL, True): _("Offers {share} of the skills wanted, at the level wanted"),
    (CriterionKind.SKILL, False): _("Could use what they offer: {share}"),
    (CriterionKind.NEED, True): _("Has shown to know what is needed: {share}"),
    (CriterionKind.NEED, False): _("Asks about what they know: {share}"),
    (CriterionKind.GOALS, True): _("Goals are alike: {share}"),
    (CriterionKind.LANGUAGE, True): _("Languages in common: {share}"),
    (CriterionKind.TIMEZONE, True): _("Near in time zones: {share}"),
    (CriterionKind.AVAILABILITY, True): _("Hours in common: {share} of those wanted"),
    (CriterionKind.SENIORITY, True): _("As far ahead as wanted: {share}"),
    (CriterionKind.BACKGROUND, True): _("Backgrounds as wanted: {share}"),
    (CriterionKind.PAST, True): _("Know each other from before: {share}"),
    (CriterionKind.ANSWER, True): _("Answers go together: {share}"),
}


@dataclass(frozen=True, kw_only=True)
class Row:
    """A row of the form for a criterion that needs no question: what its fields are called after, and what the round asks of it so far."""

    name: str
    kind: CriterionKind
    criterion: Criterion | None

    @property
    def called(self) -> str:
        """What somebody called the criterion, where that says more than its kind."""
        return "" if self.criterion is None or self.criterion.key == self.kind else self.criterion.label or self.criterion.key


def _rows(kept: Design) -> list[Row]:
    """One row for each kind, and another for each further criterion of it, such as one for mentees beside one for mentors."""
    rows = []
    for kind in PLAIN:
        held: list[Criterion | None] = [one for one in kept.criteria if one.kind is kind] or [None]
        rows += [Row(name=f"{kind}_{n}" if n else kind.value, kind=kind, criterion=one) for n, one in enumerate(held)]
    return rows


def _compared(kept: Design) -> list[Criterion]:
    return [one for one in kept.criteria if one.kind not in PLAIN]


def _answer_rows(kept: Design) -> range:
    return range(max(ANSWER_ROWS, len(_compared(kept))))


@dataclass(frozen=True, kw_only=True)
class _Rules:
    """The rules of a round as the form has them: three that everybody may wish for, and any others by their place in the design."""

    again: Rule | None
    track: Rule | None
    same: Rule | None
    others: dict[int, Rule]


def _rules(kept: Design) -> _Rules:
    again = next((one for one in kept.rules if one.about is RuleAbout.ALREADY and one.way is not RuleWay.MUST), None)
    track = next((one for one in kept.rules if one.about is RuleAbout.TRACK and one.way is RuleWay.MUST), None)
    same = next((one for one in kept.rules if one.about is RuleAbout.SAME), None)
    return _Rules(again=again, track=track, same=same, others={n: one for n, one in enumerate(kept.rules) if one not in (again, track, same)})


async def _questions(visit: Visit, program: Program, kept: Design | GroupDesign) -> list[tuple[str, str]]:
    """Questions of the program's applications that can be compared, and those that the round asks about already: key and words."""
    found: dict[str, str] = {}
    for purpose in (FormPurpose.MENTOR, FormPurpose.MENTEE):
        used: Form | None = await questioning.application(visit.runtime, visit.principal, program_id=program.id, purpose=purpose)
        if used is not None:
            found |= {one.key: one.label for one in used.questions if one.kind in _COMPARABLE}
    if isinstance(kept, GroupDesign):
        asked = [*kept.diversify, *kept.cluster]
    else:
        asked = [one.question for one in _compared(kept)] + [one.question for one in kept.rules]
    return list(({key: key for key in asked if key} | found).items())


def _kept(visit: Visit, one: Round | None) -> Design | GroupDesign:
    """What a round asks so far; of a new one nothing."""
    if one is None:
        return GroupDesign() if visit.text("kind") == RoundKind.GROUPS else Design(rules=())
    return one.grouping if one.kind is RoundKind.GROUPS else one.matching


async def form(visit: Visit, program: Program, *, one: Round | None) -> Response:
    """The form of a round."""
    kept = _kept(visit, one)
    values = _sent(visit) if visit.posted else _usual() if one is None else {"name": one.name} | _stored(kept)
    questions = await _questions(visit, program, kept)
    shared: dict[str, Any] = {"section": "programs", "program": program, "tabs": program_tabs(program), "tab": "rounds", "words": words}
    shared |= {"one": one, "values": values, "questions": questions, "rule_words": rule_words}
    if isinstance(kept, GroupDesign):
        return show(visit, "round_form.html", kind="groups", **shared)
    shared |= {"plain": _rows(kept), "rows": _answer_rows(kept), "compared": _compared(kept), "others": _rules(kept).others}
    return show(visit, "round_form.html", kind="pairs", **shared)


def _usual() -> dict[str, str]:
    return {f"c_{kind}": importance for kind, importance in USUAL.items()} | {
        "again": "1",
        "objective": "total",
        "placing": "most",
        "loss": "2",
        "smallest": "3",
        "largest": "6",
        "mentors": "0",
        "shared_slot": "1",
    }


def _sent(visit: Visit) -> dict[str, str]:
    return {name: visit.text(name) for name in visit.form}


def _stored(kept: Design | GroupDesign) -> dict[str, str]:
    if isinstance(kept, GroupDesign):
        mixed = {f"mix_{key}": "diversify" for key in kept.diversify} | {f"mix_{key}": "cluster" for key in kept.cluster}
        return mixed | {name: str(getattr(kept, name)) for name in ("smallest", "largest", "mentors")} | _ticked(shared_slot=kept.shared_slot)
    values: dict[str, str] = {}
    for row in _rows(kept):
        if row.criterion is not None:
            values |= {f"c_{row.name}": row.criterion.importance.value, f"s_{row.name}": row.criterion.side.value}
    for n, each in enumerate(_compared(kept)):
        values |= {f"a_question_{n}": each.question, f"a_importance_{n}": each.importance.value, f"a_side_{n}": each.side.value}
        values |= _ticked(**{f"a_different_{n}": each.different, f"a_protected_{n}": each.protected})
    rules = _rules(kept)
    values |= {f"rule_{n}": "1" for n in rules.others}
    if rules.same is not None:
        values |= {"same_question": rules.same.question, "same_way": "must" if rules.same.way is RuleWay.MUST else "must_not"}
    values |= _ticked(again=rules.again is not None, track=rules.track is not None)
    return values | {"objective": kept.objective, "placing": kept.placing, "loss": _percent(kept.loss)}


def _ticked(**boxes: bool) -> dict[str, str]:
    return {name: "1" for name, on in boxes.items() if on}


def _percent(loss: float) -> str:
    return f"{100 * loss:g}"


def design_of(visit: Visit, *, one: Round | None) -> Design | GroupDesign:
    """What the form asks for; what it does not show of a round stays as it is.

    Raises :class:`Invalid`; what makes no sense together is told by the service.
    """
    kept = _kept(visit, one)
    if isinstance(kept, GroupDesign):
        return _groups_of(visit, kept)
    # Where the share is not touched it stays as precise as it was given.
    loss = kept.loss if visit.text("loss") == _percent(kept.loss) else visit.decimal("loss", 2.0) / 100
    return replace(
        kept,
        criteria=_criteria_of(visit, kept),
        rules=_rules_of(visit, kept),
        objective=visit.text("objective", "total"),
        placing=visit.text("placing", "most"),
        loss=loss,
    )


def _criteria_of(visit: Visit, kept: Design) -> tuple[Criterion, ...]:
    asked = []
    for row in _rows(kept):
        if visit.text(f"c_{row.name}"):
            before = row.criterion or Criterion(key=row.kind.value, kind=row.kind)
            asked.append(replace(before, importance=_importance(visit, f"c_{row.name}"), side=_side(visit, f"s_{row.name}")))
    left = _compared(kept)
    for n in _answer_rows(kept):
        question = visit.text(f"a_question_{n}")
        if not question:
            continue
        new = Criterion(key=f"answer-{question}"[:80], kind=CriterionKind.ANSWER, label=question[:80], question=question)
        before = next((one for one in left if one.question == question), new)
        left = [one for one in left if one is not before]
        asked.append(
            replace(
                before,
                importance=_importance(visit, f"a_importance_{n}"),
                side=_side(visit, f"a_side_{n}"),
                different=visit.checked(f"a_different_{n}"),
                protected=visit.checked(f"a_protected_{n}"),
            )
        )
    places = {one.key: n for n, one in enumerate(kept.criteria)}
    return tuple(sorted(asked, key=lambda one: places.get(one.key, len(places))))


def _rules_of(visit: Visit, kept: Design) -> tuple[Rule, ...]:
    before = _rules(kept)
    asked = [one for n, one in before.others.items() if visit.checked(f"rule_{n}")]
    if visit.checked("again"):
        asked.append(before.again or Rule(name=_AGAIN, way=RuleWay.NEVER, about=RuleAbout.ALREADY))
    if visit.checked("track"):
        asked.append(before.track or Rule(name=_TRACK, way=RuleWay.MUST, about=RuleAbout.TRACK))
    question = visit.text("same_question")
    if question:
        way = RuleWay.MUST if visit.text("same_way") == "must" else RuleWay.MUST_NOT
        if before.same is not None and before.same.question == question and (before.same.way is RuleWay.MUST) == (way is RuleWay.MUST):
            asked.append(before.same)
        else:
            name = f"{'same' if way is RuleWay.MUST else 'different'}: {question}"[:80]
            asked.append(Rule(name=name, way=way, about=RuleAbout.SAME, question=question))
    places = {one.name: n for n, one in enumerate(kept.rules)}
    return tuple(sorted(asked, key=lambda one: places.get(one.name, len(places))))


def _importance(visit: Visit, name: str) -> Importance:
    word = visit.text(name, "medium")
    if word not in set(Importance):
        raise Invalid("choose how much it counts", field=name)
    return Importance(word)


def _side(visit: Visit, name: str) -> Side:
    word = visit.text(name, "both")
    if word not in set(Side):
        raise Invalid("choose whose wish it is", field=name)
    return Side(word)


def _groups_of(visit: Visit, kept: GroupDesign) -> GroupDesign:
    mixed = {name.removeprefix("mix_"): visit.text(name) for name in visit.form if name.startswith("mix_")}

    def by(way: str, before: tuple[str, ...]) -> tuple[str, ...]:
        chosen = {key for key, wanted in mixed.items() if wanted == way}
        return (*(key for key in before if key in chosen), *sorted(chosen - set(before)))

    return replace(
        kept,
        smallest=visit.number("smallest", 3) or 0,
        largest=visit.number("largest", 6) or 0,
        mentors=visit.number("mentors", 0) or 0,
        diversify=by("diversify", kept.diversify),
        cluster=by("cluster", kept.cluster),
        shared_slot=visit.checked("shared_slot"),
    )


# ---------------------------------------------------------------------------------------------------------------------- as words


def reason_words(part: Part, named: Mapping[str, Criterion], speaker: Speaker) -> str:
    """A part of a score as a short sentence."""
    criterion = named.get(part.criterion)
    share = speaker.percent(part.fit)
    if criterion is None:
        return f"{part.criterion}: {share}"
    if criterion.kind is CriterionKind.ANSWER:
        return f"{criterion.label or criterion.key}: {share}"
    said = SAID.get((criterion.kind, part.side is Side.MENTEE)) or SAID[criterion.kind, True]
    return speaker.say(said, share=share)


@dataclass(frozen=True, kw_only=True)
class Said:
    """A reason in words, and what it adds to the score."""

    words: str
    adds: float
    speaks_for: bool


def reasons(parts: Sequence[Part], named: Mapping[str, Criterion], speaker: Speaker) -> tuple[list[Said], list[str]]:
    """What speaks for and against a pair, the largest part first, and the criteria of which half or nothing is known."""
    found: dict[str, Said] = {}
    unknown: dict[str, None] = {}
    first: list[Said] = []
    for part in parts:
        if part.criterion == LET_DOWN:
            first.append(Said(words=speaker.say(_("Comes first: was let down lately by somebody who did not come")), adds=0.0, speaks_for=True))
            continue
        if part.fit == UNKNOWN:
            criterion = named.get(part.criterion)
            kind = "" if criterion is None else criterion.kind.value
            unknown[criterion.label if criterion is not None and criterion.label else speaker.say(words.CRITERIA.get(kind, part.criterion))] = None
            continue
        text = reason_words(part, named, speaker)
        before = found[text].adds if text in found else 0.0
        found[text] = Said(words=text, adds=before + part.contribution, speaks_for=part.fit > UNKNOWN)
    return [*first, *sorted(found.values(), key=lambda one: -one.adds)], list(unknown)


def rule_words(name: str, speaker: Speaker) -> str:
    """A rule by its name."""
    if name in RULES:
        return speaker.say(RULES[name])
    kind, _colon, rest = name.partition(": ")
    if kind == "mandatory":
        return speaker.say(_("Must be met: {what}"), what=speaker.say(words.CRITERIA.get(rest, rest)))
    if kind == "same":
        return speaker.say(_("Both gave the same answer to {question}"), question=rest)
    if kind == "different":
        return speaker.say(_("Both gave different answers to {question}"), question=rest)
    return name


def prices(one: Round) -> list[Mapping[str, object]]:
    """Each rule with what it costs, where that was worked out."""
    listed = one.figures.get("rules")
    known = {str(each["name"]): each for each in listed if isinstance(each, dict)} if isinstance(listed, list) else {}
    return [{"name": rule.name} | dict(known.get(rule.name, {})) for rule in one.matching.all_rules]
