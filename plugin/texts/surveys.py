"""What members are told about questions that are put to them."""

from plugin.texts.kinds import _, declare, plural

declare(
    "survey.asked",
    group="surveys",
    title=_("A few questions for you"),
    body=_("They take two minutes. What you answer is not shown to the other side."),
    roles={
        "session": (
            _("How was your session with {other:member}?"),
            _("It was on {at:when}. A few short questions while it is fresh. What you answer is not shown to the other side."),
        ),
        "pulse": (
            _("How is your mentorship with {other:member} going?"),
            plural(
                "You began a day ago. Two minutes, so that we can help early. What you answer is not shown to the other side.",
                "You began {days} days ago. Two minutes, so that we can help early. What you answer is not shown to the other side.",
                by="days",
            ),
        ),
        "closing": (
            _("Looking back at your mentorship with {other:member}"),
            _("It ended on {at:day}. What was good, what was missing? It helps those who come after you. It is not shown to the other side."),
        ),
        "nps": (_("Would you recommend {program}?"), _("One question, and one line if you like.")),
    },
)
_REMINDED = _("We asked on {asked:day}. You need not answer; we do not ask again. What you answer is not shown to the other side.")
declare(
    "survey.reminded",
    group="surveys",
    title=_("A few questions wait for you"),
    body=_REMINDED,
    roles={
        "session": (_("Questions about your session with {other:member} wait for you"), _REMINDED),
        "pulse": (_("Questions about your mentorship with {other:member} wait for you"), _REMINDED),
        "closing": (_("A look back at your mentorship with {other:member} waits for you"), _REMINDED),
        "nps": (_("A question about {program} waits for you"), _REMINDED),
    },
)
