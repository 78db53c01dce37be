"""Words of console pages about recruiting, no-shows, events, rewards and the ledger."""

from plugin.texts.kinds import _

ANNOUNCEMENT_STATES = {"posted": _("Announced"), "stopped": _("Left as it is")}
EVIDENCE = {
    "answers": _("Answers to others lately: {count}"),
    "people": _("Members helped lately: {count}"),
    "solved": _("Answers accepted as the solution: {count}"),
    "liked": _("Likes for answers lately: {count}"),
    "newcomers": _("Newcomers helped: {count}"),
    "returns": _("Questions stayed with until they were settled: {count}"),
    "topic": _("Has shown to know about it"),
}
WAVE_STATES = {"planned": _("Planned"), "sent": _("Sent"), "cancelled": _("Not sent")}
WAVE_ENDS = {
    "by_hand": _("Somebody took it back."),
    "enough": _("The program had what it needs."),
    "closed": _("The program took nobody in any more."),
    "nobody": _("Nobody in it could be asked any more."),
}
INVITATION_STATES = {
    "planned": _("Still to be asked"),
    "invited": _("Asked"),
    "seen": _("Has seen it"),
    "accepted": _("Said yes"),
    "declined": _("Said no"),
    "expired": _("Did not answer"),
    "dropped": _("Was not asked"),
}
STRIKE_KINDS = {"no_show": _("Did not come"), "late_cancel": _("Called off too late")}
STRIKE_STATES = {
    "counted": _("Counts"),
    "appealed": _("Waits for your decision"),
    "upheld": _("Counts, after an appeal"),
    "pardoned": _("Pardoned"),
}
EVENT_STATES = {"planned": _("Planned"), "cancelled": _("Called off")}
EVENT_ANSWERS = {"going": _("Comes"), "waiting": _("Waits for a place"), "not_going": _("Does not come")}
FIGURES = {
    "mentorships": _("Mentorships that began"),
    "completed": _("Mentorships that were completed"),
    "sessions": _("Sessions held"),
    "hours": _("Hours of sessions"),
    "partners": _("Different members met"),
    "referrals": _("Members who came by their links"),
}
AWARD_STATES = {"granted": _("Given"), "revoked": _("Taken back")}
ENTRY_KINDS = {"stipend": _("Stipend"), "gift": _("Gift"), "correction": _("Correction")}
GIVEN_KINDS = {name: ENTRY_KINDS[name] for name in ("stipend", "gift")}
ENTRY_STATES = {
    "proposed": _("Waits for a second person"),
    "approved": _("Approved"),
    "rejected": _("Rejected"),
    "paid": _("Paid"),
}
