"""One transaction of one community."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import orjson
from sqlalchemy import Connection, Row, bindparam, delete, insert, select, text, update

from mentorgraph.host import Installation
from plugin.clock import Clock
from plugin.domain.community import Community, InstallationState, Policy
from plugin.domain.webhooks import FeedEvent, data_of
from plugin.errors import NotFound
from plugin.store.crypto import Vault
from plugin.store.engines import away
from plugin.store.epochs import MARKING, is_loud
from plugin.store.ids import Ids, new_installation_id
from plugin.store.inbox import Inbox
from plugin.store.repositories.access import Audit, Entry, OperatorKeys, SignIns, Staff, Tokens
from plugin.store.repositories.applications import Applications
from plugin.store.repositories.base import repository
from plugin.store.repositories.calendars import Calendars
from plugin.store.repositories.content import Posts, Spaces, Tags, Topics
from plugin.store.repositories.forms import Bank, Forms, Submissions, Surveys
from plugin.store.repositories.jobs import Jobs
from plugin.store.repositories.knowing import Learned, Measures, Skills
from plugin.store.repositories.lessons import Lessons
from plugin.store.repositories.mails import Addresses, Mails
from plugin.store.repositories.members import Badges, Consents, Groups, Members
from plugin.store.repositories.mentorships import Blocks, Mentorships
from plugin.store.repositories.needs import Needs, Suggestions
from plugin.store.repositories.our_groups import OurGroups
from plugin.store.repositories.pairing import Agreements, PairItems, SessionKits
from plugin.store.repositories.privacy import Personal
from plugin.store.repositories.program_events import ProgramEvents
from plugin.store.repositories.programs import Enrolments, Managers, Programs
from plugin.store.repositories.quota import HostCalls
from plugin.store.repositories.recruiting import Announcements, Invitations, Referrals, Waves
from plugin.store.repositories.reports import Reports
from plugin.store.repositories.requests import Requests
from plugin.store.repositories.rewards import Certificates, Ledger, Rewards
from plugin.store.repositories.rounds import Rounds
from plugin.store.repositories.screening import Screenings
from plugin.store.repositories.sessions import Sessions
from plugin.store.repositories.stories import Stories
from plugin.store.repositories.strikes import Strikes
from plugin.store.repositories.telling import Notices, Wishes
from plugin.store.repositories.traces import Gone, Likes, Words
from plugin.store.repositories.webhooks import Feed, Webhooks
from plugin.store.repositories.work import Changes, Checks, Lane, Lanes, Outbox, Sweeps
from plugin.store.tables import installations, metadata

_INSTALLATION = select(installations).where(installations.c.installation_id == bindparam("installation"))
_QUEUED = select(installations.c.revision).where(installations.c.installation_id == bindparam("installation")).with_for_update()


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The installation's own keys, made when it was connected and never changed."""

    terms: bytes = field(repr=False)
    tombstones: bytes = field(repr=False)
    audit: bytes = field(repr=False)


class UnitOfWork:
    """Repositories of one installation over one transaction, and what the transaction sets off when it commits."""

    members = repository(Members)
    """Members."""
    groups = repository(Groups)
    """Groups of the host."""
    badges = repository(Badges)
    """Badges of members."""
    consents = repository(Consents)
    """What members agreed to."""
    spaces = repository(Spaces)
    """Spaces of the host."""
    tags = repository(Tags)
    """Tags of the host."""
    topics = repository(Topics)
    """Topics."""
    posts = repository(Posts)
    """Posts."""
    gone = repository(Gone)
    """What the host said is gone."""
    likes = repository(Likes)
    """Likes."""
    words = repository(Words)
    """Terms that may be shown as words."""
    needs = repository(Needs)
    """Needs."""
    suggestions = repository(Suggestions)
    """Suggestions."""
    skills = repository(Skills)
    """Decisions about skills and their names."""
    learned = repository(Learned)
    """What history taught."""
    measures = repository(Measures)
    """How the community was doing."""
    programs = repository(Programs)
    """Programs."""
    managers = repository(Managers)
    """Who manages which program."""
    enrolments = repository(Enrolments)
    """Who takes part in programs."""
    mentorships = repository(Mentorships)
    """Who mentors whom."""
    requests = repository(Requests)
    """Who asks whom."""
    announcements = repository(Announcements)
    """Programs' topics in the host."""
    waves = repository(Waves)
    """Invitations that go out together."""
    invitations = repository(Invitations)
    """Who was asked to take part."""
    referrals = repository(Referrals)
    """Who came by whom."""
    agreements = repository(Agreements)
    """What mentorships agreed on."""
    pair_items = repository(PairItems)
    """Goals and actions of mentorships."""
    session_kits = repository(SessionKits)
    """Kits of sessions that managers made."""
    sessions = repository(Sessions)
    """Sessions of mentorships."""
    strikes = repository(Strikes)
    """Who lets others wait, and who was let down."""
    rewards = repository(Rewards)
    """What programs give back, by rules."""
    certificates = repository(Certificates)
    """What members did, for them to show; and words of thanks."""
    ledger = repository(Ledger)
    """Stipends and gifts."""
    reports = repository(Reports)
    """Reports to those who look after safety."""
    program_events = repository(ProgramEvents)
    """Events of programs."""
    blocks = repository(Blocks)
    """Members who must not be brought together."""
    screenings = repository(Screenings)
    """Who is under age, and who was screened."""
    forms = repository(Forms)
    """Forms."""
    bank = repository(Bank)
    """Questions that any form may take."""
    submissions = repository(Submissions)
    """Answers."""
    surveys = repository(Surveys)
    """What was asked of whom."""
    rounds = repository(Rounds)
    """Matching rounds."""
    our_groups = repository(OurGroups)
    """Groups that we form."""
    lessons = repository(Lessons)
    """What answers have taught."""
    jobs = repository(Jobs)
    """Work for later."""
    notices = repository(Notices)
    """What members were told."""
    addresses = repository(Addresses)
    """Addresses of members."""
    mails = repository(Mails)
    """Mails to members."""
    calendars = repository(Calendars)
    """Events in calendars of members."""
    stories = repository(Stories)
    """What pairs would tell the community."""
    wishes = repository(Wishes)
    """How members want to be told."""
    feed = repository(Feed)
    """What happened, for developers to hear of."""
    webhooks = repository(Webhooks)
    """Endpoints of developers."""
    tokens = repository(Tokens)
    """Bearer tokens."""
    applications = repository(Applications)
    """Applications of developers."""
    staff = repository(Staff)
    """Who holds which office."""
    operator_keys = repository(OperatorKeys)
    """Set-up links and sessions of whoever runs the service; of installation 0 only."""
    sign_ins = repository(SignIns)
    """Sign-ins under way."""
    personal = repository(Personal)
    """Everything about one member at once."""
    inbox = repository(Inbox)
    """Deliveries."""
    outbox = repository(Outbox)
    """Messages to the host."""
    checks = repository(Checks)
    """Doubts to settle with the host."""
    sweeps = repository(Sweeps)
    """Listings of the host."""
    host_calls = repository(HostCalls)
    """How often a host with a monthly quota was called."""
    lanes = repository(Lanes)
    """When work is due."""
    changes = repository(Changes)
    """What the graph has not seen yet."""

    def __init__(self, connection: Connection, installation_id: int, *, clock: Clock, vault: Vault, ids: Ids) -> None:
        self._connection = connection
        self._ids = ids
        self.installation_id = installation_id
        self.now: datetime = clock()
        self.vault = vault
        self.trace_id = ""
        """Of the delivery that is being handled, or whose effects go on here."""
        self.changed: dict[tuple[str, str], None] = {}
        self.woken: dict[Lane, datetime] = {}
        self.memory: dict[str, Any] = {}
        """What handlers read once for the whole unit; gone when a part is undone."""

    # ------------------------------------------------------------------------------------------------------------- the installation

    @cached_property
    def _row(self) -> Row[*tuple[Any, ...]]:
        row = self._connection.execute(_INSTALLATION, {"installation": self.installation_id}).one_or_none()
        if row is None:
            raise NotFound("there is no installation {installation_id}: `mentorgraph doctor` lists those there are", installation_id=self.installation_id)
        return row

    @cached_property
    def community(self) -> Community:
        """The installation without its secrets."""
        return _community(self._row)

    @cached_property
    def policy(self) -> Policy:
        """What the admin chose."""
        return self.community.policy

    @property
    def pinged(self) -> bool:
        """Whether the host ever reached us."""
        return self._row.pinged_at is not None

    @property
    def revision(self) -> int:
        """The revision of the graph as of this transaction."""
        return int(self._row.revision)

    @property
    def epoch(self) -> int:
        """The epoch as of this transaction; see :mod:`plugin.store.epochs`."""
        return int(self._row.epoch)

    @cached_property
    def keys(self) -> Keys:
        """The installation's own keys."""
        plain = orjson.loads(self.vault.unseal(bytes(self._row.keys), installation_id=self.installation_id, purpose="keys"))
        return Keys(terms=bytes.fromhex(plain["terms"]), tombstones=bytes.fromhex(plain["tombstones"]), audit=bytes.fromhex(plain["audit"]))

    def installation(self, *, public_url: str) -> Installation:
        """The installation with its secrets, for its host."""
        row, secrets = self._row, self.secrets()
        return Installation(
            id=self.installation_id,
            host=row.host,
            base_url=row.base_url,
            hook_url=f"{public_url}/hooks/{self.installation_id}/",
            callback_url=f"{public_url}/auth/{self.installation_id}/callback",
            api_key=secrets.get("api_key", ""),
            api_username=secrets.get("api_username", "system"),
            hook_secrets=tuple(secrets.get("hook_secrets", ())),
            sign_in_secrets=tuple(secrets.get("sign_in_secrets", ())),
            provider_secret=secrets.get("provider_secret", ""),
            settings=row.host_settings,
        )

    def secrets(self) -> dict[str, Any]:
        """The installation's secrets, open."""
        found: dict[str, Any] = orjson.loads(self.vault.unseal(bytes(self._row.secrets), installation_id=self.installation_id, purpose="secrets"))
        return found

    def update_installation(self, **values: object) -> None:
        """Change columns of the installation's row; ``secrets`` are given open and sealed here."""
        if "secrets" in values:
            values["secrets"] = self.vault.seal(orjson.dumps(values["secrets"]), installation_id=self.installation_id, purpose="secrets")
        self._connection.execute(update(installations).where(installations.c.installation_id == self.installation_id).values(**values))
        self.__dict__.pop("_row", None)
        self.__dict__.pop("community", None)
        self.__dict__.pop("policy", None)

    # ------------------------------------------------------------------------------------------------------------- small services

    def new_id(self) -> int:
        """A new id of ours."""
        return self._ids.new(self.now)

    def seal(self, value: bytes, *, purpose: str) -> bytes:
        """Seal for this installation."""
        return self.vault.seal(value, installation_id=self.installation_id, purpose=purpose, now=self.now)

    def unseal(self, token: bytes, *, purpose: str, max_age: float | None = None) -> bytes:
        """Open what was sealed for this installation."""
        return self.vault.unseal(token, installation_id=self.installation_id, purpose=purpose, max_age=max_age, now=self.now)

    def record(self, action: str, *, actor: str, **detail: object) -> None:
        """Append to the audit log. ``actor`` and ``detail["member"]`` may be ids of members: the log names them by numbers drawn by lot."""
        # One writer at a time, or two would follow the same entry; the installation's row is what they queue for.
        self._connection.execute(_QUEUED, {"installation": self.installation_id})
        log = Audit(self._connection, self.installation_id)
        told = data_of(action, detail, installation_id=self.installation_id) if self.installation_id else None
        if "member" in detail:
            detail["member"] = log.named(int(str(detail["member"])))
        number = log.add(action, actor=self.named(actor), at=self.now, detail=detail, key=self.keys.audit)
        if told is not None:
            self._tell_outside(FeedEvent(number=number, type=action, data=told, at=self.now))

    def _tell_outside(self, event: FeedEvent) -> None:
        """Keep an event for developers, and have it posted to whom it concerns, in the transaction of the decision behind it."""
        self.feed.put(event)
        wanting = [one for one in self.webhooks.listing() if one.wants(event.type)]
        for one in wanting:
            self.webhooks.post(one.id, event, now=self.now)
        if wanting:
            self.wake("webhooks")

    def named(self, actor: str) -> str:
        """How the audit log names somebody who acts."""
        return Audit(self._connection, self.installation_id).named(int(actor)) if actor.isdigit() else actor

    def behind(self, names: Iterable[str]) -> dict[str, int]:
        """The members whom the audit log names so."""
        return Audit(self._connection, self.installation_id).behind(names)

    def recorded_about(self, member_id: int, *, action: str, limit: int, after: datetime | None = None) -> list[Entry]:
        """The newest entries of the audit log of one action that concern a member."""
        return Audit(self._connection, self.installation_id).about(member_id, action=action, limit=limit, after=after)

    def recorded(self, *, before: int | None, limit: int) -> list[Entry]:
        """The newest entries of the audit log, those before the number ``before``."""
        return Audit(self._connection, self.installation_id).page(before=before, limit=limit)

    def audit_broken_at(self) -> int | None:
        """The first entry of the audit log that does not follow from the one before."""
        return Audit(self._connection, self.installation_id).verify(key=self.keys.audit)

    def change(self, kind: str, subject: str | int) -> None:
        """Tell every process's graph that a subject changed."""
        self.changed[kind, str(subject)] = None

    def wake(self, lane: Lane, *, at: datetime | None = None) -> None:
        """Make a lane of work due."""
        moment = at or self.now
        self.woken[lane] = min(moment, self.woken.get(lane, moment))

    def savepoint(self) -> "Savepoint":
        """A part of the transaction that can be undone alone."""
        self.flush_rows()
        return Savepoint(self)

    def forget(self) -> None:
        """Let repositories read afresh, because rows changed behind their backs."""
        for name in ("members", "topics", "posts", "words", "_row", "community", "policy"):
            self.__dict__.pop(name, None)
        self.memory.clear()

    def flush_rows(self) -> None:
        """Write rows that repositories gathered, those first that others refer to."""
        self.members.flush()
        self.topics.flush()
        self.posts.flush()
        self.words.flush()

    def flush(self) -> None:
        """Write everything that is still gathered; called once before the commit."""
        self.flush_rows()
        loud = is_loud(self._connection)
        # What belongs to the service itself (number 0) has no community whose answers it could outdate.
        if self.installation_id and (self.changed or loud):
            given = {"installation": self.installation_id, "changed": int(bool(self.changed)), "loud": int(loud)}
            revision = self._connection.execute(MARKING, given).scalar_one()
            if self.changed:
                self.changes.add(revision, list(self.changed), at=self.now)
        # In one order everywhere, so that two units never wait for each other's lanes.
        for lane, at in sorted(self.woken.items()):
            self.lanes.wake(lane, at=at)


class Savepoint:
    """Undoes what happened inside it when it is left by an exception, the repositories' memory included.

    Raises :class:`~plugin.errors.Unavailable` instead if it was the database that failed.
    """

    def __init__(self, unit: UnitOfWork) -> None:
        self._unit = unit
        self._nested = unit._connection.begin_nested()  # noqa: SLF001 - the two are one thing
        self._changed = dict(unit.changed)
        self._woken = dict(unit.woken)

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        if error is None:
            try:
                self._unit.flush_rows()
                self._nested.commit()
            except BaseException as failure:
                self._undo(failure)
                raise
        else:
            self._undo(error)

    def _undo(self, error: BaseException) -> None:
        if found := away(error):
            # There is nothing left to undo it in, and nothing wrong with what was asked.
            raise found from error
        self._nested.rollback()
        self._unit.changed = self._changed
        self._unit.woken = self._woken
        self._unit.forget()


def _community(row: Row[*tuple[Any, ...]]) -> Community:
    policy: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in row.policy.items()}
    return Community(
        id=row.installation_id,
        host=row.host,
        base_url=row.base_url,
        name=row.name,
        state=InstallationState(row.state),
        locale=row.locale,
        created_at=row.created_at,
        policy=Policy(**policy),
        limits=tuple(row.limits),
        remote=row.remote,
        profile_fields=row.profile_fields,
        accent=row.accent,
    )


class Installations:
    """Creates and removes installations."""

    def __init__(self, connection: Connection, *, clock: Clock, vault: Vault) -> None:
        self._connection = connection
        self._now = clock()
        self._vault = vault

    def create(self, *, host: str, base_url: str, secrets: Mapping[str, object], keys: Mapping[str, str], name: str) -> int:
        """Make an installation that is not served yet; returns its id."""
        installation_id = new_installation_id()
        self._connection.execute(
            insert(installations).values(
                installation_id=installation_id,
                host=host,
                base_url=base_url,
                name=name,
                state=InstallationState.CONNECTING.value,
                created_at=self._now,
                policy={},
                host_settings={},
                limits=[],
                remote={},
                profile_fields={},
                secrets=self._vault.seal(orjson.dumps(secrets), installation_id=installation_id, purpose="secrets"),
                keys=self._vault.seal(orjson.dumps(keys), installation_id=installation_id, purpose="keys"),
            )
        )
        return installation_id

    def remove(self, installation_id: int, *, keep: Sequence[str] = ()) -> None:
        """Erase an installation and every row of it."""
        if self._connection.dialect.name == "postgresql":
            self._connection.execute(text("SELECT set_config('mentorgraph.installation', :id, true)"), {"id": str(installation_id)})
        for table in reversed(metadata.sorted_tables):
            if table.name not in keep:
                self._connection.execute(delete(table).where(table.c.installation_id == installation_id))
