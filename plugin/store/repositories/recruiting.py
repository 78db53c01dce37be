"""Announcements, invitations in waves, and referrals."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, func

from plugin.domain.programs import Role
from plugin.domain.recruiting import (
    Announcement,
    AnnouncementState,
    Evidence,
    Invitation,
    InvitationState,
    Referral,
    ReferralLink,
    Wave,
    WaveEnd,
    WaveState,
)
from plugin.store.repositories.base import Repository
from plugin.store.tables import announcements, program_invitations, referral_links, referrals, replies_read, waves


class Announcements(Repository):
    """Programs' topics in the host, and the replies to them that were answered."""

    def put(self, one: Announcement) -> None:
        """Insert or replace a program's announcement."""
        names = ("program_id", "space_id", "version", "said", "intro", "address", "topic_id", "url", "created_at", "changed_at")
        values: dict[str, object] = {name: getattr(one, name) for name in names}
        self._put(announcements, [values | {"state": one.state.value}])

    def get(self, program_id: int) -> Announcement | None:
        """The announcement of a program."""
        row = self._one(self._select(announcements).where(announcements.c.program_id == program_id))
        return None if row is None else _announcement(row)

    def all(self) -> list[Announcement]:
        """All announcements of the community."""
        return [_announcement(row) for row in self._rows(self._select(announcements).order_by(announcements.c.program_id))]

    def read(self, post_id: str, *, program_id: int, member_id: int, wish: str, at: datetime) -> None:
        """Remember that a reply was answered, or that it is now."""
        self._put(replies_read, [{"post_id": post_id, "program_id": program_id, "member_id": member_id, "wish": wish, "at": at}])

    def was_read(self, post_id: str) -> str | None:
        """What a reply that was answered had asked for."""
        row = self._one(self._select(replies_read, replies_read.c.wish).where(replies_read.c.post_id == post_id))
        return None if row is None else str(row[0])


def _announcement(row: Row[*tuple[Any, ...]]) -> Announcement:
    return Announcement(
        program_id=row.program_id,
        space_id=row.space_id,
        state=AnnouncementState(row.state),
        version=row.version,
        said=bytes(row.said),
        intro=row.intro,
        address=row.address,
        created_at=row.created_at,
        changed_at=row.changed_at,
        topic_id=row.topic_id,
        url=row.url,
    )


class Waves(Repository):
    """Waves of invitations."""

    def put(self, one: Wave) -> None:
        """Insert or replace a wave."""
        values: dict[str, object] = {name: getattr(one, name) for name in ("program_id", "number", "until", "due_at", "created_at", "sent_at")}
        ended = one.ended.value if one.ended else ""
        self._put(waves, [values | {"wave_id": one.id, "role": one.role.value, "state": one.state.value, "ended": ended}])

    def get(self, wave_id: int) -> Wave | None:
        """The wave with this id."""
        row = self._one(self._select(waves).where(waves.c.wave_id == wave_id))
        return None if row is None else _wave(row)

    def of_program(self, program_id: int) -> list[Wave]:
        """A program's waves, in their order."""
        return [_wave(row) for row in self._rows(self._select(waves).where(waves.c.program_id == program_id).order_by(waves.c.number))]


def _wave(row: Row[*tuple[Any, ...]]) -> Wave:
    return Wave(
        id=row.wave_id,
        program_id=row.program_id,
        number=row.number,
        role=Role(row.role),
        state=WaveState(row.state),
        due_at=row.due_at,
        created_at=row.created_at,
        until=row.until,
        sent_at=row.sent_at,
        ended=WaveEnd(row.ended) if row.ended else None,
    )


class Invitations(Repository):
    """Who was asked to take part. Of one program, a member has one invitation for ever."""

    def put(self, one: Invitation) -> None:
        """Insert or replace an invitation."""
        names = ("program_id", "member_id", "wave_id", "score", "words", "created_at", "invited_at", "seen_at", "answered_at", "expires_at")
        values: dict[str, object] = {name: getattr(one, name) for name in names}
        values |= {"invitation_id": one.id, "role": one.role.value, "state": one.state.value, "post_ids": list(one.post_ids)}
        values["evidence"] = [[each.criterion, each.count, each.contribution] for each in one.evidence]
        self._put(program_invitations, [values])

    def get(self, invitation_id: int) -> Invitation | None:
        """The invitation with this id."""
        row = self._one(self._select(program_invitations).where(program_invitations.c.invitation_id == invitation_id))
        return None if row is None else _invitation(row)

    def find(self, program_id: int, member_id: int) -> Invitation | None:
        """A member's invitation to a program."""
        columns = program_invitations.c
        row = self._one(self._select(program_invitations).where(columns.program_id == program_id, columns.member_id == member_id))
        return None if row is None else _invitation(row)

    def of_wave(self, wave_id: int) -> list[Invitation]:
        """The invitations of a wave, the best first."""
        columns = program_invitations.c
        found = self._rows(self._select(program_invitations).where(columns.wave_id == wave_id).order_by(columns.score.desc(), columns.invitation_id))
        return [_invitation(row) for row in found]

    def of_member(self, member_id: int, *, states: Collection[InvitationState]) -> list[Invitation]:
        """A member's invitations in these states, the newest first."""
        columns = program_invitations.c
        statement = self._select(program_invitations).where(columns.member_id == member_id, columns.state.in_(sorted(one.value for one in states)))
        return [_invitation(row) for row in self._rows(statement.order_by(columns.invitation_id.desc()))]

    def page(self, program_id: int, *, after: int | None, limit: int, state: InvitationState | None = None) -> list[Invitation]:
        """Invitations to a program, the oldest first."""
        columns = program_invitations.c
        statement = self._select(program_invitations).where(columns.program_id == program_id)
        if after is not None:
            statement = statement.where(columns.invitation_id > after)
        if state is not None:
            statement = statement.where(columns.state == state.value)
        return [_invitation(row) for row in self._rows(statement.order_by(columns.invitation_id).limit(limit))]

    def asked(self, program_id: int) -> dict[int, InvitationState]:
        """The state of each member's invitation to a program."""
        columns = program_invitations.c
        statement = self._select(program_invitations, columns.member_id, columns.state).where(columns.program_id == program_id)
        return {row[0]: InvitationState(row[1]) for row in self._rows(statement)}

    def counts(self, program_id: int) -> dict[tuple[int | None, InvitationState], int]:
        """How many invitations are in each state, by wave."""
        columns = program_invitations.c
        statement = self._select(program_invitations, columns.wave_id, columns.state, func.count()).where(columns.program_id == program_id)
        return {(row[0], InvitationState(row[1])): int(row[2]) for row in self._rows(statement.group_by(columns.wave_id, columns.state))}


def _invitation(row: Row[*tuple[Any, ...]]) -> Invitation:
    return Invitation(
        id=row.invitation_id,
        program_id=row.program_id,
        member_id=row.member_id,
        role=Role(row.role),
        state=InvitationState(row.state),
        created_at=row.created_at,
        wave_id=row.wave_id,
        score=row.score,
        evidence=tuple(Evidence(criterion=one[0], count=int(one[1]), contribution=float(one[2])) for one in row.evidence),
        post_ids=tuple(row.post_ids),
        words=bytes(row.words),
        invited_at=row.invited_at,
        seen_at=row.seen_at,
        answered_at=row.answered_at,
        expires_at=row.expires_at,
    )


class Referrals(Repository):
    """Links by which members refer others, and who came by them."""

    def put_link(self, one: ReferralLink) -> None:
        """Insert or replace a link."""
        names = ("program_id", "referrer_id", "digest", "secret", "named", "created_at", "expires_at", "revoked_at")
        values: dict[str, object] = {name: getattr(one, name) for name in names}
        self._put(referral_links, [values | {"link_id": one.id, "role": one.role.value if one.role else ""}])

    def link(self, link_id: int) -> ReferralLink | None:
        """The link with this id."""
        row = self._one(self._select(referral_links).where(referral_links.c.link_id == link_id))
        return None if row is None else _link(row)

    def by_digest(self, digest: bytes) -> ReferralLink | None:
        """The link whose secret has this hash."""
        row = self._one(self._select(referral_links).where(referral_links.c.digest == digest))
        return None if row is None else _link(row)

    def links_of(self, member_id: int) -> list[ReferralLink]:
        """A member's links, the newest first."""
        columns = referral_links.c
        return [_link(row) for row in self._rows(self._select(referral_links).where(columns.referrer_id == member_id).order_by(columns.link_id.desc()))]

    def add(self, one: Referral) -> bool:
        """Remember who referred somebody; ``False`` if somebody else did before."""
        values = {name: getattr(one, name) for name in ("program_id", "member_id", "referrer_id", "link_id", "at")}
        return self._add(referrals, values, unique=("program_id", "member_id"))

    def of_program(self, program_id: int) -> list[Referral]:
        """Who came to a program by whom, the earliest first."""
        statement = self._select(referrals).where(referrals.c.program_id == program_id).order_by(referrals.c.at, referrals.c.member_id)
        return [_referral(row) for row in self._rows(statement)]

    def counts(self, link_ids: Iterable[int]) -> dict[int, int]:
        """How many came by each of these links."""
        columns = referrals.c
        statement = self._select(referrals, columns.link_id, func.count()).where(columns.link_id.in_(sorted(link_ids)))
        return {row[0]: int(row[1]) for row in self._rows(statement.group_by(columns.link_id))}


def _link(row: Row[*tuple[Any, ...]]) -> ReferralLink:
    return ReferralLink(
        id=row.link_id,
        program_id=row.program_id,
        referrer_id=row.referrer_id,
        digest=bytes(row.digest),
        secret=bytes(row.secret),
        role=Role(row.role) if row.role else None,
        named=row.named,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )


def _referral(row: Row[*tuple[Any, ...]]) -> Referral:
    return Referral(program_id=row.program_id, member_id=row.member_id, referrer_id=row.referrer_id, link_id=row.link_id, at=row.at)
