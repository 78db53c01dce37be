"""One request to a page for somebody who is signed in: who they are, in which language they read, and what they sent."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from plugin.clock import in_our_time
from plugin.domain.community import Community
from plugin.domain.members import Member
from plugin.domain.notices import zone_of
from plugin.domain.people import Principal, Scope
from plugin.errors import Invalid, NotFound, PluginError
from plugin.services.identity import access, visiting
from plugin.services.identity.visiting import Session
from plugin.services.knowledge.graphs import Graphs
from plugin.services.runtime import Runtime
from plugin.texts import languages
from plugin.texts.console import DONE
from plugin.web.browser import Form
from plugin.web.numbers import whole
from plugin.web.pages import HEADERS, Speaker, render, wanted_locale

MAX_FIELD = 20_000


@dataclass(kw_only=True)
class Visit:
    """See the module. ``problem`` is what stood against the last form; pages show it beside its field."""

    request: Request
    runtime: Runtime
    graphs: Graphs
    principal: Principal
    community: Community
    member: Member
    speaker: Speaker
    csrf: str = field(repr=False)
    """What every form of this session carries; no other site can know it."""
    form: Form = field(default_factory=lambda: Form([]))
    problem: PluginError | None = None
    manages: bool = False
    """Whether the member manages a program."""

    @property
    def admin(self) -> bool:
        """Whether the member is an admin of the community."""
        return self.principal.may(Scope.ADMIN)

    @property
    def me(self) -> int:
        """The member who looks."""
        return self.member.id

    @property
    def posted(self) -> bool:
        """Whether a form was sent."""
        return self.request.method == "POST"

    def text(self, name: str, default: str = "") -> str:
        """A field of the form, or of the address where no form was sent."""
        found = (self.form if self.posted else self.request.query_params).get(name)
        return default if found is None else found.strip()[:MAX_FIELD]

    def all(self, name: str) -> list[str]:
        """All values of a field."""
        given = self.form.every(name) if self.posted else self.request.query_params.getlist(name)
        return [one.strip()[:MAX_FIELD] for one in given]

    def checked(self, name: str) -> bool:
        """Whether a box was ticked."""
        return self.text(name) == "1"

    def number(self, name: str, default: int | None = None) -> int | None:
        """A whole number. Raises :class:`Invalid`."""
        word = self.text(name)
        if not word:
            return default
        try:
            found = int(word)
        except ValueError:
            raise Invalid("give a whole number", field=name) from None
        if abs(found) > 10**18:
            raise Invalid("give a smaller number", field=name)
        return found

    def decimal(self, name: str, default: float) -> float:
        """A number. Raises :class:`Invalid`."""
        word = self.text(name).replace(",", ".")
        if not word:
            return default
        try:
            found = float(word)
        except ValueError:
            raise Invalid("give a number", field=name) from None
        if not abs(found) < 1e12:
            raise Invalid("give a number", field=name)
        return found

    def day(self, name: str) -> date | None:
        """A day. Raises :class:`Invalid`."""
        word = self.text(name)
        try:
            return in_our_time(date.fromisoformat(word)) if word else None
        except ValueError:
            raise Invalid("give a day as year-month-day", field=name) from None

    def moment(self, name: str) -> datetime | None:
        """A day and a time, typed in the reader's own zone. Raises :class:`Invalid`."""
        word = self.text(name)
        try:
            found = in_our_time(datetime.fromisoformat(word)) if word else None
        except ValueError:
            raise Invalid("give a day and a time", field=name) from None
        return found if found is None or found.tzinfo else found.replace(tzinfo=zone_of(self.speaker.timezone))

    def id(self, name: str) -> int:
        """An id of ours in the path. Raises :class:`NotFound` for what cannot be one."""
        return id_of(str(self.request.path_params.get(name, "")))

    @property
    def now(self) -> datetime:
        """The service's clock."""
        return self.runtime.clock()

    async def people(self, member_ids: set[int]) -> dict[int, Member]:
        """Members by id; who left is missing."""
        return await visiting.members(self.runtime, self.principal, member_ids)

    async def require_admin(self) -> None:
        """Ask the host again whether this is an admin, for what must not rest on an answer of minutes ago."""
        await access.require_admin(self.runtime, self.principal, fresh=True)

    def page(self, template: str, *, status: int = 0, **values: Any) -> Response:
        """A page; one that shows a problem says so in its status."""
        shown: dict[str, Any] = {"visit": self, "community": self.community, "problem": self.problem, "done": self.done, "now": self.now}
        return render(template, self.speaker, status=status or (422 if self.problem else 200), **(shown | values))

    @property
    def done(self) -> str:
        """What was done by the form that led here, in words."""
        told = DONE.get(self.request.query_params.get("done", ""))
        return self.speaker.say(told) if told else ""

    def go(self, path: str, done: str = "") -> Response:
        """Go on to another page, which says what was done."""
        assert not done or done in DONE  # noqa: S101 - a word of ours
        joined = f"{path}{'&' if '?' in path else '?'}done={done}" if done else path
        return RedirectResponse(joined, 303, headers=HEADERS)


def id_of(word: str) -> int:
    """An id from an address or a form. Raises :class:`NotFound` for what cannot be one."""
    found = whole(word, digits=18)
    if found is None:
        raise NotFound("there is no such thing here")
    return found


def speaker_of(request: Request, found: Session) -> Speaker:
    """The language that a member chose, or that their browser asks for, or their profile says, or their community speaks."""
    asked = wanted_locale(request.headers.get("accept-language", ""))
    return Speaker(found.locale or asked or found.member.locale or found.community.locale or languages()[0], found.timezone)


def sign_in_path(installation_id: int, next_path: str) -> str:
    """Where a sign-in begins that comes back to a page of ours."""
    return f"/auth/{installation_id}/start?next={quote(next_path, safe='/')}"
