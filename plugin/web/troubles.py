"""What can go wrong on a page, as a page of its own says it: a title, and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import Response

from plugin.errors import Remark
from plugin.texts import _
from plugin.web.pages import CSP, STILL, render, speaker_for

FOR_PROGRAMS = ("/graphql", "/hooks/", "/oauth/", "/.well-known/", "/static/", "/brand/", "/embed/v1/", "/healthz", "/readyz", "/metrics")
"""Addresses that programs call, whatever they say they would like to read; members see ``…/authorize`` of them."""


@dataclass(frozen=True, kw_only=True)
class Trouble:
    """What went wrong, for a page of its own."""

    title: str
    text: str
    again: bool = False
    """Whether trying again may help."""


TROUBLES = {
    "forbidden": Trouble(
        title=_("This page is for admins"),
        text=_("You are signed in, but your community does not name you among its admins, and you manage no program here."),
    ),
    "admin_unknown": Trouble(
        title=_("Your community does not answer"),
        text=_("We ask your community whether you are an admin, and it did not say so just now. Nothing was changed. Try again in a moment."),
        again=True,
    ),
    "csrf": Trouble(
        title=_("This form is from another session"),
        text=_("You have signed in anew since the page was opened, or it was sent from elsewhere. Go back, reload the page and send it once more."),
    ),
    "not_found": Trouble(title=_("There is no such page"), text=_("The address is not whole, or what was here is gone.")),
    "host": Trouble(
        title=_("Your community does not answer"),
        text=_("We asked your community and got no useful answer. Nothing was changed. Try again in a moment."),
        again=True,
    ),
    "unavailable": Trouble(
        title=_("The service is busy"),
        text=_("The database cannot be used right now. Nothing was changed and nothing is lost. Try again in a few seconds."),
        again=True,
    ),
    "too_many": Trouble(title=_("Too many requests"), text=_("You were faster than we can follow. Wait a moment, then try again."), again=True),
    "gone": Trouble(title=_("This address leads nowhere any more"), text=_("It was taken back, its time is over, or it was not copied whole.")),
    "refused": Trouble(title=_("This did not work"), text=_("Nothing was changed.")),
    "internal": Trouble(title=_("Something went wrong on our side"), text=_("It was written down. Nothing of what you sent was done by half.")),
}


def for_a_person(request: Request) -> bool:
    """Whether somebody looks at what is answered: a browser on its way to a page, not a program."""
    path = request.url.path
    return "text/html" in request.headers.get("accept", "") and (not path.startswith(FOR_PROGRAMS) or path.endswith("/authorize"))


def shown(request: Request, status: int, key: str, *, said: Remark | str = "", lookup: str = "", headers: Mapping[str, str] | None = None) -> Response:
    """What went wrong as a page in the reader's language, where no desk is at hand."""
    path = request.url.path
    area = next((one for one in ("console", "my") if path == f"/{one}" or path.startswith(f"/{one}/")), "")
    # In a frame of another site a page that none may frame would be a blank one; on this one is nothing that could be clicked by mistake.
    framed = {"Content-Security-Policy": CSP.replace("frame-ancestors 'none'", "frame-ancestors *")} if path.startswith("/embed/") else {}
    return render(
        "problem.html",
        speaker_for(request),
        status=status,
        scripts=False,
        headers=STILL | framed | dict(headers or {}),
        trouble=TROUBLES[key],
        said=said,
        lookup=lookup,
        back=path if request.method == "GET" else "",
        area=area,
        members=path.startswith(("/enrol/", "/stop/", "/calendar/", "/join/")),
    )
