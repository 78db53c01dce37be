"""Words of the page on which members enrol."""

from plugin.texts.kinds import _

JOIN_PAGE = {
    "referred": _("{name} thinks that this is for you."),
    "invited": _("You are invited to take part."),
    "audience": _("Who it is for"),
    "needs": _("What it helps with"),
    "mentor_benefits": _("What you get as a mentor"),
    "mentee_benefits": _("What you get as a mentee"),
    "code_of_conduct": _("Code of conduct"),
    "closed": _("The program takes nobody in at the moment."),
    "by_invitation": _("Members are invited to this program."),
    "sign_in": _("Sign in with the community to take part"),
    "signed_in": _("You are signed in as {name}."),
    "role": _("I would like to take part"),
    "mentor": _("as a mentor"),
    "mentee": _("as a mentee"),
    "conduct": _("I agree to the code of conduct"),
    "adult": _("I am of age (18 or older)"),
    "young": _("If you are not of age"),
    "young_how": _(
        "You can take part from {age} years on, once your parent or guardian agreed. Only those who run the community read who that is. "
        "Managers bring you together with a mentor who was screened."
    ),
    "age": _("How old are you?"),
    "guardian": _("Your parent or guardian"),
    "guardian_how": _("Their name, and how they are reached."),
    "join": _("Take part"),
    "decline": _("No, thank you"),
    "applied": _("You applied. A manager looks at it, and you hear from us."),
    "approved": _("You take part. Welcome!"),
    "declined": _("Thank you for your answer. You are not asked again."),
    "questions": _("There are questions to answer about you: you find them in the community, under your mentorship programs."),
}
