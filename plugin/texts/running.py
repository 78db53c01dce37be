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
REFUSALS = (
    _("choose what to do"),
    _("choose as what they take part"),
    _("choose what is given"),
    _("choose what counts"),
    _("choose in which role"),
    _("choose what you do about it"),
    _("choose a space that every member may read, or most would never see the announcement"),
    _("nobody in the community has this user name"),
    _("there is no such member in the program"),
    _("give a whole number"),
    _("give a day and a time"),
    _("give an amount such as 25 or 25.50"),
    _("say by how much: less than nothing takes back"),
    _("say when it begins"),
    _("this time is over: an event lies ahead"),
    _("say from how many on: 1 to 1000"),
    _("points are 0 to 10000"),
    _("say what is given: a badge, points or a certificate"),
    _("a badge or a certificate is given once; only points come again"),
    _("two levels begin at the same number of points"),
    _("say the currency as three letters, such as EUR"),
    _("thank somebody else"),
    _("that would take back more than was given"),
    _("this program has no budget: an admin sets one first"),
    _("they have a certificate for this: there is one for each role in a program"),
    _("they were in no mentorship of this program in this role: there is nothing to certify"),
    _("what the two have together ends when a report is upheld"),
    _("say from how many free places on nobody more is asked: 1 or more"),
)
"""What these pages refuse, in the words of those who refuse it; messages with values in them are shown as they are."""
