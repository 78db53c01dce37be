"""Words of members' pages about sessions and reports."""

from plugin.texts import _

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
