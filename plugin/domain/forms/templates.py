"""Forms to start from.

The wording is our own. Published instruments measure the same things (the functions of a mentor: Castro, Scandura & Williams 2004; the working alliance of
mentor and mentee), but the licence of their items is not open, so none of it is used and no norm of theirs applies to these scales.
"""

from collections.abc import Callable

from plugin.domain.forms.conditions import Compare, Operator
from plugin.domain.forms.questions import FormPurpose, Option, Question, QuestionKind


def _options(**labels: str) -> tuple[Option, ...]:
    return tuple(Option(key=key, label=label) for key, label in labels.items())


def _item(key: str, label: str, factor: str, *, turned: bool = False) -> Question:
    ends = "not at all", "completely"
    return Question(key=key, kind=QuestionKind.SCALE, label=label, least=1, most=5, low_label=ends[0], high_label=ends[1], factor=factor, reversed=turned)


def _common() -> tuple[Question, ...]:
    return (
        Question(
            key="formats",
            kind=QuestionKind.MULTIPLE_CHOICE,
            label="Which ways of working suit you?",
            options=_options(calls="Calls", messages="Messages", meeting="Meeting in person", group="In a small group"),
        ),
        Question(key="time_zone", kind=QuestionKind.TIME_ZONE, label="Which time zone do you live in?", required=True),
        Question(key="availability", kind=QuestionKind.AVAILABILITY, label="When in the week could you usually meet?", help="In your own time zone."),
        Question(key="languages", kind=QuestionKind.SHORT_TEXT, label="Which languages do you speak well enough for a conversation?"),
    )


def _mentor() -> tuple[Question, ...]:
    return (
        Question(
            key="skills",
            kind=QuestionKind.SKILLS,
            label="What can you help with?",
            help="Up to ten skills, and how well you know each.",
            required=True,
            most=10,
        ),
        Question(key="experience", kind=QuestionKind.LONG_TEXT, label="Which of your experiences would you like to share?", most=2_000),
        Question(key="mentored_before", kind=QuestionKind.YES_NO, label="Have you been a mentor before?"),
        Question(
            key="how_it_was",
            kind=QuestionKind.LONG_TEXT,
            label="What worked well then?",
            most=2_000,
            shown_if=Compare(question="mentored_before", operator=Operator.IS, value=True),
        ),
        Question(key="hours", kind=QuestionKind.NUMBER, label="How many hours a month can you give?", required=True, least=0.5, most=40),
        *_common(),
    )


def _mentee() -> tuple[Question, ...]:
    return (
        Question(
            key="skills",
            kind=QuestionKind.SKILLS,
            label="What would you like to learn?",
            help="Up to ten skills, and where you stand today.",
            required=True,
            most=10,
        ),
        Question(key="goal", kind=QuestionKind.LONG_TEXT, label="What would you like to be able to do when the program ends?", required=True, most=2_000),
        Question(
            key="priorities",
            kind=QuestionKind.RANKED_CHOICE,
            label="What matters most to you in a mentor?",
            help="The most important one first.",
            options=_options(
                expertise="Knows the subject",
                career="Has gone the way I want to go",
                listening="Listens and asks",
                network="Opens doors",
                peer="Is close to where I am",
            ),
            most=3,
        ),
        Question(key="deadline", kind=QuestionKind.YES_NO, label="Is there a date by which you need help?"),
        Question(
            key="deadline_on",
            kind=QuestionKind.DATE,
            label="Which date?",
            required=True,
            shown_if=Compare(question="deadline", operator=Operator.IS, value=True),
        ),
        *_common(),
    )


def _session() -> tuple[Question, ...]:
    return (
        Question(
            key="useful",
            kind=QuestionKind.SCALE,
            label="How useful was this session?",
            required=True,
            least=1,
            most=5,
            low_label="not at all",
            high_label="very",
        ),
        Question(
            key="covered",
            kind=QuestionKind.MULTIPLE_CHOICE,
            label="What was it about?",
            options=_options(
                goals="Goals", skills="A skill", career="Career", problem="A concrete problem", contact="Getting to know each other", other="Something else"
            ),
        ),
        Question(key="next_step", kind=QuestionKind.YES_NO, label="Do you know what you will do next?"),
        Question(
            key="what_was_missing",
            kind=QuestionKind.LONG_TEXT,
            label="What was missing?",
            most=2_000,
            shown_if=Compare(question="useful", operator=Operator.AT_MOST, value=3.0),
        ),
        Question(key="note", kind=QuestionKind.LONG_TEXT, label="Anything the people who run the program should know?", most=2_000),
    )


QUALITY, PROGRESS = "quality", "progress"
"""The two factors of the pulse and of the closing survey: how the two get on, and what comes of it."""


def _pulse() -> tuple[Question, ...]:
    return (
        _item("heard", "In our conversations I am taken seriously.", QUALITY),
        _item("open", "I can bring up what does not go well for me.", QUALITY),
        _item("drifting", "We talk past each other.", QUALITY, turned=True),
        _item("agreed", "We agree on what we are working towards.", PROGRESS),
        _item("forward", "Since we began I have moved forward on what I set out to do.", PROGRESS),
        _item("idle", "Our meetings change little afterwards.", PROGRESS, turned=True),
        Question(key="note", kind=QuestionKind.LONG_TEXT, label="Is there something we could do for you?", most=2_000),
    )


def _closing() -> tuple[Question, ...]:
    return (
        *_pulse()[:-1],
        Question(
            key="goal_reached",
            kind=QuestionKind.SINGLE_CHOICE,
            label="Did you reach the goal you set?",
            required=True,
            options=_options(yes="Yes", partly="Partly", no="No", changed="The goal changed", none="We had no goal"),
        ),
        Question(
            key="in_the_way",
            kind=QuestionKind.MULTIPLE_CHOICE,
            label="What was in the way?",
            options=_options(time="Time", fit="We did not fit", contact="Contact broke off", goal="The goal was not clear", other="Something else"),
            shown_if=Compare(question="goal_reached", operator=Operator.IS, value="no"),
        ),
        Question(key="again", kind=QuestionKind.YES_NO, label="Would you take part again?"),
        Question(key="best", kind=QuestionKind.LONG_TEXT, label="What do you take with you?", most=2_000),
    )


RECOMMEND = "recommend"
"""The key of the question from which the net promoter score is made."""


def _nps() -> tuple[Question, ...]:
    return (
        Question(
            key=RECOMMEND,
            kind=QuestionKind.SCALE,
            label="Would you recommend this program to a friend or colleague?",
            required=True,
            least=0,
            most=10,
            low_label="certainly not",
            high_label="certainly",
        ),
        Question(key="why", kind=QuestionKind.LONG_TEXT, label="Why?", most=2_000),
    )


_MADE: dict[FormPurpose, tuple[str, Callable[[], tuple[Question, ...]]]] = {
    FormPurpose.MENTOR: ("Application as a mentor", _mentor),
    FormPurpose.MENTEE: ("Application as a mentee", _mentee),
    FormPurpose.SESSION: ("After a session", _session),
    FormPurpose.PULSE: ("How is it going?", _pulse),
    FormPurpose.CLOSING: ("Looking back", _closing),
    FormPurpose.NPS: ("Would you recommend it?", _nps),
}

TEMPLATES = tuple(_MADE)
"""The purposes that there is a form to start from for."""


def template(purpose: FormPurpose) -> tuple[str, tuple[Question, ...]]:
    """Name and questions of the form to start from. Raises :class:`KeyError` for a purpose without one."""
    name, make = _MADE[purpose]
    return name, make()
