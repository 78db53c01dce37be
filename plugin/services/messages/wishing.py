"""How members want to be told: channel and frequency of each group, quiet hours, and stopping in one step."""

from dataclasses import dataclass, replace
from datetime import datetime

from plugin.domain.notices import DAY_MINUTES, Channel, Choice, Frequency, Reach, zone_of
from plugin.domain.people import Principal
from plugin.errors import Invalid, NotFound
from plugin.services.messages import delivering, digesting, reaching
from plugin.services.runtime import Runtime
from plugin.store.repositories.telling import Notice
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import GROUPS, Shown, language_of, languages, translate


@dataclass(frozen=True, slots=True, kw_only=True)
class Wishes:
    """What holds for a member now: a choice for every group, and when they can be reached."""

    choices: dict[str, Choice]
    reach: Reach
    titles: dict[str, str]
    agreed: bool


def _me(principal: Principal) -> int:
    if principal.member_id is None:
        raise Invalid("a service token is told nothing: sign in as a member", code="not_a_member")
    return principal.member_id


async def wishes(runtime: Runtime, principal: Principal) -> Wishes:
    """What holds for the member."""
    member_id = _me(principal)
    return await runtime.database.read(principal.installation_id, lambda unit: _wishes(unit, member_id))


def _wishes(unit: UnitOfWork, member_id: int) -> Wishes:
    member = unit.members.get(member_id)
    if member is None:
        raise NotFound("there is no such member")
    reach = reaching.reach_of(unit, member)
    language = language_of(reach.locale)
    return Wishes(
        choices={group: reaching.choice_of(unit, member_id, group) for group in GROUPS},
        reach=reach,
        titles={group: translate(title, language=language) for group, title in GROUPS.items()},
        agreed=reaching.agreed(unit, member),
    )


async def choose(runtime: Runtime, principal: Principal, *, group: str, channel: Channel, frequency: Frequency) -> Wishes:
    """Choose channel and frequency for a group of kinds. Raises :class:`Invalid`."""
    member_id = _me(principal)
    if group not in GROUPS:
        raise Invalid("there is no group “{group}”; there are: {choices}", field="group", group=group, choices=", ".join(GROUPS))

    def work(unit: UnitOfWork) -> Wishes:
        unit.wishes.choose(member_id, {group: Choice(channel=channel, frequency=frequency)})
        return _wishes(unit, member_id)

    return await runtime.database.write(principal.installation_id, work)


async def set_reach(
    runtime: Runtime,
    principal: Principal,
    *,
    timezone: str | None = None,
    locale: str | None = None,
    quiet_from: int | None = None,
    quiet_until: int | None = None,
    digest_at: int | None = None,
    weekday: int | None = None,
) -> Wishes:
    """Change when the member can be reached; what is left out stays. Digests that wait move with it. Raises :class:`Invalid`."""
    member_id = _me(principal)
    if timezone and zone_of(timezone).key != timezone:
        raise Invalid("there is no such time zone: say one such as Europe/Berlin", field="timezone")
    if locale and language_of(locale) == languages()[0] and not locale.lower().startswith(languages()[0]):
        raise Invalid("there is no such language here; there are: {choices}", field="locale", choices=", ".join(languages()))
    for name, value in (("quietFrom", quiet_from), ("quietUntil", quiet_until), ("digestAt", digest_at)):
        if value is not None and not 0 <= value < DAY_MINUTES:
            raise Invalid("a time of day is 0 to 1439 minutes after midnight", field=name)
    if weekday is not None and not 0 <= weekday <= 6:
        raise Invalid("a day of the week is 0 (Monday) to 6 (Sunday)", field="weekday")
    given = {"timezone": timezone, "locale": locale, "quiet_from": quiet_from, "quiet_until": quiet_until, "digest_at": digest_at, "weekday": weekday}

    def work(unit: UnitOfWork) -> Wishes:
        known = unit.wishes.reach(member_id) or Reach(timezone="", locale="")
        unit.wishes.set_reach(member_id, replace(known, **{name: value for name, value in given.items() if value is not None}))  # type: ignore[arg-type]  # its own names
        found = _wishes(unit, member_id)
        digesting.move(unit, member_id, found.reach)
        return found

    return await runtime.database.write(principal.installation_id, work)


Told = tuple[Notice, Shown]
"""A notice and its words."""


async def notices(runtime: Runtime, principal: Principal, *, after: int | None, limit: int, unread: bool) -> list[Told]:
    """What the member was told, newest first, in their language."""
    member_id = _me(principal)

    def work(unit: UnitOfWork) -> list[Told]:
        member = unit.members.get(member_id)
        if member is None:
            return []
        reach = reaching.reach_of(unit, member)
        return [
            (one, delivering.words_of(unit, one, reach, public_url=runtime.settings.public_url))
            for one in unit.notices.of_member(member_id, after=after, limit=limit, unread=unread)
        ]

    return await runtime.database.read(principal.installation_id, work)


async def mark_read(runtime: Runtime, principal: Principal, *, upto: int) -> int:
    """The member has read everything up to this notice; returns how many that were."""
    member_id = _me(principal)
    return await runtime.database.write(principal.installation_id, lambda unit: unit.notices.read(member_id, upto=upto, at=unit.now))


async def digest_preview(runtime: Runtime, principal: Principal) -> Shown | None:
    """The digest that the member would get now."""
    member_id = _me(principal)

    def work(unit: UnitOfWork) -> Shown | None:
        member = unit.members.get(member_id)
        return None if member is None else digesting.preview(unit, member)

    return await runtime.database.read(principal.installation_id, work)


# ---------------------------------------------------------------------------------------------------------------------- stopping


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopping:
    """What a link that stops messages would stop, in its reader's language."""

    group: str
    title: str
    community: str
    language: str
    since: datetime | None = None


async def stopping(runtime: Runtime, installation_id: int, token: str) -> Stopping:
    """What a link would stop; nothing is changed. Raises :class:`Invalid` or :class:`NotFound`."""
    return await runtime.database.read(installation_id, lambda unit: _stopping(unit, *reaching.open_stop(unit, token)))


def _stopping(unit: UnitOfWork, member_id: int, group: str) -> Stopping:
    member = unit.members.get(member_id)
    if member is None:
        raise NotFound("nothing is sent to you any more")
    language = language_of(reaching.reach_of(unit, member).locale)
    title = "" if group == reaching.EVERYTHING else translate(GROUPS.get(group, group), language=language)
    return Stopping(group=group, title=title, community=unit.community.name, language=language)


async def stop(runtime: Runtime, installation_id: int, token: str, *, everything: bool) -> Stopping:
    """Stop messages of the link's group, or of all groups: they are only listed from now on, those too that wait. Safe to repeat."""

    def work(unit: UnitOfWork) -> Stopping:
        member_id, group = reaching.open_stop(unit, token)
        found = _stopping(unit, member_id, group)
        stopped = list(GROUPS) if everything or group == reaching.EVERYTHING else [group]
        known = {one: reaching.choice_of(unit, member_id, one) for one in stopped}
        unit.wishes.choose(member_id, {one: replace(choice, channel=Channel.PRODUCT) for one, choice in known.items()})
        unit.record("messages.stopped", actor=str(member_id), groups=stopped)
        return found

    return await runtime.database.write(installation_id, work)
