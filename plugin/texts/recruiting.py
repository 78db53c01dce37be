"""What members are told when they are asked to take part, and the words of announcements."""

from collections.abc import Mapping

from plugin.texts.kinds import Template, _, declare, plural

ANNOUNCEMENT = {
    "title": _("Take part in {program}"),
    "audience": _("Who it is for"),
    "needs": _("What it helps with"),
    "mentor_benefits": _("What you get as a mentor"),
    "mentee_benefits": _("What you get as a mentee"),
    "dates": _("It runs from {start} to {end}."),
    "from": _("It begins on {start}."),
    "reply": _(
        "To take part, reply here with one line that says “mentor” or “mentee”. "
        "By that you say that you are of age (18 or older) and agree to the code of conduct."
    ),
    "reply_of_any_age": _(
        "To take part, reply here with one line that says “mentor” or “mentee”. By that you agree to the code of conduct. "
        "How old you are you never say here: unless we know that you are of age, you are asked on a page that only you see."
    ),
    "form": _("Or enrol by form: {url}"),
    "invited": _("Members are invited to this program; whoever is invited finds it here: {url}"),
    "closed": _("The program takes nobody in at the moment."),
}

REPLY_FAILED = {
    "not_taking_in": _("The program takes nobody in at the moment."),
    "two_roles": _("In this program one is either mentor or mentee, and you have the other role: leave that role first."),
    "forbidden": _("Members are invited to this program."),
    "under_age": _("Who is under age takes part as a mentee."),
    "age_unsaid": _("One thing is missing, and it is nobody else’s business: say on this page whether you are of age, or how old you are."),
}
REPLY_FAILED_OTHERWISE = _("Something is missing that a reply cannot say: enrol by the form instead.")

FOUND_BY: Mapping[str, Template] = {
    "answers": plural("You have answered others’ questions {count} time lately.", "You have answered others’ questions {count} times lately."),
    "people": plural("You have helped {count} member lately.", "You have helped {count} different members lately."),
    "solved": plural("{count} of your answers was accepted as the solution.", "{count} of your answers were accepted as the solution."),
    "liked": plural("Your answers were liked {count} time lately.", "Your answers were liked {count} times lately."),
    "newcomers": plural("You have helped {count} member who was new here.", "You have helped {count} members who were new here."),
    "returns": plural("You have stayed with {count} question until it was settled.", "You have stayed with {count} questions until they were settled."),
    "topic": _("You have shown that you know about what is asked for."),
}

declare(
    "enrolment.received",
    group="programs",
    title=_("Your application to {program}"),
    body=_("Thank you! A manager looks at your application, and you hear from us. If there are questions left to answer, you find them here."),
    roles={
        "mentor": (
            _("Your application to {program}"),
            _("Thank you! You applied as a mentor. A manager looks at it, and you hear from us. If there are questions left to answer, you find them here."),
        ),
        "mentee": (
            _("Your application to {program}"),
            _("Thank you! You applied as a mentee. A manager looks at it, and you hear from us. If there are questions left to answer, you find them here."),
        ),
    },
)
declare(
    "enrolment.unclear",
    group="programs",
    title=_("Your reply about {program}"),
    body=_("Would you like to be a mentor, or would you like to have one? Reply once more with one of the two words, mentor or mentee, or use the form."),
)
declare(
    "enrolment.reply_failed",
    group="programs",
    title=_("Your reply about {program}"),
    body=_("Thank you for your reply. It could not be taken as an application. {why:text}"),
)
declare(
    "invitation.sent",
    group="recruiting",
    title=_("Would you take part in {program}?"),
    body=_(
        "{why}\n\n{words}\n\nThe program: {purpose}\n\nWhat you would get: {benefits}\n\n"
        "A no is as welcome as a yes, and you are asked this once. The invitation is open until {until:day}."
    ),
)
declare(
    "referral.enrolled",
    group="recruiting",
    title=_("Somebody whom you referred takes part"),
    body=_("{member:member} takes part in {program} by your link. Thank you!"),
)
