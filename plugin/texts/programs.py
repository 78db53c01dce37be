"""What members are told about programs, requests and mentorships."""

from plugin.texts.kinds import _, declare, plural

NEXT_ASKED, NOBODY_LEFT = _("The next one on your list is asked now."), _("You can ask somebody else at any time.")
MENTOR_LEFT = _("Whom you asked is no longer a member of the community.")
MENTOR_STOPPED = _("Whom you asked no longer mentors in this program.")
PROGRAM_ENDED = _("The program brings nobody together any more.")

declare(
    "enrolment.approved",
    group="programs",
    title=_("You take part in {program}"),
    body=_("Welcome! You can pause at any time."),
    roles={
        "mentor": (
            _("You take part in {program}"),
            _("Welcome! You take part as a mentor. You can change for how many people you have room, or pause, at any time."),
        ),
        "mentee": (
            _("You take part in {program}"),
            _("Welcome! You take part as a mentee. The more you say about what you look for, the better you are matched. You can pause at any time."),
        ),
    },
)
declare(
    "enrolment.declined",
    group="programs",
    title=_("Your application to {program}"),
    body=_("Thank you for applying. This time the program cannot offer you a place. You may apply again later; nothing is held against you."),
)
declare(
    "enrolment.waits",
    group="managing",
    title=_("Somebody applied to {program}"),
    body=_("{applicant:member} would like to take part. Applications wait for a manager's word."),
)
declare(
    "request.received",
    group="requests",
    title=_("{mentee:member} asks whether you would mentor them"),
    body=_(
        "What they would like to reach: {goal}\n\n{note}\n\nYou have until {until:day}. A no with a reason is as welcome as a yes: then somebody else is asked."
    ),
)
declare(
    "request.reminder",
    group="requests",
    title=_("{mentee:member} waits for your answer"),
    body=_("Their request to you ends on {until:day}. If now is not the time, a short no lets them ask somebody else."),
)
declare(
    "request.accepted",
    group="requests",
    page="/my/mentorships",
    title=_("{mentor:member} will mentor you"),
    body=_("They said yes. Write to them and propose a first meeting; a good one is short and soon."),
)
declare(
    "request.declined",
    group="requests",
    page="/my/programs",
    title=_("Your request to {mentor:member}"),
    body=_("They cannot mentor you at the moment. That says nothing about you: most often it is a matter of time. {next:text}"),
)
declare(
    "request.expired",
    group="requests",
    page="/my/programs",
    title=_("{mentor:member} has not answered"),
    body=_("Your request of {asked:day} has ended after three days without an answer. {next:text}"),
)
declare(
    "request.ended",
    group="requests",
    page="/my/programs",
    title=_("Your request has ended"),
    body=_("You asked for mentorship on {asked:day}. {why:text} That says nothing about you. {next:text}"),
)
declare(
    "mentorship.begun",
    group="mentorships",
    title=_("Your mentorship begins"),
    body=_("{mentor:member} and {mentee:member}, you can begin."),
    roles={
        "mentor": (
            _("You mentor {mentee:member} from now on"),
            _("Ask what they would like to reach, and agree on how often you meet. The first meeting matters most."),
        ),
        "mentee": (
            _("{mentor:member} mentors you from now on"),
            _("Write to them and propose a first meeting. Say what you would like to reach, and what you have tried."),
        ),
    },
)
declare(
    "mentorship.ended",
    group="mentorships",
    page="/my/programs",
    title=_("Your mentorship has ended"),
    body=_("Thank you for the time you gave each other."),
    roles={
        "mentor": (
            _("Your mentorship with {mentee:member} has ended"),
            _("Thank you for your time. It ends without blame; if you like, you can mentor somebody else."),
        ),
        "mentee": (
            _("Your mentorship with {mentor:member} has ended"),
            _("It ends without blame. If you would like another mentor, ask one at any time; the next round counts you in again."),
        ),
    },
)
declare(
    "mentorship.over",
    group="mentorships",
    title=_("{program} has ended"),
    body=_("The program has ended, and your mentorship with it. Thank you for the time you gave each other; how you stay in touch is up to you."),
    roles={
        "mentor": (
            _("{program} has ended"),
            _(
                "The program has ended, and with it your mentorship of {mentee:member}. Thank you for your time and for what you passed on; how you two stay "
                "in touch is up to you."
            ),
        ),
        "mentee": (
            _("{program} has ended"),
            _("The program has ended, and with it your mentorship by {mentor:member}. Thank you for taking part; how you two stay in touch is up to you."),
        ),
    },
)
declare(
    "mentorship.left",
    group="mentorships",
    page="/my/programs",
    title=_("Your mentorship has ended"),
    body=_("What you began on {began:day} has ended: the other side is no longer a member of the community. Thank you for your time."),
    roles={
        "mentor": (
            _("Your mentorship has ended"),
            _(
                "The mentorship that began on {began:day} has ended: your mentee is no longer a member of the community. Thank you for your time; if you like, "
                "you can mentor somebody else."
            ),
        ),
        "mentee": (
            _("Your mentorship has ended"),
            _(
                "The mentorship that began on {began:day} has ended: your mentor is no longer a member of the community. If you would like another one, ask at "
                "any time; the next round counts you in again."
            ),
        ),
    },
)
declare(
    "mentorship.quiet",
    group="mentorships",
    title=_("How is it going with {other:member}?"),
    body=plural(
        "You two have been quiet for a day, since {since:day}. A line is enough to begin again. If it has run its course, end it: that is fine too.",
        "You two have been quiet for {days} days, since {since:day}. A line is enough to begin again. If it has run its course, end it: that is fine too.",
        by="days",
    ),
)
