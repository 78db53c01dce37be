"""What members are told about questions that are put to them."""

from plugin.texts.kinds import _, declare

declare(
    "survey.asked",
    group="surveys",
    title=_("A few questions for you"),
    body=_("They take two minutes. What you answer is not shown to the other side."),
    roles={
        "session": (_("How was your session?"), _("Three short questions while it is fresh. What you answer is not shown to the other side.")),
        "pulse": (_("How is your mentorship going?"), _("Two minutes, so that we can help early. What you answer is not shown to the other side.")),
        "closing": (
            _("Looking back at your mentorship"),
            _("What was good, what was missing? It helps those who come after you. It is not shown to the other side."),
        ),
        "nps": (_("Would you recommend the program?"), _("One question, and one line if you like.")),
    },
)
declare(
    "survey.reminded",
    group="surveys",
    title=_("A few questions wait for you"),
    body=_("You need not answer; we do not ask again. What you answer is not shown to the other side."),
)
