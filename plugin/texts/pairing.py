"""What pairs are told about their agreement and their goals, and managers about pairs that stand still."""

from plugin.texts.kinds import _, declare, plural

STEPS = {
    "met": _("a first session that was held"),
    "agreed": _("an agreement that both signed"),
    "goal_set": _("a goal"),
    "goal_reached": _("a goal that is reached"),
}
"""What comes next for a pair, by milestone."""

declare(
    "agreement.proposed",
    group="mentorships",
    title=_("{who:member} proposes an agreement"),
    body=plural(
        "Topics: {topics}\n\nYou would meet every day. Read the whole of it, with the code of conduct, and sign it or propose another.",
        "Topics: {topics}\n\nYou would meet every {days} days. Read the whole of it, with the code of conduct, and sign it or propose another.",
        by="days",
    ),
    roles={
        "change": (
            _("{who:member} would like to change your agreement"),
            plural(
                "Topics: {topics}\n\nYou would meet every day. Until all of you have signed it, what you agreed on before holds.",
                "Topics: {topics}\n\nYou would meet every {days} days. Until all of you have signed it, what you agreed on before holds.",
                by="days",
            ),
        )
    },
    private=True,
)
declare(
    "agreement.signed",
    group="mentorships",
    title=_("Your agreement is signed"),
    body=plural(
        "All of you signed the same version. You meet every day; if it becomes quiet for much longer, we ask how it goes.",
        "All of you signed the same version. You meet every {days} days; if it becomes quiet for much longer, we ask how it goes.",
        by="days",
    ),
)
declare(
    "agreement.declined",
    group="mentorships",
    title=_("{who:member} would agree on something else"),
    body=_("They have not signed what you proposed. Talk about it; then either of you proposes another version."),
)
declare(
    "goal.due",
    group="mentorships",
    title=_("Today: {title}"),
    body=_("You set yourselves this day. If it is done, mark it; if it became something else, move it or let it go. Both are progress."),
    private=True,
)
declare(
    "mentorship.stuck",
    group="managing",
    title=_("A pair stands still"),
    body=_(
        "{mentor:member} and {mentee:member} have not come further for three weeks. What is missing: {step:text}. A friendly word often helps; nobody else "
        "was told."
    ),
)
