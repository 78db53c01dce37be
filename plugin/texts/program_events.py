"""What members are told about events of their programs."""

from plugin.texts.kinds import _, declare

CANCELLED_LINE = _("This does not take place. We are sorry; there will be another one.")

declare(
    "event.announced",
    group="programs",
    page="/my/events",
    title=_("{title}: will you come?"),
    body=_("{at:when}, for everybody in {program}. Say whether you come, so that there is a place for you."),
)
declare(
    "event.changed",
    group="sessions",
    page="/my/events",
    title=_("{title} has changed"),
    body=_("It is on {at:when}.\n\nWhere: {place}"),
)
declare(
    "event.cancelled",
    group="sessions",
    page="/my/events",
    title=_("{title} does not take place"),
    body=_("It was planned for {at:when}. We are sorry; there will be another one."),
    urgent=True,
)
declare(
    "event.place",
    group="sessions",
    page="/my/events",
    title=_("There is a place for you: {title}"),
    body=_("Somebody cannot come, so you can: {at:when}. If you cannot any more, say so, and the next one moves up."),
)
declare(
    "event.reminder",
    group="sessions",
    page="/my/events",
    title=_("Tomorrow: {title}"),
    body=_("{at:when}\n\nWhere: {place}"),
)
