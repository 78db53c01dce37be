"""Forms to start from.

The wording is our own. Published instruments measure the same things (the functions of a mentor: Castro, Scandura & Williams 2004; the working alliance of
mentor and mentee), but the licence of their items is not open, so none of it is used and no norm of theirs applies to these scales.
"""

from collections.abc import Callable

from plugin.domain.forms.conditions import Compare, Operator
from plugin.domain.forms.questions import FormPurpose, Option, Question, QuestionKind


def _(text: str) -> str:
    """Mark a text for translation: a form is made in the language of its community."""
    return text


def _options(**labels: str) -> tuple[Option, ...]:
    return tuple(Option(key=key, label=label) for key, label in labels.items())


def _item(key: str, label: str, factor: str, *, turned: bool = False) -> Question:
    ends = _("not at all"), _("completely")
    return Question(key=key, kind=QuestionKind.SCALE, label=label, least=1, most=5, low_label=ends[0], high_label=ends[1], factor=factor, reversed=turned)


def _common() -> tuple[Question, ...]:
    return (
        Question(
            key="formats",
            kind=QuestionKind.MULTIPLE_CHOICE,
            label=_("Which ways of working suit you?"),
            options=_options(calls=_("Calls"), messages=_("Messages"), meeting=_("Meeting in person"), group=_("In a small group")),
        ),
        Question(key="time_zone", kind=QuestionKind.TIME_ZONE, label=_("Which time zone do you live in?"), required=True),
        Question(key="availability", kind=QuestionKind.AVAILABILITY, label=_("When in the week could you usually meet?"), help=_("In your own time zone.")),
        Question(key="languages", kind=QuestionKind.SHORT_TEXT, label=_("Which languages do you speak well enough for a conversation?")),
    )


def _mentor() -> tuple[Question, ...]:
    return (
        Question(
            key="skills",
            kind=QuestionKind.SKILLS,
            label=_("What can you help with?"),
            help=_("Up to ten skills, and how well you know each."),
            required=True,
            most=10,
        ),
        Question(key="experience", kind=QuestionKind.LONG_TEXT, label=_("Which of your experiences would you like to share?"), most=2_000),
        Question(key="mentored_before", kind=QuestionKind.YES_NO, label=_("Have you been a mentor before?")),
        Question(
            key="how_it_was",
            kind=QuestionKind.LONG_TEXT,
            label=_("What worked well then?"),
            most=2_000,
            shown_if=Compare(question="mentored_before", operator=Operator.IS, value=True),
        ),
        Question(key="hours", kind=QuestionKind.NUMBER, label=_("How many hours a month can you give?"), required=True, least=0.5, most=40),
        *_common(),
    )


def _mentee() -> tuple[Question, ...]:
    return (
        Question(
            key="skills",
            kind=QuestionKind.SKILLS,
            label=_("What would you like to learn?"),
            help=_("Up to ten skills, and where you stand today."),
            required=True,
            most=10,
        ),
        Question(key="goal", kind=QuestionKind.LONG_TEXT, label=_("What would you like to be able to do when the program ends?"), required=True, most=2_000),
        Question(
            key="priorities",
            kind=QuestionKind.RANKED_CHOICE,
            label=_("What matters most to you in a mentor?"),
            help=_("The most important one first."),
            options=_options(
                expertise=_("Knows the subject"),
                career=_("Has gone the way I want to go"),
                listening=_("Listens and asks"),
                network=_("Opens doors"),
                peer=_("Is close to where I am"),
            ),
            most=3,
        ),
        Question(key="deadline", kind=QuestionKind.YES_NO, label=_("Is there a date by which you need help?")),
        Question(
            key="deadline_on",
            kind=QuestionKind.DATE,
            label=_("Which date?"),
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
            label=_("How useful was this session?"),
            required=True,
            least=1,
            most=5,
            low_label=_("not at all"),
            high_label=_("very"),
        ),
        Question(
            key="covered",
            kind=QuestionKind.MULTIPLE_CHOICE,
            label=_("What was it about?"),
            options=_options(
                goals=_("Goals"),
                skills=_("A skill"),
                career=_("Career"),
                problem=_("A concrete problem"),
                contact=_("Getting to know each other"),
                other=_("Something else"),
            ),
        ),
        Question(key="next_step", kind=QuestionKind.YES_NO, label=_("Do you know what you will do next?")),
        Question(
            key="what_was_missing",
            kind=QuestionKind.LONG_TEXT,
            label=_("What was missing?"),
            most=2_000,
            shown_if=Compare(question="useful", operator=Operator.AT_MOST, value=3.0),
        ),
        Question(key="note", kind=QuestionKind.LONG_TEXT, label=_("Anything the people who run the program should know?"), most=2_000),
    )


QUALITY, PROGRESS = "quality", "progress"
"""The two factors of the pulse and of the closing survey: how the two get on, and what comes of it."""


def _pulse() -> tuple[Question, ...]:
    return (
        _item("heard", _("In our conversations I am taken seriously."), QUALITY),
        _item("open", _("I can bring up what does not go well for me."), QUALITY),
        _item("drifting", _("We talk past each other."), QUALITY, turned=True),
        _item("agreed", _("We agree on what we are working towards."), PROGRESS),
        _item("forward", _("Since we began I have moved forward on what I set out to do."), PROGRESS),
        _item("idle", _("Our meetings change little afterwards."), PROGRESS, turned=True),
        Question(key="note", kind=QuestionKind.LONG_TEXT, label=_("Is there something we could do for you?"), most=2_000),
    )


def _closing() -> tuple[Question, ...]:
    return (
        *_pulse()[:-1],
        Question(
            key="goal_reached",
            kind=QuestionKind.SINGLE_CHOICE,
            label=_("Did you reach the goal you set?"),
            required=True,
            options=_options(yes=_("Yes"), partly=_("Partly"), no=_("No"), changed=_("The goal changed"), none=_("We had no goal")),
        ),
        Question(
            key="in_the_way",
            kind=QuestionKind.MULTIPLE_CHOICE,
            label=_("What was in the way?"),
            options=_options(
                time=_("Time"), fit=_("We did not fit"), contact=_("Contact broke off"), goal=_("The goal was not clear"), other=_("Something else")
            ),
            shown_if=Compare(question="goal_reached", operator=Operator.IS, value="no"),
        ),
        Question(key="again", kind=QuestionKind.YES_NO, label=_("Would you take part again?")),
        Question(key="best", kind=QuestionKind.LONG_TEXT, label=_("What do you take with you?"), most=2_000),
    )


RECOMMEND = "recommend"
"""The key of the question from which the net promoter score is made."""


def _nps() -> tuple[Question, ...]:
    return (
        Question(
            key=RECOMMEND,
            kind=QuestionKind.SCALE,
            label=_("Would you recommend this program to a friend or colleague?"),
            required=True,
            least=0,
            most=10,
            low_label=_("certainly not"),
            high_label=_("certainly"),
        ),
        Question(key="why", kind=QuestionKind.LONG_TEXT, label=_("Why?"), most=2_000),
    )


_MADE: dict[FormPurpose, tuple[str, Callable[[], tuple[Question, ...]]]] = {
    FormPurpose.MENTOR: (_("Application as a mentor"), _mentor),
    FormPurpose.MENTEE: (_("Application as a mentee"), _mentee),
    FormPurpose.SESSION: (_("After a session"), _session),
    FormPurpose.PULSE: (_("How is it going?"), _pulse),
    FormPurpose.CLOSING: (_("Looking back"), _closing),
    FormPurpose.NPS: (_("Would you recommend it?"), _nps),
}

TEMPLATES = tuple(_MADE)
"""The purposes that there is a form to start from for."""


def template(purpose: FormPurpose) -> tuple[str, tuple[Question, ...]]:
    """Name and questions of the form to start from. Raises :class:`KeyError` for a purpose without one."""
    name, make = _MADE[purpose]
    return name, make()
