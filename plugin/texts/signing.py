"""Words of the message with a code to sign in."""

from plugin.texts.kinds import _

CODE_TITLE = _("Sign in to {community}")
CODE_LINES = (
    _("Your code: {code}"),
    _("Type it in the browser in which you asked for it. It is good for ten minutes, once."),
    _("If you did not ask for it, ignore this message. Never tell the code to anybody: nobody of {community} will ask you for it."),
)
