"""What is asked of a round, out of a form and into one, and how its parts are said."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

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
"""Kinds that need no question: one row of the form each."""
ANSWER_ROWS = 4
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


async def _questions(visit: Visit, program: Program) -> list[tuple[str, str]]:
    """Questions of the program's applications that can be compared: key and words."""
    found: dict[str, str] = {}
    for purpose in (FormPurpose.MENTOR, FormPurpose.MENTEE):
        used: Form | None = await questioning.application(visit.runtime, visit.principal, program_id=program.id, purpose=purpose)
        if used is not None:
            found |= {one.key: one.label for one in used.questions if one.kind in _COMPARABLE}
    return list(found.items())


async def form(visit: Visit, program: Program, *, one: Round | None) -> Response:
    """The form of a round."""
    kind = one.kind.value if one else visit.text("kind", "pairs")
    values = _sent(visit) if visit.posted else _usual() if one is None else _stored(one)
    return show(
        visit,
        "round_form.html",
        section="programs",
        program=program,
        tabs=program_tabs(program),
        tab="rounds",
        one=one,
        kind=kind,
        values=values,
        plain=PLAIN,
        rows=range(ANSWER_ROWS),
        questions=await _questions(visit, program),
        words=words,
    )


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


def _stored(one: Round) -> dict[str, str]:
    values = {"name": one.name}
    if one.kind is RoundKind.GROUPS:
        asked = one.grouping
        mixed = {f"mix_{key}": "diversify" for key in asked.diversify} | {f"mix_{key}": "cluster" for key in asked.cluster}
        return (
            values
            | mixed
            | {name: str(getattr(asked, name)) for name in ("smallest", "largest", "mentors")}
            | {"shared_slot": "1" if asked.shared_slot else ""}
        )
    design = one.matching
    compared = 0
    for each in design.criteria:
        if each.kind in PLAIN:
            values |= {f"c_{each.kind}": each.importance.value, f"s_{each.kind}": each.side.value}
        elif compared < ANSWER_ROWS:
            values |= {f"a_question_{compared}": each.question, f"a_importance_{compared}": each.importance.value, f"a_side_{compared}": each.side.value}
            values |= {f"a_different_{compared}": "1" if each.different else "", f"a_protected_{compared}": "1" if each.protected else ""}
            compared += 1
    for rule in design.rules:
        if rule.about is RuleAbout.SAME:
            values |= {"same_question": rule.question, "same_way": rule.way.value}
    kept = {rule.name for rule in design.rules}
    values |= {"again": "1" if _AGAIN in kept else "", "track": "1" if _TRACK in kept else ""}
    return values | {"objective": design.objective, "placing": design.placing, "loss": f"{100 * design.loss:g}"}


def design_of(visit: Visit) -> Design | GroupDesign:
    """What the form asks for. Raises :class:`Invalid`; what makes no sense together is told by the service."""
    if visit.text("kind") == RoundKind.GROUPS:
        return _groups_of(visit)
    criteria = [
        Criterion(key=kind.value, kind=kind, importance=_importance(visit, f"c_{kind}"), side=_side(visit, f"s_{kind}"))
        for kind in PLAIN
        if visit.text(f"c_{kind}")
    ]
    for n in range(ANSWER_ROWS):
        question = visit.text(f"a_question_{n}")
        if question:
            criteria.append(
                Criterion(
                    key=f"answer-{question}"[:80],
                    kind=CriterionKind.ANSWER,
                    importance=_importance(visit, f"a_importance_{n}"),
                    side=_side(visit, f"a_side_{n}"),
                    label=question[:80],
                    question=question,
                    different=visit.checked(f"a_different_{n}"),
                    protected=visit.checked(f"a_protected_{n}"),
                )
            )
    loss = visit.decimal("loss", 2.0) / 100
    return Design(
        criteria=tuple(criteria),
        rules=tuple(_rules_of(visit)),
        objective=visit.text("objective", "total"),
        placing=visit.text("placing", "most"),
        loss=loss,
        seed=visit.number("seed", 0) or 0,
    )


def _rules_of(visit: Visit) -> list[Rule]:
    rules = []
    if visit.checked("again"):
        rules.append(Rule(name=_AGAIN, way=RuleWay.NEVER, about=RuleAbout.ALREADY))
    if visit.checked("track"):
        rules.append(Rule(name=_TRACK, way=RuleWay.MUST, about=RuleAbout.TRACK))
    question = visit.text("same_question")
    if question:
        way = RuleWay.MUST if visit.text("same_way") == "must" else RuleWay.MUST_NOT
        rules.append(Rule(name=f"{'same' if way is RuleWay.MUST else 'different'}: {question}"[:80], way=way, about=RuleAbout.SAME, question=question))
    return rules


def _importance(visit: Visit, name: str) -> Importance:
    word = visit.text(name, "medium")
    if word not in {"low", "medium", "high", "mandatory"}:
        raise Invalid("choose how much it counts", field=name)
    return Importance(word)


def _side(visit: Visit, name: str) -> Side:
    word = visit.text(name, "both")
    if word not in set(Side):
        raise Invalid("choose whose wish it is", field=name)
    return Side(word)


def _groups_of(visit: Visit) -> GroupDesign:
    mixed = {name.removeprefix("mix_"): visit.text(name) for name in visit.form if name.startswith("mix_")}
    return GroupDesign(
        smallest=visit.number("smallest", 3) or 0,
        largest=visit.number("largest", 6) or 0,
        mentors=visit.number("mentors", 0) or 0,
        diversify=tuple(sorted(key for key, way in mixed.items() if way == "diversify")),
        cluster=tuple(sorted(key for key, way in mixed.items() if way == "cluster")),
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
