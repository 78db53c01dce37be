"""A word of thanks: told to whom it is for, and in public only by managers and only where they agreed to be named."""

from mentorgraph.host import Mention, Paragraph, Quote, Reply
from plugin.domain.members import Consent
from plugin.domain.people import Principal
from plugin.domain.rewards import MAX_THANKS, THANKED_AGAIN, Thanks
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services.guarding.managing import may_manage, require_manager
from plugin.services.messages import outgoing
from plugin.services.messages.telling import tell
from plugin.services.recruiting import announcing
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import language_of, translate
from plugin.texts.rewards import PUBLIC_THANKS

PURPOSE = "thanks"


async def thank(runtime: Runtime, principal: Principal, program_id: int, member_id: int, *, words: str, public: bool) -> Thanks:
    """Thank somebody who takes part in a program.

    A manager may do so in public: as a reply to the program's announcement, if the member agreed to be named (``optInToThanks``), else only they are told.
    Others thank in private whom they are or were in a mentorship with. Raises :class:`Invalid`, :class:`Forbidden`, and :class:`Conflict` for thanks that come
    too often.
    """
    plain = words.strip()
    if not 3 <= len(plain) <= MAX_THANKS:
        raise Invalid("thanks have 3 to {most} characters", field="words", most=MAX_THANKS)

    def work(unit: UnitOfWork) -> Thanks:
        program = unit.programs.get(program_id)
        manager = may_manage(unit, principal, program_id)
        if program is None or unit.members.get(member_id) is None or member_id not in unit.enrolments.ever(program_id):
            raise NotFound("there is no such member in the program", field="member")
        _check(unit, principal, program_id, member_id, manager=manager, public=public)
        decided = unit.consents.of(member_id).get(Consent.THANKS)
        shown = public and decided is not None and decided.given and _post(unit, program_id, member_id, plain)
        made = Thanks(
            id=unit.new_id(),
            program_id=program_id,
            from_id=principal.member_id,
            to_id=member_id,
            words=unit.seal(plain.encode(), purpose=PURPOSE),
            public=shown,
            at=unit.now,
        )
        unit.certificates.thank(made)
        about: dict[str, str | int] = {"program": program.name, "words": plain, "by": principal.member_id or 0, "role": "manager" if manager else "partner"}
        tell(unit, member_id, "thanks.received", key=f"thanks:{made.id}", about=about)
        unit.record("thanks.given", actor=principal.actor, thanks=str(made.id), public=shown)
        return made

    return await runtime.database.write(principal.installation_id, work)


def _check(unit: UnitOfWork, principal: Principal, program_id: int, member_id: int, *, manager: bool, public: bool) -> None:
    if principal.member_id == member_id:
        raise Invalid("thank somebody else", field="member")
    if public and not manager:
        raise Forbidden("only managers thank in public")
    mine = unit.mentorships.of_member(principal.member_id) if principal.member_id is not None else []
    partners = {person for one in mine if one.program_id == program_id for person in one.people}
    if not manager and member_id not in partners:
        raise NotFound("there is no such member in a mentorship with you", field="member")
    if principal.member_id is not None and unit.blocks.between(principal.member_id, member_id):
        raise NotFound("there is no such member in a mentorship with you", field="member")
    lately = [one for one in unit.certificates.thanks_of(member_id) if one.at > unit.now - THANKED_AGAIN and one.program_id == program_id]
    if any(one.from_id == principal.member_id for one in lately):
        raise Conflict("you thanked them within the last {days} days", code="thanked_already", field="member", days=THANKED_AGAIN.days)


def _post(unit: UnitOfWork, program_id: int, member_id: int, words: str) -> bool:
    """Say it in the program's topic; ``False`` for a program that has none."""
    announcement, member = unit.announcements.get(program_id), unit.members.get(member_id)
    topic_id = announcing.topic_of(unit, announcement) if announcement is not None else ""
    if not topic_id or member is None:
        return False
    before, _, after = translate(PUBLIC_THANKS, language=language_of(unit.community.locale)).partition("{name}")
    message = Reply(topic_id=topic_id, body=(Paragraph((before, Mention(member.username), after)), Quote(words)))
    return outgoing.post(message, kind="thanks", key=f"thanks:{program_id}:{member_id}:{unit.now.date()}", member_id=member_id, unit=unit)


async def page(runtime: Runtime, principal: Principal, program_id: int, *, after: int | None, limit: int) -> list[tuple[Thanks, str]]:
    """What was said in public in a program, and what the reader said, the newest first; for its managers. What partners say to each other is theirs."""

    def work(unit: UnitOfWork) -> list[tuple[Thanks, str]]:
        require_manager(unit, principal, program_id)
        found = unit.certificates.thanks_in(program_id, by=principal.member_id, after=after, limit=limit)
        return [(one, unit.unseal(one.words, purpose=PURPOSE).decode()) for one in found]

    return await runtime.database.read(principal.installation_id, work)


async def mine(runtime: Runtime, principal: Principal) -> list[tuple[Thanks, str]]:
    """What the member was thanked for, with the words."""
    member_id = principal.member_id
    if member_id is None:
        return []

    def work(unit: UnitOfWork) -> list[tuple[Thanks, str]]:
        return [(one, unit.unseal(one.words, purpose=PURPOSE).decode()) for one in unit.certificates.thanks_of(member_id)]

    return await runtime.database.read(principal.installation_id, work)
