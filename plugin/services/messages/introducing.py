"""Introducing people to each other: one message of the host to all of them, in words for what they are together."""

from collections.abc import Sequence
from dataclasses import replace

from mentorgraph.host import Block, DirectMessage
from plugin.domain.calendar import CalendarEvent
from plugin.domain.notices import awake_together
from plugin.services.messages import outgoing, reaching, telling, wire
from plugin.services.messages.calendars import entry
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import KINDS, About, Person, language_of, people_in, render


def introduce(unit: UnitOfWork, member_ids: Sequence[int], kind: str, *, key: str, about: About, event: CalendarEvent | None = None) -> bool:
    """Introduce members to each other once, by a message to those who agreed to messages.

    Returns ``False`` if ``key`` was used before or fewer than two are there. It waits for an hour that is quiet for none of them; where there is no such
    hour, or only one agreed, each is told alone. Who did not agree is told in the product only. With an ``event`` the message holds it, in the host's own
    calendar where it has one. The words are in the language that all share, else in the community's.
    """
    people = [one for member_id in dict.fromkeys(member_ids) if (one := unit.members.get(member_id)) is not None and one.takes_part]
    if len(people) < 2:
        return False
    willing = [one for one in people if reaching.agreed(unit, one)]
    reaches = [reaching.reach_of(unit, one) for one in willing]
    together = len(willing) > 1 and awake_together(unit.now, reaches) is not None
    ids = [one.id for one in people]
    told = [telling.tell(unit, one.id, kind, key=f"{key}:{one.id}", about=about, quietly=together and one in willing, concerning=ids) for one in people]
    if not together or not any(told):
        return any(told)
    languages = {language_of(one.locale) for one in reaches}
    locale = languages.pop() if len(languages) == 1 else unit.community.locale
    named = {one.id: Person(one.username, one.name) for one in unit.members.many(people_in(kind, about)).values()}
    shown = render(kind, about, locale, timezone=reaches[0].timezone, people=named)
    body: tuple[Block, ...] = shown.body if event is None else (*shown.body, entry(event, timezone=reaches[0].timezone))
    message = DirectMessage(to=tuple(one.username for one in willing), title=shown.title, body=body)
    return outgoing.post(message, kind=f"{outgoing.TOGETHER}{KINDS[kind].group}", key=f"{telling.INTRODUCTION}{key}", member_id=None, unit=unit)


def leave_out(unit: UnitOfWork, key: str, member_id: int) -> None:
    """Take somebody out of an introduction that was not sent yet. Where only one is left whom it would reach, they are told alone."""
    member, waiting = unit.members.get(member_id), unit.outbox.unsent(f"{telling.INTRODUCTION}{key}")
    if member is None or waiting is None or waiting.body is None:
        return
    message = wire.load(unit.unseal(waiting.body, purpose=outgoing.SEALED))
    if not isinstance(message, DirectMessage) or member.username not in message.to:
        return
    left = tuple(name for name in message.to if name != member.username)
    if len(left) > 1:
        unit.outbox.rewrite(waiting.key, unit.seal(wire.dump(replace(message, to=left)), purpose=outgoing.SEALED))
        return
    unit.outbox.take_back({waiting.key}, why="fewer than two members are left")
    for name in left:
        alone = unit.members.by_username(name)
        if alone is not None:
            telling.say_after_all(unit, f"{key}:{alone.id}")
