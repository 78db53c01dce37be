"""Words of pages outside the console."""

from plugin.texts.kinds import _

KEY = _("Key")

STOP_PAGE = {
    "title": _("Stop messages"),
    "ask": _("Do you want no more messages of this kind?"),
    "group": _("Stop these messages"),
    "all": _("Stop all messages"),
    "done": _("Done. You get no more of these messages."),
    "listed": _("What you would have been told stays listed where you look it up in the community. You can change your choice there."),
}

JOIN_PAGE = {
    "title": _("An invitation"),
    "admin": _("You are invited to administer the mentorship programs of this community."),
    "safety": _("You are invited to look after safety in this community: members can report to you."),
    "ask": _("Nothing changes until you accept."),
    "accept": _("Accept"),
    "done": _("Done. It is yours from now on."),
}

STATUS_PAGE = {
    "title": _("Status"),
    "good": _("Everything is in order"),
    "bad": _("Something needs a look"),
    "fine": _("in order"),
    "look": _("look here"),
    "none": _("nothing waits"),
    "database": _("Database"),
    "answers": _("answers"),
    "away": _("does not answer"),
    "communities": _("Communities served"),
    "read": _("Last read from the community"),
    "delivery": _("Oldest delivery that waits"),
    "message": _("Oldest message that is due"),
    "dead": _("Deliveries and messages that failed for good"),
    "calls": _("Calls to the community left this month"),
}
