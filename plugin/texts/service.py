"""What the service itself says: digests, addresses, and the lines around every message."""

from plugin.texts.kinds import _, declare, plural

STOP = _("To stop messages like this one: {url}")
WHY = _("You get this because you agreed to mentorship messages in {community}.")
WAITING = _("What waits for you")
NEW_MEMBERS = _("New members who match what you are interested in")
PRACTICE = _("Good practice")
OFFERS = _("{who} can help with what you look for")
WANTS = _("{who} looks for what you can help with")
MORE = plural("and {count} more", "and {count} more")

PROMPTS = (
    _("Begin each session with what came of the last one; it takes two minutes and keeps both sides honest."),
    _("Agree on one small thing to do before you meet again, and who does it."),
    _("Ask “What have you tried?” before you advise: the answer often holds the next step."),
    _("If a session has to be moved, propose two new times in the same message."),
    _("Halfway through, ask each other what to keep and what to change."),
    _("Introduce your mentee to one person who knows something that you do not."),
    _("Write three lines after each session: what we talked about, what was decided, what comes next."),
    _("Tell a mistake of your own. It does more for trust than any advice."),
)
"""One a week, in turn."""

declare(
    "digest",
    group="digest",
    title=_("Your mentorship digest"),
    body=_("This is what has gathered since the last time."),
)
declare(
    "webhook.disabled",
    group="service",
    page="/console/webhooks",
    title=_("An address for events is switched off"),
    body=_("“{name}” has not taken our events, so nothing more is posted there. Events wait for 30 days. If it works again, switch it on in the console."),
)
declare(
    "mail.stopped",
    group="service",
    title=_("Your e-mail address does not take our messages"),
    body=_("Three messages to your address came back, so nothing more is sent there. You get messages here instead.\n\nIf it works again, give it once more."),
)
declare(
    "introduction.pair",
    group="mentorships",
    title=_("{mentor:member} and {mentee:member}, meet each other"),
    body=_(
        "{mentor:member} will mentor {mentee:member} in {program}.\n\n"
        "{mentee:member}: say what you would like to achieve, and propose two times for a first meeting.\n\n"
        "{mentor:member}: say how you like to work, and what you wish somebody had told you at that point."
    ),
    roles={
        "alone": (
            _("{mentor:member} and {mentee:member}, meet each other"),
            _(
                "{mentor:member} will mentor {mentee:member}.\n\n"
                "{mentee:member}: say what you would like to achieve, and propose two times for a first meeting.\n\n"
                "{mentor:member}: say how you like to work, and what you wish somebody had told you at that point."
            ),
        )
    },
)
declare(
    "introduction.group",
    group="groups",
    page="/my",
    title=_("Welcome to {name}"),
    body=_(
        "You are together in {name}, part of {program}.\n\n"
        "Say in two lines who you are, what you would like to get out of it, and what you can give. Then agree on a time for a first meeting."
    ),
    roles={
        "slot": (
            _("Welcome to {name}"),
            _(
                "You are together in {name}, part of {program}.\n\n"
                "Say in two lines who you are, what you would like to get out of it, and what you can give.\n\n"
                "There is a time of the week that suits all of you; next it is {at:when}."
            ),
        )
    },
)
declare(
    "story.asked",
    group="community",
    title=_("May this be told to the community?"),
    body=_("{author:member} would like to tell how your mentorship went:\n\n{words}\n\nNothing is published before all of you agree."),
    private=True,
)
declare(
    "story.withdrawn",
    group="community",
    title=_("Your story was taken back"),
    body=_("Somebody in it does not want it told any more. What was published is overwritten."),
)
declare(
    "story.published",
    group="community",
    title=_("Your story is out"),
    body=_("What you wrote about your mentorship is in the community now. Thank you: it helps whoever hesitates."),
)
