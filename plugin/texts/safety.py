"""What members are told about reports and about what follows from them."""

from plugin.texts.kinds import _, declare

CHECKS = {
    "application": _("A written application was read"),
    "interview": _("An interview, face to face"),
    "references": _("References were asked"),
    "records": _("Criminal history was checked, as the law here has it"),
}

declare(
    "report.received",
    group="safety",
    title=_("Thank you for telling us"),
    body=_(
        "Your report is with those who look after safety in the community, and with nobody else. The one it is about does not read it.\n\n"
        "What you two have together is paused meanwhile. If you are in danger, do not wait for us: call the emergency services where you are."
    ),
    private=True,
)
declare(
    "report.waits",
    group="safety",
    page="/console/reports",
    title=_("A report waits for you"),
    body=_("Somebody has reported something. Please look at it soon; what it says is shown only there, and that you read it is written down."),
    urgent=True,
    private=True,
)
declare(
    "report.nobody",
    group="safety",
    page="/console/settings",
    title=_("A report waits, and nobody looks after safety"),
    body=_("Name somebody who looks after safety in the community: reports are not shown to admins, and this one waits until then."),
    urgent=True,
)
declare(
    "report.closed",
    group="safety",
    title=_("Your report has been looked into"),
    body=_("Thank you for telling us. If something happens again, tell us again."),
    roles={
        "upheld": (_("Your report has been looked into"), _("You were right to tell us, and we have acted on it. If something happens again, tell us again.")),
        "dismissed": (
            _("Your report has been looked into"),
            _("This time we found nothing to act on. That says nothing about you, and telling us was right. You can keep somebody away from you at any time."),
        ),
    },
    private=True,
)
declare(
    "screening.ends",
    group="safety",
    page="/console/screening",
    title=_("The screening of {who:member} runs out on {until:day}"),
    body=_("Afterwards they are brought together with nobody who is under age, and what they have together ends. Renew it in the console in time."),
    private=True,
)
declare(
    "mentorship.suspended",
    group="safety",
    page="/my/mentorships",
    title=_("Your mentorship is paused"),
    body=_("Something is being looked into, so there are no sessions for now. Nobody is blamed by that. You hear from us."),
    private=True,
)
declare(
    "mentorship.resumed",
    group="safety",
    page="/my/mentorships",
    title=_("Your mentorship can go on"),
    body=_("The pause is over. Propose a session whenever you like; if you would rather end it, that is fine too."),
    private=True,
)
