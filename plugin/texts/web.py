"""Words of pages that need no sign-in."""

from plugin.texts.kinds import _

STOP_PAGE = {
    "title": _("Stop messages"),
    "ask": _("Do you want no more messages of this kind?"),
    "group": _("Stop these messages"),
    "all": _("Stop all messages"),
    "done": _("Done. You get no more of these messages."),
    "listed": _("What you would have been told stays listed where you look it up in the community. You can change your choice there."),
}
