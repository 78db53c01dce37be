"""The agreement of a mentorship: proposed by one side, signed by both in the same version; a change needs both again, and until then the old one holds."""

from dataclasses import asdict, dataclass, replace
from datetime import date

import orjson

from plugin.domain.agreements import Agreement, AgreementState, Terms, checked, step
from plugin.domain.mentorships import Mentorship
from plugin.domain.people import Principal
from plugin.errors import Conflict, NotFound
from plugin.services.guarding.managing import may_manage
from plugin.services.messages.telling import tell, unsay
from plugin.services.pairs import goals, pairing, signs
from plugin.services.recruiting.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.store.unit_of_work import UnitOfWork

PURPOSE = "agreement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A version of an agreement with its terms; ``None`` where they were forgotten with somebody who left."""

    agreement: Agreement
    terms: Terms | None


def terms_of(unit: UnitOfWork, one: Agreement) -> Terms | None:
    """What a version says."""
    if one.words is None:
        return None
    raw = orjson.loads(unit.unseal(one.words, purpose=PURPOSE))
    starts_on, ends_on = (None if raw[name] is None else date.fromisoformat(raw[name]) for name in ("starts_on", "ends_on"))
    return Terms(**raw | {"topics": tuple(raw["topics"]), "starts_on": starts_on, "ends_on": ends_on})


def propose(unit: UnitOfWork, mentorship_id: int, *, by: int, terms: Terms) -> Agreement:
    """Propose what to agree on, signed by oneself; the others are asked to sign the same version.

    One that waits for signatures is replaced by it; one in force holds until the new one is signed by everybody. Raises :class:`Invalid`, :class:`NotFound`,
    and :class:`Conflict` for a mentorship that has ended.
    """
    one = pairing.running(unit, mentorship_id, by)
    program = None if one.program_id is None else unit.programs.get(one.program_id)
    conduct = terms.conduct or ("" if program is None else program.code_of_conduct)
    plain = checked(replace(terms, conduct=conduct), program_ends=None if program is None else program.ends_on, topics=terms.topics)
    before = unit.agreements.of_mentorship(one.id)
    for each in before:
        if each.state is AgreementState.PROPOSED:
            _close(unit, each, AgreementState.REPLACED)
    made = Agreement(
        id=unit.new_id(),
        mentorship_id=one.id,
        version=len(before) + 1,
        state=AgreementState.PROPOSED,
        cadence=plain.cadence,
        words=unit.seal(orjson.dumps(asdict(plain)), purpose=PURPOSE),
        created_at=unit.now,
    )
    unit.agreements.put(made)
    unit.agreements.sign(made.id, by, at=unit.now)
    for other in one.people:
        if other != by:
            about: dict[str, str | int] = {"who": by, "topics": ", ".join(plain.topics), "days": plain.cadence, "role": "change" if before else ""}
            about["path"] = pairing.page(one.id)
            tell(unit, other, "agreement.proposed", key=f"agreement:{made.id}:proposed:{other}", about=about)
    signs.moved(unit, one.id)
    unit.record("agreement.proposed", actor=str(by), agreement=str(made.id), version=made.version)
    return replace(made, signed={by: unit.now})


def sign(unit: UnitOfWork, agreement_id: int, *, by: int) -> Agreement:
    """Sign a version; once everybody in the mentorship has, it is in force, and how often one meets counts from then on."""
    one, mentorship = _mine(unit, agreement_id, by)
    if one.state is not AgreementState.PROPOSED:
        step(one, AgreementState.IN_FORCE)
    if by in one.signed:
        raise Conflict("you have signed this version: the others have not", code="signed", field="agreement")
    unit.agreements.sign(one.id, by, at=unit.now)
    signed = {**one.signed, by: unit.now}
    unit.record("agreement.signed", actor=str(by), agreement=str(one.id), version=one.version)
    if not set(mentorship.people) <= signed.keys():
        return replace(one, signed=signed)
    for each in unit.agreements.of_mentorship(mentorship.id):
        if each.state is AgreementState.IN_FORCE:
            _close(unit, each, AgreementState.REPLACED)
    done = replace(one, state=step(one, AgreementState.IN_FORCE), decided_at=unit.now, signed=signed)
    unit.agreements.put(done)
    unsay(unit, f"agreement:{one.id}:", why="it is signed")
    for person in mentorship.people:
        about: dict[str, str | int] = {"days": done.cadence, "path": pairing.page(mentorship.id)}
        tell(unit, person, "agreement.signed", key=f"agreement:{one.id}:signed:{person}", about=about)
    signs.moved(unit, mentorship.id)
    pairing.went_on(unit, mentorship.id)
    return done


def decline(unit: UnitOfWork, agreement_id: int, *, by: int) -> Agreement:
    """Not sign a version; whoever proposed it is told, and either side proposes another."""
    one, mentorship = _mine(unit, agreement_id, by)
    done = replace(one, state=step(one, AgreementState.DECLINED), decided_at=unit.now)
    unit.agreements.put(done)
    unsay(unit, f"agreement:{one.id}:", why="it was declined")
    for person in one.signed:
        if person != by and person in mentorship.people:
            tell(unit, person, "agreement.declined", key=f"agreement:{one.id}:declined:{person}", about={"who": by, "path": pairing.page(one.mentorship_id)})
    unit.record("agreement.declined", actor=str(by), agreement=str(one.id), version=one.version)
    return done


def _close(unit: UnitOfWork, one: Agreement, state: AgreementState) -> None:
    unit.agreements.put(replace(one, state=step(one, state), decided_at=unit.now))
    unsay(unit, f"agreement:{one.id}:", why="a later version was proposed")


def _mine(unit: UnitOfWork, agreement_id: int, member_id: int) -> tuple[Agreement, Mentorship]:
    one = unit.agreements.get(agreement_id)
    if one is None or not pairing.is_in(unit, one.mentorship_id, member_id):
        raise NotFound("there is no such agreement", field="agreement")
    return one, pairing.running(unit, one.mentorship_id, member_id)


def export_of(unit: UnitOfWork, member_id: int) -> list[dict[str, object]]:
    """What is kept sealed about a member's mentorships, opened for their export: what was agreed on, goals and actions."""
    found: list[dict[str, object]] = []
    for one in unit.mentorships.of_member(member_id):
        terms = [terms_of(unit, each) for each in unit.agreements.of_mentorship(one.id)]
        items = [goals.seen(unit, each) for each in unit.pair_items.of_mentorship(one.id)]
        found.append(
            {
                "mentorship": one.id,
                "agreements": [asdict(each) for each in terms if each is not None],
                "goals": [{"title": each.title, "note": each.note, "state": each.item.state.value} for each in items],
            }
        )
    return found


# ---------------------------------------------------------------------------------------------------------------------- for the schema


async def act(runtime: Runtime, principal: Principal, number: int, what: str, *, terms: Terms | None = None) -> Seen:
    """``propose`` terms for a mentorship, ``sign`` or ``decline`` a version."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> Seen:
        if what == "propose":
            assert terms is not None  # noqa: S101 - the caller gives them
            done = propose(unit, number, by=me, terms=terms)
        else:
            done = (sign if what == "sign" else decline)(unit, number, by=me)
        return Seen(agreement=done, terms=terms_of(unit, done))

    return await runtime.database.write(principal.installation_id, work)


async def of_mentorship(runtime: Runtime, principal: Principal, mentorship_id: int) -> list[Seen]:
    """All versions of a mentorship for who is in it, and without their terms for who manages the program; nothing for anybody else."""

    def work(unit: UnitOfWork) -> list[Seen]:
        one = unit.mentorships.get(mentorship_id)
        if one is None:
            return []
        mine = principal.member_id is not None and principal.member_id in one.people
        if not mine and not may_manage(unit, principal, one.program_id):
            return []
        return [Seen(agreement=each, terms=terms_of(unit, each) if mine else None) for each in unit.agreements.of_mentorship(mentorship_id)]

    return await runtime.database.read(principal.installation_id, work)
