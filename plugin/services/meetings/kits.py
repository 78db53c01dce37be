"""Session kits: those that come with the product, those that managers made of them for a program, and what is sent of them before and after a session."""

from dataclasses import fields, replace

from plugin.domain.kits import FOLLOW_UP_AFTER, MOST, PREPARE_BEFORE, Kit, KitWords, checked
from plugin.domain.people import Principal
from plugin.domain.sessions import Session, SessionState
from plugin.errors import Conflict, NotFound
from plugin.services import scheduling
from plugin.services.guarding.managing import managed, require_manager, visible
from plugin.services.meetings import sessions
from plugin.services.messages import reaching
from plugin.services.messages.telling import tell
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import kits as words
from plugin.texts import translate

BUILT_IN = {
    number: Kit(id=number, words=KitWords(**one))
    for number, one in enumerate(
        (words.FIRST_MEETING, words.GOAL_SETTING, words.RESUME_REVIEW, words.MOCK_INTERVIEW, words.SOUNDING_BOARD, words.CLOSING), start=1
    )
}
"""By number. Numbers are kept in rows, so each stays what it is; ids of ours are far larger."""


def get(unit: UnitOfWork, kit_id: int) -> Kit | None:
    """A kit by its id."""
    return BUILT_IN.get(kit_id) or unit.session_kits.get(kit_id)


def offered(unit: UnitOfWork, program_id: int | None) -> list[Kit]:
    """The kits that a program's pairs choose from: its own, and those that come with the product and that it has none in place of."""
    own = [] if program_id is None else unit.session_kits.of_program(program_id)
    replaced = {one.base for one in own}
    return [*(one for one in BUILT_IN.values() if one.id not in replaced), *(one for one in own if not one.retired)]


def attached(unit: UnitOfWork, kit_id: int, program_id: int | None) -> Kit:
    """A kit that a session of a program may have. Raises :class:`NotFound`."""
    found = get(unit, kit_id)
    if found is None or (found.program_id is not None and found.program_id != program_id):
        raise NotFound("there is no such kit", field="kit")
    return found


def translated(kit: Kit, language: str) -> KitWords:
    """A kit in a reader's language. Managers' own words stay as they are."""
    if not kit.built_in:
        return kit.words
    return KitWords(**{one.name: translate(getattr(kit.words, one.name), language=language) for one in fields(KitWords)})


# ---------------------------------------------------------------------------------------------------------------------- before and after


def attach(unit: UnitOfWork, session: Session, kit_id: int | None) -> Session:
    """Give a session that is ahead another kit, or none."""
    if kit_id is not None:
        attached(unit, kit_id, session.program_id)
    changed = replace(session, kit_id=kit_id)
    unit.sessions.put(changed)
    plan(unit, changed)
    if changed.starts_at is not None:
        sessions.put_event(unit, changed)
    return changed


def plan(unit: UnitOfWork, session: Session) -> None:
    """Have preparation sent two days before a session, or at once if that is nearer, and the follow-up the day after."""
    scheduling.cancel_about(unit, f"kit:{session.id}:")
    if session.kit_id is None or session.starts_at is None or session.ends_at is None or session.starts_at <= unit.now:
        return
    about: dict[str, str | int] = {"session": session.id}
    scheduling.schedule(unit, "kit.prepare", key=f"kit:{session.id}:prepare", at=max(session.starts_at - PREPARE_BEFORE, unit.now), about=about)
    scheduling.schedule(unit, "kit.follow_up", key=f"kit:{session.id}:follow_up", at=session.ends_at + FOLLOW_UP_AFTER, about=about)


@scheduling.job("kit.prepare")
def prepare(unit: UnitOfWork, about: scheduling.About) -> None:
    """A session is near: each side is told how to get ready."""
    session = unit.sessions.get(int(about["session"]))
    kit = None if session is None or session.kit_id is None else get(unit, session.kit_id)
    if session is None or kit is None or session.state is not SessionState.CONFIRMED or session.starts_at is None:
        return
    for one in session.people:
        text = kit.words.preparation(mentor=one.mentor)
        if text:
            said: dict[str, str | int] = {
                "kit": kit.words.title,
                "who": sessions.other_of(session, one.member_id),
                "at": session.starts_at.isoformat(),
                "preparation": text,
                "path": sessions.page(session),
            }
            key = f"kit:{session.id}:{kit.id}:prepare:{one.member_id}"
            tell(unit, one.member_id, "session.prepare", key=key, about=said, until=session.starts_at)


@scheduling.job("kit.follow_up")
def follow_up(unit: UnitOfWork, about: scheduling.About) -> None:
    """A session was yesterday: each side is told what helps now, unless it did not take place."""
    session = unit.sessions.get(int(about["session"]))
    kit = None if session is None or session.kit_id is None else get(unit, session.kit_id)
    if session is None or kit is None or session.state not in {SessionState.CONFIRMED, SessionState.HELD}:
        return
    if any(one.held is False for one in session.people):
        return
    for one in session.people:
        text = kit.words.follow_up(mentor=one.mentor)
        if text:
            key = f"kit:{session.id}:{kit.id}:follow_up:{one.member_id}"
            tell(unit, one.member_id, "session.followup", key=key, about={"kit": kit.words.title, "follow_up": text, "path": sessions.page(session)})


# ---------------------------------------------------------------------------------------------------------------------- for managers


async def save(runtime: Runtime, principal: Principal, program_id: int, *, kit_id: int | None, base: int | None, said: KitWords) -> Kit:
    """Make a kit for a program, in place of one that comes with the product where ``base`` names it, or change one of its own."""
    plain = checked(said)
    if base is not None and base not in BUILT_IN:
        raise NotFound("there is no such kit", field="base")

    def work(unit: UnitOfWork) -> Kit:
        require_manager(unit, principal, program_id)
        own = unit.session_kits.of_program(program_id)
        known = next((one for one in own if one.id == kit_id), None)
        if kit_id is not None and known is None:
            raise NotFound("there is no such kit", field="kit")
        if known is None and len(own) >= MOST:
            raise Conflict("a program has at most {most} kits", code="too_many", most=MOST)
        if known is None and base is not None and any(one.base == base and not one.retired for one in own):
            raise Conflict("this program has a kit in its place: change that one", code="replaced", field="base")
        made = replace(known, words=plain) if known is not None else Kit(id=unit.new_id(), words=plain, program_id=program_id, base=base)
        unit.session_kits.put(made, at=unit.now)
        unit.record("kit.saved", actor=principal.actor, kit=str(made.id), program=str(program_id))
        return made

    return await runtime.database.write(principal.installation_id, work)


async def retire(runtime: Runtime, principal: Principal, kit_id: int, *, retired: bool) -> Kit:
    """Offer a program's kit no more, or again; sessions that have it keep it. A kit in place of one of the product's hides that one all the same."""

    def work(unit: UnitOfWork) -> Kit:
        one = managed(unit, principal, unit.session_kits.get(kit_id), NotFound("there is no such kit", field="kit"))
        done = replace(one, retired=retired)
        unit.session_kits.put(done, at=unit.now)
        unit.record("kit.retired", actor=principal.actor, kit=str(kit_id), retired=retired)
        return done

    return await runtime.database.write(principal.installation_id, work)


async def page(runtime: Runtime, principal: Principal, program_id: int | None) -> list[Kit]:
    """Kits to choose from in a program."""

    def work(unit: UnitOfWork) -> list[Kit]:
        if program_id is not None:
            visible(unit, principal, program_id)
        return offered(unit, program_id)

    return await runtime.database.read(principal.installation_id, work)


async def locale_of(runtime: Runtime, principal: Principal) -> str:
    """In whose language kits are shown: the member's, or the community's to a service."""

    def work(unit: UnitOfWork) -> str:
        member = None if principal.member_id is None else unit.members.get(principal.member_id)
        return unit.community.locale if member is None else reaching.reach_of(unit, member).locale

    return await runtime.database.read(principal.installation_id, work)


async def find(runtime: Runtime, principal: Principal, kit_id: int) -> Kit | None:
    """A kit."""
    return BUILT_IN.get(kit_id) or await runtime.database.read(principal.installation_id, lambda unit: unit.session_kits.get(kit_id))
