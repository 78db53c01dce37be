"""Mail to members: addresses that they gave and confirmed, and what goes to them, sent once."""

import hmac
import secrets
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

import orjson
import structlog

from plugin.domain.people import Principal
from plugin.errors import Invalid, NotFound, Remark, TooMany
from plugin.mail import Letter, MailFailed, checked_address
from plugin.services.messages import calendars, reaching, telling
from plugin.services.runtime import Runtime
from plugin.store.repositories.addresses import Address
from plugin.store.repositories.mails import Mail
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import _, language_of, translate

log = structlog.get_logger()

RETRIES = (60, 300, 1800, 7200, 6 * 3600, 24 * 3600)
BOUNCES = 3
"""After so many permanent refusals nothing is sent to an address any more."""
CODE_FOR = timedelta(minutes=30)
CODE_TRIES = 5
CODES_A_DAY = 5
_CONFIRM = "confirm"
"""The group of mails with a code: they go to an address that is not confirmed yet."""


def usable(unit: UnitOfWork, member_id: int) -> bool:
    """Whether mails may go to a member's address."""
    address = unit.addresses.get(member_id)
    return address is not None and address.usable


def post(
    unit: UnitOfWork,
    *,
    key: str,
    group: str,
    member_id: int,
    subject: str,
    paragraphs: tuple[str, ...],
    stop_url: str,
    locale: str,
    event: str = "",
) -> bool:
    """Put a mail into the outbox of mails, in the transaction of the decision behind it; ``False`` if ``key`` was used before.

    ``event`` names what it is about in the member's calendar: the mail has a file of it, as it is when the mail leaves.
    """
    body = orjson.dumps({"subject": subject, "paragraphs": paragraphs, "stop_url": stop_url, "locale": locale, "event": event})
    sealed = unit.seal(body, purpose="mail")
    kept = unit.mails.put(Mail(id=unit.new_id(), key=key, group=group, member_id=member_id, body=sealed, created_at=unit.now, next_at=unit.now))
    if kept:
        unit.wake("mail")
    return kept


# ---------------------------------------------------------------------------------------------------------------------- the lane


async def send_due(runtime: Runtime, installation_id: int, *, limit: int = 20) -> int:
    """Send the mails that are due; returns how many went out.

    A try is counted before it is made. If the process dies between the server's answer and the mark, the same message goes again under the same Message-ID:
    SMTP offers no way to ask.
    """
    if runtime.mailer is None:
        return 0
    due = await runtime.database.read(installation_id, lambda unit: unit.mails.due(now=unit.now, limit=limit))
    return sum([await _send(runtime, installation_id, one) for one in due])


async def _send(runtime: Runtime, installation_id: int, mail_id: int) -> bool:
    mailer = runtime.mailer
    taken = await runtime.database.write(installation_id, lambda unit: _take(unit, mail_id))
    if taken is None or mailer is None:
        return False
    mail, letter = taken
    try:
        await mailer.send(letter)
    except (MailFailed, Invalid) as error:
        permanent = isinstance(error, Invalid) or error.permanent
        log.warning("mail_failed", installation=installation_id, mail=mail_id, reason=error.message, permanent=permanent)
        reason, bounced = error.message, isinstance(error, MailFailed) and error.permanent
        await runtime.database.write(installation_id, lambda unit: _failed(unit, mail, reason, permanent=permanent, bounced=bounced))
        return False

    def mark(unit: UnitOfWork) -> None:
        unit.mails.sent(mail.id, at=unit.now)
        address = unit.addresses.get(mail.member_id)
        if address is not None and address.bounces:
            unit.addresses.put(replace(address, bounces=0))
        unit.record("mail.sent", actor="system", group=mail.group, mail=str(mail.id))

    await runtime.database.write(installation_id, mark)
    return True


def _take(unit: UnitOfWork, mail_id: int) -> tuple[Mail, Letter] | None:
    mail = unit.mails.take(mail_id)
    if mail is None:
        return None
    address = unit.addresses.get(mail.member_id)
    if address is None or mail.body is None or address.stopped_at is not None:
        unit.mails.drop(mail_id, why="there is no address to send it to")
        return None
    if mail.group != _CONFIRM:
        bar = "" if address.usable else "the address is not confirmed"
        if not telling.leaves(unit, unit.mails, mail_id, mail.member_id, key=mail.key, group=mail.group, bar=bar):
            return None
    content = orjson.loads(unit.unseal(mail.body, purpose="mail"))
    unit.mails.attempt(mail_id, next_at=unit.now + timedelta(seconds=RETRIES[min(mail.attempts, len(RETRIES) - 1)]))
    letter = Letter(
        key=f"{unit.installation_id}:{mail.key}",
        to=unit.unseal(address.address, purpose="address").decode(),
        subject=content["subject"],
        paragraphs=tuple(content["paragraphs"]),
        made_at=mail.created_at,
        list_name=f"{mail.group}.{unit.installation_id}",
        stop_url=content["stop_url"],
        locale=content["locale"],
        calendar=calendars.file_of(unit, content.get("event", ""), member_id=mail.member_id),
    )
    return mail, letter


def _failed(unit: UnitOfWork, mail: Mail, reason: str, *, permanent: bool, bounced: bool) -> None:
    last = permanent or mail.attempts >= len(RETRIES)
    unit.mails.failed(mail.id, error=reason, next_at=None if last else unit.now + timedelta(seconds=RETRIES[min(mail.attempts, len(RETRIES) - 1)]))
    address = unit.addresses.get(mail.member_id)
    if not bounced or address is None:
        return
    bounces = address.bounces + 1
    stopped = unit.now if bounces >= BOUNCES else None
    unit.addresses.put(replace(address, bounces=bounces, stopped_at=stopped))
    if stopped is not None:
        telling.tell(unit, mail.member_id, "mail.stopped", key=f"mail.stopped:{mail.member_id}:{mail.id}", about={})


# ---------------------------------------------------------------------------------------------------------------------- addresses


def _me(principal: Principal) -> int:
    if principal.member_id is None:
        raise Invalid("a service token is nobody: sign in as a member", code="not_a_member")
    return principal.member_id


def _digest(unit: UnitOfWork, code: str, member_id: int) -> bytes:
    return hmac.new(unit.keys.tombstones, f"address\x00{member_id}\x00{code}".encode(), sha256).digest()


async def give_address(runtime: Runtime, principal: Principal, *, address: str) -> None:
    """A member gives an address; a code goes there, by which they confirm it. Raises :class:`Invalid`, or :class:`TooMany` for more codes than a day allows."""
    member_id, plain = _me(principal), checked_address(address)
    if runtime.mailer is None:
        raise Invalid("this community sends no mail: its operator has not set MENTORGRAPH_SMTP_URL", code="no_mail")
    code = f"{secrets.randbelow(10**8):08d}"

    def work(unit: UnitOfWork) -> None:
        member = unit.members.get(member_id)
        if member is None:
            raise NotFound("there is no such member")
        if unit.mails.count_since(member_id, unit.now - timedelta(days=1), group=_CONFIRM) >= CODES_A_DAY:
            raise TooMany("five codes were sent today: try again tomorrow", retry_after=24 * 3600)
        unit.addresses.put(
            Address(
                member_id=member_id,
                address=unit.seal(plain.encode(), purpose="address"),
                code=_digest(unit, code, member_id),
                code_until=unit.now + CODE_FOR,
            )
        )
        _post_code(unit, member_id, code, locale=reaching.reach_of(unit, member).locale)

    await runtime.database.write(principal.installation_id, work)
    runtime.bus.tell(principal.installation_id)


def _post_code(unit: UnitOfWork, member_id: int, code: str, *, locale: str) -> None:
    language = language_of(locale)
    subject = translate(_("Your code for {community}: {code}"), language=language).format(community=unit.community.name, code=code)
    lines = (
        translate(_("Somebody gave this address to get messages of {community} by e-mail."), language=language).format(community=unit.community.name),
        translate(_("If it was you, enter this code within 30 minutes: {code}"), language=language).format(code=code),
        translate(_("If it was not you, ignore this message; nothing more will come."), language=language),
    )
    key = f"confirm:{member_id}:{unit.new_id()}"
    post(unit, key=key, group=_CONFIRM, member_id=member_id, subject=subject, paragraphs=lines, stop_url="", locale=language)


async def confirm_address(runtime: Runtime, principal: Principal, *, code: str) -> None:
    """The member read the code. Raises :class:`Invalid`; after five wrong tries a new code is needed."""
    member_id, given = _me(principal), "".join(code.split())

    def work(unit: UnitOfWork) -> Remark | None:
        known = unit.addresses.get(member_id)
        if known is None or known.code is None or known.code_until is None or known.code_until < unit.now or known.tries >= CODE_TRIES:
            return Remark("there is no code to confirm: ask for a new one")
        if not hmac.compare_digest(known.code, _digest(unit, given, member_id)):
            unit.addresses.put(replace(known, tries=known.tries + 1))
            return Remark("this is not the code that was sent")
        unit.addresses.put(replace(known, code=None, code_until=None, tries=0, confirmed_at=unit.now, bounces=0, stopped_at=None))
        unit.record("address.confirmed", actor=str(member_id))
        return None

    if wrong := await runtime.database.write(principal.installation_id, work):
        raise Invalid(wrong, field="code", code="wrong_code")


async def forget_address(runtime: Runtime, principal: Principal) -> None:
    """A member takes their address back; mails that wait for it are dropped when their turn comes."""
    member_id = _me(principal)
    await runtime.database.write(principal.installation_id, lambda unit: unit.addresses.remove(member_id))


async def address_of(runtime: Runtime, principal: Principal) -> tuple[str, datetime | None, bool] | None:
    """The member's own address, since when it is confirmed, and whether it was stopped after mails came back."""
    member_id = _me(principal)

    def work(unit: UnitOfWork) -> tuple[str, datetime | None, bool] | None:
        known = unit.addresses.get(member_id)
        return None if known is None else (unit.unseal(known.address, purpose="address").decode(), known.confirmed_at, known.stopped_at is not None)

    return await runtime.database.read(principal.installation_id, work)
