"""Reasons in plain words: what the numbers behind a contribution mean to a member."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from mentorgraph.host import Bullets, DirectMessage, Inline, Link, Mention, Paragraph, Words
from plugin.domain.members import Member
from plugin.domain.needs import Need, Reason, Suggestion
from plugin.services.messages.reaching import reach_of
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import Plural, Template, _, language_of, plural, translate
from plugin.texts.catalogues import SOURCE

Facts = Mapping[str, float | int | str]


TELLING = ("named", "topic", "offer", "solved", "ties", "appreciated", "category", "help", "habit", "willing", "presence")
"""What says most to a member about why somebody could help, before what merely orders those who could."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """A text of the catalogues and what is put into it."""

    text: Template
    values: Mapping[str, int | str] = field(default_factory=dict)


def sentence(reason: Reason, *, language: str = SOURCE) -> str:
    """A reason as one short sentence in the reader's language. One that lowers the score says so."""
    phrase = _AGAINST.get(reason.criterion) if reason.contribution < 0 else None
    if phrase is not None:
        return translate(phrase, language=language)
    spoken = _PHRASES.get(reason.criterion)
    said = spoken(reason.facts, _listed(reason.words, language)) if spoken else Phrase(_("Several smaller reasons together"))
    number = said.values.get(said.text.by, 1) if isinstance(said.text, Plural) else 1
    return translate(said.text, language=language, number=number if isinstance(number, int) else 1).format(**said.values)


def telling(reasons: Sequence[Reason]) -> list[Reason]:
    """The reasons that speak for somebody, those that say most to a member first."""
    found = [reason for reason in reasons if reason.contribution > 0 and reason.criterion in TELLING]
    return sorted(found, key=lambda reason: TELLING.index(reason.criterion)) or list(reasons[:1])


def _listed(words: tuple[str, ...], language: str) -> str:
    shown = words[:3]
    if len(shown) < 2:
        return "".join(shown)
    return translate(_("{first} and {last}"), language=language).format(first=", ".join(shown[:-1]), last=shown[-1])


def _count(facts: Facts, name: str) -> int:
    value = facts.get(name, 0)
    return round(value) if isinstance(value, int | float) else 0


def _topic(facts: Facts, words: str) -> Phrase:
    topics = _count(facts, "topics")
    if topics and words:
        return Phrase(plural("Answered {count} question about {words}", "Answered {count} questions about {words}"), {"count": topics, "words": words})
    if topics:
        return Phrase(plural("Answered {count} question like this", "Answered {count} questions like this"), {"count": topics})
    return Phrase(_("Wrote about {words}"), {"words": words}) if words else Phrase(_("Wrote like this"))


def _offer(facts: Facts, words: str) -> Phrase:
    if facts.get("about"):
        return Phrase(_("Mentions {words} in their profile"), {"words": words}) if words else Phrase(_("Mentions this in their profile"))
    return Phrase(_("Says they can help with {words}"), {"words": words}) if words else Phrase(_("Says they can help with this"))


def _help(facts: Facts, _words: str) -> Phrase:
    answers = _count(facts, "answers")
    if not answers:
        return Phrase(_("Has helped others here"))
    said = plural("Answered {count} question of others in the last {days} days", "Answered {count} questions of others in the last {days} days")
    return Phrase(said, {"count": answers, "days": _count(facts, "days")})


def _presence(facts: Facts, _words: str) -> Phrase:
    days = facts.get("seen_days", 0)
    if not isinstance(days, int | float) or days < 1:
        return Phrase(_("Was here today"))
    if days < 2:
        return Phrase(_("Was here yesterday"))
    return Phrase(_("Was here {days} days ago"), {"days": round(days)}) if days < 60 else Phrase(_("Has been here for a long time"))


def _appreciated(facts: Facts, _words: str) -> Phrase:
    likes = _count(facts, "likes")
    if not likes:
        return Phrase(_("Their answers were liked"))
    return Phrase(plural("Their answers were liked {count} time lately", "Their answers were liked {count} times lately"), {"count": likes})


def _solved(facts: Facts, _words: str) -> Phrase:
    accepted = _count(facts, "accepted")
    if not accepted:
        return Phrase(_("Answers of theirs were accepted"))
    said = plural("{count} answer of theirs accepted as the solution", "{count} answers of theirs accepted as the solution")
    return Phrase(said, {"count": accepted})


def _ties(facts: Facts, _words: str) -> Phrase:
    answered, helped = _count(facts, "answered_you"), _count(facts, "answered_by_you")
    if answered:
        return Phrase(plural("Answered you {count} time before", "Answered you {count} times before"), {"count": answered})
    if helped:
        return Phrase(plural("You answered them {count} time before", "You answered them {count} times before"), {"count": helped})
    return Phrase(_("You have talked before"))


def _load(facts: Facts, _words: str) -> Phrase:
    load, capacity = _count(facts, "load"), _count(facts, "capacity")
    if capacity > 0:
        said = plural("Has {count} mentee now and room for {capacity}", "Has {count} mentees now and room for {capacity}")
        return Phrase(said, {"count": load, "capacity": capacity})
    return Phrase(plural("Has {count} mentee now", "Has {count} mentees now"), {"count": load})


_AGAINST = {
    "topic": _("Wrote less about this than others"),
    "offer": _("Says less about this than others"),
    "category": _("Seldom answers in this category"),
    "help": _("Has helped less than others lately"),
    "presence": _("Has been here less than others lately"),
    "appreciated": _("Their answers were liked less than others'"),
    "solved": _("Fewer of their answers were accepted"),
    "habit": _("Takes up fewer questions than their figures let expect"),
    "hours": _("Is seldom here at this time of day"),
    "ties": _("You have not talked much before"),
    "timezone": _("Is in a time zone far from yours"),
    "language": _("Uses another language"),
    "willing": _("Has not said that they would mentor"),
}

_PHRASES: dict[str, Callable[[Facts, str], Phrase]] = {
    "topic": _topic,
    "offer": _offer,
    "category": lambda _facts, _words: Phrase(_("Often answers in this category")),
    "help": _help,
    "presence": _presence,
    "appreciated": _appreciated,
    "solved": _solved,
    "habit": lambda _facts, _words: Phrase(_("Takes up more questions than their figures let expect")),
    "named": lambda _facts, _words: Phrase(_("Is named in the question")),
    "hours": lambda _facts, _words: Phrase(_("Is usually here at this time of day")),
    "ties": _ties,
    "timezone": lambda _facts, _words: Phrase(_("Is in a time zone close to yours")),
    "language": lambda _facts, _words: Phrase(_("Uses your language")),
    "willing": lambda _facts, _words: Phrase(_("Is willing to mentor")),
    "load": _load,
    "spread": lambda _facts, _words: Phrase(_("Was suggested to others lately, so steps back a little")),
}


_SUGGESTED = (
    _("These members of the community have experience with it:"),
    _("You could mention one of them in your topic, or write to them. Nobody was told about this message."),
    _("You get this because you agreed to mentorship messages. To stop them, change that answer in your profile."),
)


def suggestion_message(asker: Member, need: Need, suggestions: Sequence[Suggestion], people: dict[int, Member], unit: UnitOfWork) -> DirectMessage:
    """The message that tells a member who could help, in their language, with the two strongest reasons for each."""
    language = language_of(reach_of(unit, asker).locale)
    topic = unit.topics.get(need.topic_id) if need.topic_id else None
    named: Inline = Words(need.text) if topic is None else Link(topic.title, topic.url) if topic.url else Words(topic.title)
    asked = translate(_("You would like help with:") if topic is None else _("You asked:"), language=language)
    said = [translate(text, language=language) for text in _SUGGESTED]
    lines = []
    for one in suggestions:
        person = people[one.member_id]
        why = "; ".join(sentence(reason, language=language) for reason in telling(one.reasons)[:2])
        lines.append((Mention(person.username), ": ", Words(why)))
    return DirectMessage(
        to=(asker.username,),
        title=translate(_("Members who could help you"), language=language),
        body=(Paragraph((f"{asked} ", named)), Paragraph((said[0],)), Bullets(tuple(lines)), *(Paragraph((one,)) for one in said[1:])),
    )
