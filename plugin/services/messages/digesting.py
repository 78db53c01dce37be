"""One message for a period: what waits for a member and what is new. Nothing is sent when there is nothing.

An area adds a part by :func:`section`: a function of the unit, the member, how they are reached and since when, which returns a title and lines, or ``None``.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from mentorgraph.host import Block, Bullets, Inline, Mention, Paragraph
from plugin.domain.members import Member
from plugin.domain.notices import Channel, Frequency, NoticeState, Reach, digest_due
from plugin.graph.text import term_counts
from plugin.services import scheduling
from plugin.services.guarding import safeguarding
from plugin.services.messages import reaching, telling
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import KINDS, Person, Shown, language_of, people_in, render, translate
from plugin.texts.service import MORE, NEW_MEMBERS, OFFERS, PRACTICE, PROMPTS, WAITING, WANTS

KIND, JOB = "digest", "digest.send"
_ANEW = "what it says is no longer so"
MOST = 20
"""Most lines of one part."""
NEW_FOR = timedelta(days=7)
NEWCOMERS = 3

Line = tuple[Inline, ...]


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a digest. One that does not ``count`` is only shown beside others."""

    title: str
    lines: tuple[Line, ...]
    counts: bool = True


Section = Callable[[UnitOfWork, Member, Reach, datetime], Part | None]
_SECTIONS: list[Section] = []


def section(found: Section) -> Section:
    """Add a part to digests, after those that are there."""
    _SECTIONS.append(found)
    return found


@dataclass(frozen=True, slots=True)
class Digest:
    """What a digest holds, and which notices are told by it."""

    blocks: tuple[Block, ...]
    notice_ids: tuple[int, ...]


def arrange(unit: UnitOfWork, member_id: int, frequency: Frequency, reach: Reach) -> None:
    """See to it that a member's next digest is sent."""
    known = unit.jobs.get(_key(member_id, frequency))
    if known is None or known.state != "waiting":
        _schedule(unit, member_id, frequency, reach)


def move(unit: UnitOfWork, member_id: int, reach: Reach) -> None:
    """Have the digests that wait for a member come when the member can be reached now."""
    for frequency in (Frequency.DAILY, Frequency.WEEKLY):
        known = unit.jobs.get(_key(member_id, frequency))
        if known is not None and known.state == "waiting":
            _schedule(unit, member_id, frequency, reach)


def _schedule(unit: UnitOfWork, member_id: int, frequency: Frequency, reach: Reach) -> None:
    first, days = digest_due(unit.now, frequency, reach), 7 if frequency is Frequency.WEEKLY else 1
    key, about = _key(member_id, frequency), {"member": member_id}
    scheduling.schedule_every(unit, JOB, key=key, first=first, days=days, timezone=reach.timezone, about=about)


def _key(member_id: int, frequency: Frequency) -> str:
    return f"digest:{member_id}:{frequency.value}"


@scheduling.job(JOB)
def due(unit: UnitOfWork, about: scheduling.About) -> None:
    """A member's digest is due: it is told as a notice, once for its hour, if there is something to tell."""
    member_id = int(about["member"])
    member = unit.members.get(member_id)
    if member is None or compose(unit, member, reaching.reach_of(unit, member)) is None:
        return
    telling.tell(unit, member_id, KIND, key=f"digest:{member_id}:{unit.now:%Y-%m-%dT%H}", about={}, until=unit.now + timedelta(days=1))


def compose(unit: UnitOfWork, member: Member, reach: Reach) -> Digest | None:
    """What there is to tell a member now; ``None`` if there is nothing."""
    wanted = [one for one in unit.notices.gathered(member.id) if _still_wanted(unit, member.id, one.group)]
    gathered, later = wanted[:MOST], len(wanted[MOST:])
    language = language_of(reach.locale)
    lines = [_line(unit, one.kind, one.about, reach) for one in gathered]
    if later:
        lines.append((translate(MORE, language=language, number=later).format(count=later),))
    parts = [Part(translate(WAITING, language=language), tuple(lines))] if lines else []
    since = unit.now - NEW_FOR
    parts += [part for make in _SECTIONS if (part := make(unit, member, reach, since)) is not None]
    if not any(part.counts for part in parts):
        return None
    blocks: list[Block] = []
    for part in parts:
        blocks += [Paragraph((part.title,)), Bullets(part.lines[: MOST + 1])]
    return Digest(tuple(blocks), tuple(one.id for one in gathered))


def take_back(unit: UnitOfWork, member_id: int) -> None:
    """Write those digests anew that show a member and that nobody tried to send yet."""
    for one in unit.notices.naming(member_id):
        key = f"{telling.NOTICE}{one.key}"
        if one.kind == KIND and one.sent_at is not None and {key} & (unit.outbox.take_back([key], why=_ANEW) | unit.mails.take_back([key], why=_ANEW)):
            unit.notices.gather_again(one.member_id, sent_at=one.sent_at)
            unit.notices.move([one.id], NoticeState.WAITING, why=_ANEW)
            unit.wake("tell")


def _still_wanted(unit: UnitOfWork, member_id: int, group: str) -> bool:
    return reaching.verdict(unit, unit.members.get(member_id), group=group).why in {"", "quiet hours"}


def _line(unit: UnitOfWork, kind: str, sealed: bytes, reach: Reach) -> Line:
    about = orjson.loads(unit.unseal(sealed, purpose="notice"))
    if kind not in KINDS:
        return ("…",)
    people = {one.id: Person(one.username, one.name) for one in unit.members.many(people_in(kind, about)).values()}
    shown = render(kind, about, reach.locale, timezone=reach.timezone, people=people)
    first = shown.body[0]
    return (f"{shown.title}: ", *(first.parts if isinstance(first, Paragraph) else ()))


# ---------------------------------------------------------------------------------------------------------------------- parts of ours


@section
def newcomers(unit: UnitOfWork, member: Member, reach: Reach, since: datetime) -> Part | None:
    """New members who offer what the member looks for, or look for what they offer, by the words of their profiles; nobody who is kept apart from them."""
    if reaching.choice_of(unit, member.id, "community").channel is Channel.PRODUCT:
        return None
    policy, language = unit.policy, language_of(reach.locale)
    offers, wants = (_terms(unit, member, one) for one in (policy.offers_field, policy.wants_field))
    found: list[tuple[int, Line]] = []
    apart = safeguarding.apart_from(unit, member.id) | {member.id}
    for other in unit.members.since(since):
        if other.id in apart or not other.takes_part:
            continue
        helps, asks = len(wants & _terms(unit, other, policy.offers_field)), len(offers & _terms(unit, other, policy.wants_field))
        if (helps or asks) and reaching.suggestible(unit, other.id):
            before, _, after = translate(OFFERS if helps >= asks else WANTS, language=language).partition("{who}")
            found.append((max(helps, asks), (before, Mention(other.username), after)))
    if not found:
        return None
    best = sorted(found, key=lambda one: -one[0])[:NEWCOMERS]
    return Part(translate(NEW_MEMBERS, language=language), tuple(line for _, line in best))


def _terms(unit: UnitOfWork, member: Member, field: str) -> set[int]:
    return set(term_counts(member.fields.get(field, ""), key=unit.keys.terms)) if field else set()


@section
def practice(unit: UnitOfWork, member: Member, reach: Reach, _since: datetime) -> Part | None:
    """A prompt of good practice, another one every week."""
    if reaching.choice_of(unit, member.id, "community").channel is Channel.PRODUCT:
        return None
    number = unit.now.date().toordinal() // 7 % len(PROMPTS)
    language = language_of(reach.locale)
    return Part(translate(PRACTICE, language=language), ((translate(PROMPTS[number], language=language),),), counts=False)


def preview(unit: UnitOfWork, member: Member) -> Shown | None:
    """The digest that a member would get now; ``None`` if there is nothing to tell."""
    reach = reaching.reach_of(unit, member)
    found = compose(unit, member, reach)
    if found is None:
        return None
    shown = render(KIND, {}, reach.locale, timezone=reach.timezone)
    return Shown(shown.title, (*shown.body, *found.blocks))
