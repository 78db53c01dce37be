"""Words of members' pages about what members do together: sessions, agreements, goals, events, stories, reports."""

from plugin.texts.kinds import _

SESSION_STATES = {
    "proposed": _("Proposed"),
    "confirmed": _("Agreed on"),
    "held": _("Took place"),
    "missed": _("Did not take place"),
    "unclear": _("Not clear whether it took place"),
    "cancelled": _("Called off"),
    "lapsed": _("Nobody answered in time"),
}
CANCEL_REASONS = {
    "conflict": _("Something came in between"),
    "ill": _("I am ill"),
    "not_needed": _("It is not needed any more"),
    "other": _("Another reason"),
}
REPORT_KINDS = {
    "harassment": _("Harassment"),
    "pressure": _("Pressure: money, favours, anything nobody should be urged to"),
    "discrimination": _("Discrimination"),
    "privacy": _("Something told in confidence was passed on"),
    "minor": _("A minor may be in danger"),
    "other": _("Something else"),
}
REPORT_STATES = {
    "open": _("Waits to be looked at"),
    "looking": _("Is being looked into"),
    "upheld": _("Upheld"),
    "dismissed": _("Nothing to act on"),
    "withdrawn": _("Taken back"),
}
ITEM_STATES = {"open": _("Open"), "done": _("Done"), "dropped": _("Let go")}
MILESTONES = {
    "begun": _("You have begun"),
    "met": _("You have met"),
    "agreed": _("You have agreed on how you work"),
    "goal_set": _("You have a goal"),
    "goal_reached": _("A goal is reached"),
    "closed": _("You have closed it"),
}
EVENT_ANSWERS = {"going": _("You come"), "waiting": _("You wait for a place"), "not_going": _("You do not come")}
STORY_STATES = {
    "asked": _("Waits for everybody's word"),
    "published": _("Published"),
    "declined": _("Not told"),
    "withdrawn": _("Taken back"),
}
STRIKE_KINDS = {"no_show": _("Did not come"), "late_cancel": _("Called off too late")}
STRIKE_STATES = {
    "counted": _("Counts"),
    "appealed": _("Waits for a manager's decision"),
    "upheld": _("Counts, after an appeal"),
    "pardoned": _("Pardoned"),
}
