"""What is known of a member, what they are told and how, and what is theirs to decide."""

from starlette.responses import Response

from plugin.domain.members import Consent
from plugin.domain.notices import Channel, Frequency
from plugin.domain.skills import Standing
from plugin.errors import Invalid
from plugin.services.identity import access
from plugin.services.knowledge import reading
from plugin.services.messages import mailing, wishing
from plugin.services.privacy import auditing, consenting, personal
from plugin.services.suggestions import knowing
from plugin.texts import GROUPS, languages
from plugin.texts import console as words
from plugin.web.browser import SESSION, Browser
from plugin.web.console.office import download
from plugin.web.members.frame import show, show_mine
from plugin.web.numbers import whole
from plugin.web.visits import Visit, id_of

NOTICES = 30


async def skills(visit: Visit) -> Response:
    """Skills with what shows them; each can be corrected or hidden."""
    found = (await knowing.skills(visit.runtime, visit.graphs, visit.principal, [visit.me]))[visit.me]
    posts = {post for one in found for post in one.post_ids[:2]}
    evidence = await reading.evidence(visit.runtime, visit.principal, posts)
    return await show(visit, "skills.html", section="skills", skills=found, evidence=evidence, words=words, name=visit.text("name"))


async def choose_skill(visit: Visit) -> Response:
    """Decide about one."""
    standing = visit.text("standing")
    if standing == "forget":
        await knowing.unchoose(visit.runtime, visit.principal, name=visit.text("name"))
    elif standing in set(Standing):
        await knowing.choose(visit.runtime, visit.principal, name=visit.text("name"), standing=Standing(standing))
    else:
        raise Invalid("choose what is so about this skill", field="standing")
    return visit.go("/my/skills", "saved")


async def notices(visit: Visit) -> Response:
    """What one was told, and how one wants to be told."""
    found = await wishing.notices(visit.runtime, visit.principal, after=None, limit=NOTICES, unread=False)
    wishes = await wishing.wishes(visit.runtime, visit.principal)
    address = await mailing.address_of(visit.runtime, visit.principal)
    seen = {"notices": found, "wishes": wishes, "address": address, "site": f"{visit.runtime.settings.public_url}/"}
    return await show(visit, "notices.html", section="notices", words=words, groups=GROUPS, languages=languages(), **seen)


async def change_notices(visit: Visit) -> Response:
    """Keep the choices."""
    runtime, principal = visit.runtime, visit.principal
    match visit.text("do"):
        case "read":
            await wishing.mark_read(runtime, principal, upto=id_of(visit.text("upto")))
        case "choose":
            for group in GROUPS:
                channel, frequency = visit.text(f"channel_{group}"), visit.text(f"frequency_{group}")
                if channel in set(Channel) and frequency in set(Frequency):
                    await wishing.choose(runtime, principal, group=group, channel=Channel(channel), frequency=Frequency(frequency))
        case "reach":
            await wishing.set_reach(
                runtime,
                principal,
                timezone=visit.text("timezone") or None,
                locale=visit.text("locale") or None,
                quiet_from=_minutes(visit, "quiet_from"),
                quiet_until=_minutes(visit, "quiet_until"),
            )
        case "address":
            await mailing.give_address(runtime, principal, address=visit.text("address"))
        case "confirm":
            await mailing.confirm_address(runtime, principal, code=visit.text("code"))
        case "forget":
            await mailing.forget_address(runtime, principal)
        case _:
            raise Invalid("choose what to change")
    return visit.go("/my/notices", "saved")


def _minutes(visit: Visit, name: str) -> int | None:
    word = visit.text(name)
    if not word:
        return None
    hour, _colon, rest = word.partition(":")
    hours, minutes = whole(hour, digits=2), whole(rest[:2], digits=2)
    if hours is None or minutes is None or len(word) > len("21:00:00"):
        raise Invalid("give a time of day such as 21:00", field=name)
    return hours * 60 + minutes


async def data(visit: Visit) -> Response:
    """Consent, who saw what, export, erasure, signing out."""
    consents = await reading.consents(visit.runtime, visit.principal)
    seen = await auditing.who_saw(visit.runtime, visit.principal)
    return await show_mine(visit, "data.html", part="data", consents={kind.value: one for kind, one in consents.items()}, seen=seen, words=words)


async def change_data(visit: Visit) -> Response:
    """Agree or refuse, take one's data, be erased, sign out."""
    runtime, principal = visit.runtime, visit.principal
    match visit.text("do"):
        case "consent":
            kind = visit.text("kind")
            if kind not in set(Consent):
                raise Invalid("choose what you agree to")
            await consenting.set_consent(runtime, principal, Consent(kind), given=visit.text("given") == "1")
            return visit.go("/my/data", "saved")
        case "export":
            return download(await personal.export_own(runtime, principal))
        case "erase":
            if visit.text("again").removeprefix("@") != visit.member.username:
                raise Invalid("type your user name, so that nobody is erased by a slip", field="again")
            await personal.erase_own(runtime, principal, username=visit.member.username)
        case "sign_out":
            await access.sign_out(runtime, principal)
        case _:
            raise Invalid("choose what to do")
    browser = Browser(runtime)
    response = browser.see_other("/")
    browser.drop_cookie(response, SESSION)
    return response
