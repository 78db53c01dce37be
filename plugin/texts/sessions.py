"""What members are told about sessions, and about the ladder for who lets others wait: what happened and what follows, never what somebody is like."""

from plugin.texts.kinds import _, declare

EVENT = _("Mentorship session")
WITH = _("With: {names}")

declare(
    "session.proposed",
    group="sessions",
    title=_("{who:member} proposes a session"),
    body=_("{topic}\n\nFor {minutes} minutes, at one of these times:\n\n{times:times}\n\nSay which of them suits you. If none does, propose others."),
    private=True,
)
declare(
    "session.moving",
    group="sessions",
    title=_("{who:member} would like to move your session"),
    body=_("It is agreed on for {old:when}, and stays so until you agree to another time:\n\n{times:times}"),
    private=True,
)
declare(
    "session.unsuited",
    group="sessions",
    title=_("None of your times suits {who:member}"),
    body=_("Propose a few others; two or three at different hours of the day help most."),
    roles={"kept": (_("Your session stays where it is"), _("No other time was found that suits all of you. It is on {old:when}, as agreed."))},
)
declare(
    "session.confirmed",
    group="sessions",
    title=_("Your session with {who:member} is agreed on"),
    body=_("{at:when}, for {minutes} minutes. It is in your calendar if you follow it."),
    roles={"moved": (_("Your session with {who:member} has a new time"), _("{at:when}, for {minutes} minutes. The earlier time is off."))},
)
declare(
    "session.reminder",
    group="sessions",
    title=_("Your session with {who:member} is near"),
    body=_("{at:when}\n\nWhere: {place}\n\nIf you cannot come, say so as early as you can: then nobody waits."),
    roles={"soon": (_("Your session with {who:member} begins soon"), _("{at:when}\n\nWhere: {place}"))},
    urgent=True,
    private=True,
)
declare(
    "session.cancelled",
    group="sessions",
    title=_("{who:member} called your session off"),
    body=_("The session of {at:when} does not take place. Propose other times whenever you like."),
    roles={
        "late": (
            _("{who:member} had to call your session off"),
            _(
                "The session of {at:when} does not take place. We are sorry that you hear of it so late; for three months you come first, with mentors whom "
                "you ask and in rounds."
            ),
        ),
        "late_mentor": (
            _("{who:member} had to call your session off"),
            _("The session of {at:when} does not take place. We are sorry that you hear of it so late. Thank you for the time that you had kept free."),
        ),
    },
    urgent=True,
)
declare(
    "session.without",
    group="sessions",
    title=_("{who:member} cannot come"),
    body=_("The session of {at:when} takes place without them."),
)
declare(
    "session.lapsed",
    group="sessions",
    title=_("{who:member} has not answered"),
    body=_("The times that you proposed have passed:\n\n{times:times}\n\nAsk once more, or write a line: often it is only a busy week."),
)
declare(
    "session.asked",
    group="sessions",
    title=_("Did your session with {who:member} take place?"),
    body=_("It was agreed on for {at:when}. One word is enough. If somebody could not come, say that too; they will be asked the same."),
)
declare(
    "session.waited",
    group="sessions",
    title=_("We are sorry that you waited"),
    body=_("The session of {at:when} did not take place, and you were there. For three months you come first, with mentors whom you ask and in rounds."),
    roles={
        "mentor": (
            _("We are sorry that you waited"),
            _("The session of {at:when} did not take place, and you were there. Thank you for the time that you had kept free; you need not do anything."),
        )
    },
)

declare(
    "strike.first",
    group="sessions",
    title=_("Somebody waited for you"),
    body=_(
        "For the session of {at:when} the other side was there and you were not. Things come in between; a line beforehand, however short, spares the "
        "other an hour.\n\nIf it was otherwise, say so within two weeks. It is forgotten on {until:day}."
    ),
    roles={
        "late_cancel": (
            _("Your session was called off at the last moment"),
            _(
                "The session of {at:when} was called off less than three hours before. Things come in between; the earlier the other side knows, the more "
                "they can do with the time.\n\nIf it was otherwise, say so within two weeks. It is forgotten on {until:day}."
            ),
        )
    },
)
declare(
    "strike.second",
    group="sessions",
    title=_("The second session that did not take place"),
    body=_(
        "The session of {at:when} is the second one lately at which the other side waited, or heard of it too late. Perhaps there is too much at the moment: "
        "meet less often, or pause, and nobody minds.\n\nAfter the fourth you would take a break of a month. If it was otherwise, say so within two weeks. It "
        "is forgotten on {until:day}."
    ),
)
declare(
    "strike.third",
    group="sessions",
    title=_("The third session that did not take place"),
    body=_(
        "The session of {at:when} is the third one lately. One more, and you take a break of a month in which nobody new is brought to you. You can pause by "
        "yourself as well; what runs goes on.\n\nIf it was otherwise, say so within two weeks. It is forgotten on {until:day}."
    ),
)
declare(
    "strike.break",
    group="sessions",
    title=_("A break until {until:day}"),
    body=_(
        "The session of {at:when} is the fourth one lately that did not take place. Until {until:day} nobody new is brought to you; what runs goes on, and "
        "afterwards you are in again without having to ask.\n\nIf it was otherwise, say so within two weeks: then the break is off until somebody has looked "
        "at it."
    ),
)
declare(
    "strike.resumed",
    group="sessions",
    title=_("Your break is over"),
    body=_("You are in again, and others can find you. It is good to have you back."),
)
declare(
    "strike.appealed",
    group="managing",
    title=_("{who:member} says that it was otherwise"),
    body=_("A session that did not take place counts for them, and they have written how it was. Until you decide, it does not count."),
)
declare(
    "strike.pardoned",
    group="sessions",
    title=_("It does not count"),
    body=_("Thank you for writing how it was. The session that did not take place is forgotten."),
)
declare(
    "strike.upheld",
    group="sessions",
    title=_("We have read how it was"),
    body=_("Thank you for writing. The session that did not take place counts all the same, and is forgotten on {until:day}."),
)
