"""What members are told when they are given something, and the words of certificates."""

from plugin.texts.kinds import Plural, _, declare, plural

PUBLIC_THANKS = _("Thank you, {name}!")

CERTIFICATE = {
    "title": _("Certificate"),
    "mentor": _("has taken part as a mentor in the mentorship program"),
    "mentee": _("has taken part as a mentee in the mentorship program"),
    "community": _("of the community {community}"),
    "period": _("From {start} to {end}"),
    "amount": _("{hours} in {sessions}, {mentorships}"),
    "issued": _("Issued on {day}"),
    "check": _("Whether it is valid can be checked here:"),
    "valid": _("This certificate is valid."),
    "revoked": _("This certificate was taken back on {day}."),
    "pdf": _("As a PDF"),
}

AMOUNTS: dict[str, Plural] = {
    "hours": plural("{hours} hour", "{hours} hours", by="hours"),
    "sessions": plural("{sessions} session", "{sessions} sessions", by="sessions"),
    "mentorships": plural("{mentorships} mentorship", "{mentorships} mentorships", by="mentorships"),
}
"""The parts of a certificate's ``amount``."""

declare(
    "reward.badge",
    group="rewards",
    title=_("A badge for you: {badge}"),
    body=_("You have earned it in {program}. Thank you for what you give!"),
    roles={
        "host": (_("A badge for you: {badge}"), _("You have earned it in {program}, and you find it on your profile. Thank you for what you give!")),
        "words": (
            _("A badge for you: {badge}"),
            _("You have earned it in {program}. It is kept with your mentorship programs. Thank you for what you give!"),
        ),
    },
)
declare(
    "certificate.issued",
    group="rewards",
    title=_("Your certificate for {program}"),
    body=_("It says what you did, with hours and dates. Whoever you give the address to can check that it is valid, and you can print it."),
)
declare(
    "thanks.received",
    group="rewards",
    title=_("A word of thanks to you"),
    body=_("For {program}:\n\n{words}"),
    roles={"partner": (_("{by:member} thanks you"), _("For {program}:\n\n{words}"))},
    private=True,
)
declare(
    "stipend.approved",
    group="rewards",
    title=_("{amount} for you"),
    body=_("For what you give in {program}. You hear from us once it is on its way."),
    private=True,
)
declare(
    "stipend.paid",
    group="rewards",
    title=_("{amount} is on its way to you"),
    body=_("For what you give in {program}. Thank you!"),
    private=True,
)
