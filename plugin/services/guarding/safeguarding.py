"""Whom nobody brings together: who is kept apart by a wish of theirs, and who is under age from whom was not screened."""

from collections.abc import Collection, Iterable

from plugin.domain.programs import Role
from plugin.domain.screening import ADULT, Minor, Safeguards, check_guardian
from plugin.errors import Conflict, Invalid
from plugin.services import scheduling
from plugin.store.unit_of_work import UnitOfWork

PURPOSE = "guardian"
JOB = "safeguards.look"


def safeguards(unit: UnitOfWork) -> Safeguards:
    """Who is under age and who was screened, now."""
    return unit.screenings.safeguards(unit.now)


def between(unit: UnitOfWork, one: int, other: int) -> bool:
    """Whether two are kept apart, for whichever reason."""
    return unit.blocks.between(one, other) or safeguards(unit).apart(one, other)


def apart_from(unit: UnitOfWork, member_id: int) -> set[int]:
    """Everybody who is kept apart from a member."""
    found, known = unit.blocks.apart_from(member_id), safeguards(unit)
    if not known.minors:
        return found
    others = unit.members.ids() if member_id in known.minors else known.minors
    return found | {one for one in others if known.apart(member_id, one)}


def pairs(unit: UnitOfWork, people: Collection[int]) -> set[frozenset[int]]:
    """All pairs that are kept apart; of those because of an age the ones among ``people``."""
    found, known = unit.blocks.pairs(), safeguards(unit)
    here = set(people)
    return found | {frozenset({minor, one}) for minor in known.minors & here for one in here if known.apart(minor, one)}


def check_together(unit: UnitOfWork, people: Iterable[int]) -> None:
    """Raise :class:`Conflict` if one of these is under age, and somebody else's screening or the guardian's consent is missing or has run out."""
    known, here = safeguards(unit), sorted(set(people))
    if any(known.apart(one, other) for one in known.minors.intersection(here) for other in here):
        raise Conflict(
            "somebody of them is under age: their guardian's consent and a screening of everybody else that has not run out have to be on record",
            code="unscreened",
        )


def is_minor(unit: UnitOfWork, member_id: int) -> bool:
    """Whether a member said that they are under age, and may be so still."""
    return minor(unit, member_id) is not None


def minor(unit: UnitOfWork, member_id: int) -> Minor | None:
    """What a member said of their age, as long as they may be under age."""
    one = unit.screenings.minor(member_id)
    return one if one is not None and one.under_age(unit.now) else None


def guardian_of(unit: UnitOfWork, member_id: int) -> str:
    """What a member said of their parent or guardian; empty for who said nothing."""
    one = unit.screenings.minor(member_id)
    return "" if one is None else unit.unseal(one.guardian, purpose=PURPOSE).decode()


def check_consent(unit: UnitOfWork, member_id: int) -> None:
    """Raise :class:`Conflict` for who is under age and whose guardian has not agreed."""
    one = minor(unit, member_id)
    if one is not None and one.consented_at is None:
        raise Conflict("this member is under age: an admin writes down first that the guardian agreed", code="no_guardian", field="enrolment")


def of_age(unit: UnitOfWork, member_id: int, *, role: Role, adult: bool, age: int | None, guardian: str) -> bool:
    """Whether who would take part is an adult; that they are not is written down, once. Who said so does not become an adult by saying otherwise.

    Raises :class:`Invalid` for who is too young for this community or leaves out what is asked of them, and :class:`Conflict` for who would mentor.
    """
    young = is_minor(unit, member_id)
    # An age that was given counts more than a box that was ticked.
    if not young and (adult if age is None else age >= ADULT):
        return True
    if not young:
        _declare(unit, member_id, age=age, guardian=guardian)
    if role is Role.MENTOR:
        raise Conflict("who is under age takes part as a mentee", code="under_age", field="role")
    return False


def admits_minors(unit: UnitOfWork) -> bool:
    """Whether members under age may take part in this community."""
    return unit.policy.minimum_age < ADULT


def grown_by_reply(unit: UnitOfWork, member_id: int) -> bool:
    """Whether a reply to an announcement counts as the word that one is of age.

    Where all are of age, the announcement says that it does. Elsewhere nobody has to say in public how old they are: what they said before counts, or nothing.
    """
    return not admits_minors(unit) or any(one.adult for one in unit.enrolments.of_member(member_id))


def _declare(unit: UnitOfWork, member_id: int, *, age: int | None, guardian: str) -> None:
    least = unit.policy.minimum_age
    if least >= ADULT:
        raise Invalid("say that you are of age: programs are for adults", field="adult")
    if age is None:
        raise Invalid("say that you are of age, or how old you are: programs are for people of {least} or older", code="age_unsaid", field="age", least=least)
    if age < least:
        raise Invalid("programs here are for people of {least} or older", code="too_young", field="age", least=least)
    sealed = unit.seal(check_guardian(guardian).encode(), purpose=PURPOSE)
    unit.screenings.declare(Minor(member_id=member_id, age=age, stated_at=unit.now, guardian=sealed))
    unit.change("member", member_id)
    # They may have been suggested to, or be together with, somebody who was not screened.
    scheduling.schedule(unit, JOB, key=f"safeguards:{member_id}:declared", at=unit.now, about={"member": member_id})
    unit.record("minor.declared", actor=str(member_id))
