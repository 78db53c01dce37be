"""Reasons in plain words: what the numbers behind a contribution mean to a member."""

from collections.abc import Callable, Mapping, Sequence

from mentorgraph.host import Bullets, DirectMessage, Inline, Link, Mention, Paragraph, Words
from plugin.domain.members import Member
from plugin.domain.needs import Need, Reason, Suggestion
from plugin.store.unit_of_work import UnitOfWork

Facts = Mapping[str, float | int | str]


TELLING = ("named", "topic", "offer", "solved", "ties", "appreciated", "category", "help", "habit", "willing", "presence")
"""What says most to a member about why somebody could help, before what merely orders those who could."""


def sentence(reason: Reason) -> str:
    """A reason as one short sentence. One that lowers the score says so."""
    phrase = _AGAINST.get(reason.criterion) if reason.contribution < 0 else None
    if phrase is not None:
        return phrase
    spoken = _PHRASES.get(reason.criterion)
    return spoken(reason.facts, _listed(reason.words)) if spoken else "Several smaller reasons together"


def telling(reasons: Sequence[Reason]) -> list[Reason]:
    """The reasons that speak for somebody, those that say most to a member first."""
    found = [reason for reason in reasons if reason.contribution > 0 and reason.criterion in TELLING]
    return sorted(found, key=lambda reason: TELLING.index(reason.criterion)) or list(reasons[:1])


def _listed(words: tuple[str, ...]) -> str:
    shown = words[:3]
    if len(shown) < 2:
        return "".join(shown)
    return ", ".join(shown[:-1]) + " and " + shown[-1]


def _count(facts: Facts, name: str) -> int:
    value = facts.get(name, 0)
    return round(value) if isinstance(value, int | float) else 0


def _some(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _topic(facts: Facts, words: str) -> str:
    topics = _count(facts, "topics")
    about = f" about {words}" if words else " like this"
    return f"Answered {_some(topics, 'question', 'questions')}{about}" if topics else f"Wrote{about}"


def _offer(_facts: Facts, words: str) -> str:
    return f"Says they can help with {words}" if words else "Says they can help with this"


def _help(facts: Facts, _words: str) -> str:
    answers = _count(facts, "answers")
    return f"Answered {_some(answers, 'question', 'questions')} of others in the last {_count(facts, 'days')} days" if answers else "Has helped others here"


def _presence(facts: Facts, _words: str) -> str:
    days = facts.get("seen_days", 0)
    if not isinstance(days, int | float) or days < 1:
        return "Was here today"
    if days < 2:
        return "Was here yesterday"
    return f"Was here {round(days)} days ago" if days < 60 else "Has been here for a long time"


def _appreciated(facts: Facts, _words: str) -> str:
    likes = _count(facts, "likes")
    return f"Their answers were liked {_some(likes, 'time', 'times')} lately" if likes else "Their answers were liked"


def _solved(facts: Facts, _words: str) -> str:
    accepted = _count(facts, "accepted")
    return f"{_some(accepted, 'answer', 'answers')} of theirs accepted as the solution" if accepted else "Answers of theirs were accepted"


def _ties(facts: Facts, _words: str) -> str:
    answered, helped = _count(facts, "answered_you"), _count(facts, "answered_by_you")
    if answered:
        return f"Answered you {_some(answered, 'time', 'times')} before"
    return f"You answered them {_some(helped, 'time', 'times')} before" if helped else "You have talked before"


def _load(facts: Facts, _words: str) -> str:
    capacity = _count(facts, "capacity")
    return f"Has {_some(_count(facts, 'load'), 'mentee', 'mentees')} now" + (f" and room for {capacity}" if capacity > 0 else "")


_AGAINST = {
    "topic": "Wrote less about this than others",
    "offer": "Says less about this than others",
    "category": "Seldom answers in this category",
    "help": "Has helped less than others lately",
    "presence": "Has been here less than others lately",
    "appreciated": "Their answers were liked less than others'",
    "solved": "Fewer of their answers were accepted",
    "habit": "Takes up fewer questions than their figures let expect",
    "hours": "Is seldom here at this time of day",
    "ties": "You have not talked much before",
    "timezone": "Is in a time zone far from yours",
    "language": "Uses another language",
    "willing": "Has not said that they would mentor",
}

_PHRASES: dict[str, Callable[[Facts, str], str]] = {
    "topic": _topic,
    "offer": _offer,
    "category": lambda _facts, _words: "Often answers in this category",
    "help": _help,
    "presence": _presence,
    "appreciated": _appreciated,
    "solved": _solved,
    "habit": lambda _facts, _words: "Takes up more questions than their figures let expect",
    "named": lambda _facts, _words: "Is named in the question",
    "hours": lambda _facts, _words: "Is usually here at this time of day",
    "ties": _ties,
    "timezone": lambda _facts, _words: "Is in a time zone close to yours",
    "language": lambda _facts, _words: "Uses your language",
    "willing": lambda _facts, _words: "Is willing to mentor",
    "load": _load,
    "spread": lambda _facts, _words: "Was suggested to others lately, so steps back a little",
}


def suggestion_message(asker: Member, need: Need, suggestions: Sequence[Suggestion], people: dict[int, Member], unit: UnitOfWork) -> DirectMessage:
    """The message that tells a member who could help, with the two strongest reasons for each."""
    topic = unit.topics.get(need.topic_id) if need.topic_id else None
    asked: tuple[Inline, ...] = (
        ("You asked: ", Link(topic.title, topic.url) if topic.url else Words(topic.title)) if topic else ("You would like help with: ", Words(need.text))
    )
    lines = []
    for one in suggestions:
        person = people[one.member_id]
        said = "; ".join(sentence(reason) for reason in telling(one.reasons)[:2])
        lines.append((Mention(person.username), ": ", Words(said)))
    return DirectMessage(
        to=(asker.username,),
        title="Members who could help you",
        body=(
            Paragraph(asked),
            Paragraph(("These members of the community have experience with it:",)),
            Bullets(tuple(lines)),
            Paragraph(("You could mention one of them in your topic, or write to them. Nobody was told about this message.",)),
            Paragraph(("You get this because you agreed to mentorship messages. To stop them, change that answer in your profile.",)),
        ),
    )
