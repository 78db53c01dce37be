"""Signing in by a code that only the member gets: by mail to the address that the host has for them, or by a direct message in the host.

Whoever asks learns nothing: the answer and its time are the same for every name, because the host is asked only afterwards. The code is typed, not followed,
so that programs that open links in mails use nothing up. It is good in the browser that asked, once, for ten minutes and five tries.
"""

import hmac
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from hashlib import sha256

import orjson
import structlog

from mentorgraph.events import MemberChanged
from mentorgraph.host import Account, AccountFinder, DirectMessage, HostError, Paragraph, SignInRefused
from plugin.errors import Invalid, PluginError, TooMany
from plugin.mail import Letter, MailFailed
from plugin.services.identity import signing_in
from plugin.services.identity.signing_in import SESSION_FOR, SignedIn, begin_sign_in, safe_next
from plugin.services.identity.ways import Ways, audience_of, ways_of
from plugin.services.runtime import Runtime
from plugin.store.crypto import new_secret, token_digest
from plugin.store.repositories.sign_ins import SignIn
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import language_of, translate
from plugin.texts import signing as words

log = structlog.get_logger()

FLOW = "code"
ALPHABET = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
"""No character of it looks like another."""
LENGTH = 8
CODE_FOR = timedelta(minutes=10)
TRIES = 5
MAX_UNDER_WAY = 200
"""Codes of one community that may be under way at once."""
MAX_FOR_ONE = 3
"""Codes that are sent for one name within ten minutes; who asks for more is shown the same and gets nothing."""
SHARE_OF_QUOTA = 100
"""A host with a monthly quota is asked about people who sign in for at most a hundredth of it a day."""
LEAST_A_DAY = 20
KNOWN_FOR = timedelta(days=90)
"""How long a browser in which a member signed in by a code has calls of its own, half as many a day as all others together.

Whoever makes up names uses up those of the others and cannot keep these members out. What the browser shows names nobody, and its answers are the same.
"""
_LONGEST = 254
_LONGEST_TIME = 12
_PURPOSE = "sign-in by code"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A code was asked for. The secret goes into the browser's cookie; that there is one says nothing about whether a code was sent."""

    browser_secret: str = field(repr=False)
    ways: Ways


def shown(code: str) -> str:
    """A code as it is written in a message."""
    return f"{code[:4]}-{code[4:]}"


def typed(text: str) -> str:
    """A code from what somebody typed."""
    return "".join(character for character in text.upper() if character in ALPHABET)[: LENGTH + 1]


def named(text: str) -> str:
    """A name from what somebody typed. Raises :class:`Invalid` for what is none in any community."""
    plain = " ".join(text.split())
    if not plain or len(plain) > _LONGEST or not plain.isprintable():
        raise Invalid("type your e-mail address or your user name in the community", field="who")
    return plain


def _digest(unit: UnitOfWork, kind: str, value: str) -> bytes:
    return hmac.new(unit.keys.tombstones, f"{kind}\x00{value}".encode(), sha256).digest()


async def ask(runtime: Runtime, installation_id: int, *, who: str, by: str, next_path: str, known: str = "") -> Asked:
    """Ask for a code; ``known`` is what the browser has from :func:`remembered`. Raises :class:`Invalid` and :class:`TooMany`, whoever was named."""
    ways = await ways_of(runtime, installation_id)
    if by not in {"mail", "message"} or not getattr(ways, by):
        raise Invalid("this community does not send codes in this way", code="not_offered")
    name = named(who)
    code, browser_secret = "".join(secrets.choice(ALPHABET) for _ in range(LENGTH)), new_secret()
    quota = runtime.quota_of(await runtime.installation(installation_id))

    def work(unit: UnitOfWork) -> bool:
        unit.sign_ins.prune(now=unit.now)
        about = _digest(unit, "named", name.casefold())
        again = unit.sign_ins.count_about(about, now=unit.now) >= MAX_FOR_ONE
        _require_room(unit)
        if quota and not again:
            _count(unit, quota, known=_is_known(unit, known))
        begin_sign_in(
            unit,
            SignIn(
                nonce=token_digest(browser_secret),
                flow=FLOW,
                binding=_digest(unit, "code", code),
                next_path=safe_next(next_path),
                expires_at=unit.now + CODE_FOR,
                about=about,
            ),
        )
        return not again

    if await runtime.database.write(installation_id, work):
        runtime.later(_send(runtime, installation_id, ways=ways, who=name, by=by, code=code, nonce=token_digest(browser_secret)))
    return Asked(browser_secret=browser_secret, ways=ways)


def _require_room(unit: UnitOfWork) -> None:
    if unit.sign_ins.count(flow=FLOW) >= MAX_UNDER_WAY:
        raise TooMany("too many people are asking for codes: try again in a few minutes", retry_after=120)


def _count(unit: UnitOfWork, quota: int, *, known: bool) -> None:
    """Count a call that asks the host for somebody, or say that there were too many; the same for every name."""
    share = max(LEAST_A_DAY, quota // SHARE_OF_QUOTA)
    allowed = {f"codes {unit.now:%Y-%m-%d}": share} | ({f"codes in known browsers {unit.now:%Y-%m-%d}": share // 2} if known else {})
    free = next((day for day, most in allowed.items() if unit.host_calls.of(day) < most), None)
    if free is None:
        raise TooMany("no more codes can be sent today: try again tomorrow", retry_after=3600)
    unit.host_calls.add(free, 1)


async def remembered(runtime: Runtime, installation_id: int) -> str:
    """What a browser shows in which a member signed in by a code: a time until when, and our seal; empty where the host's calls are not counted."""
    if not runtime.quota_of(await runtime.installation(installation_id)):
        return ""

    def work(unit: UnitOfWork) -> str:
        until = f"{(unit.now + KNOWN_FOR).timestamp():.0f}"
        return f"{until}.{_digest(unit, 'browser', until).hex()}"

    return await runtime.database.read(installation_id, work)


def _is_known(unit: UnitOfWork, given: str) -> bool:
    until, _, seal = given.partition(".")
    if not until.isascii() or not until.isdigit() or len(until) > _LONGEST_TIME or int(until) <= unit.now.timestamp():
        return False
    return hmac.compare_digest(seal.encode("utf-8", "surrogatepass"), _digest(unit, "browser", until).hex().encode())


async def _send(runtime: Runtime, installation_id: int, *, ways: Ways, who: str, by: str, code: str, nonce: bytes) -> None:
    """Find out who was named and send them the code. What goes wrong here is for the log: nobody who asked may see a difference."""
    try:
        client = await runtime.client(installation_id)
        account = await client.find_account(who) if isinstance(client, AccountFinder) else None
        if account is None or account.member.active is False or (by == "mail" and not account.email):
            return
        if not await _remember(runtime, installation_id, account, by=by, nonce=nonce):
            return
        language = language_of(account.member.locale or ways.language)
        title = translate(words.CODE_TITLE, language=language).format(community=ways.community)
        lines = [translate(text, language=language).format(community=ways.community, code=shown(code)) for text in words.CODE_LINES]
        key = f"code-{nonce.hex()[:24]}"
        if by == "mail" and runtime.mailer is not None:
            letter = Letter(key=key, to=account.email, subject=title, paragraphs=tuple(lines), made_at=runtime.clock(), locale=language)
            await runtime.mailer.send(letter)
        elif by == "message":
            message = DirectMessage(to=(account.member.username,), title=title, body=tuple(Paragraph((line,)) for line in lines))
            await client.send(message, key=key)
        log.info("code_sent", installation=installation_id, by=by)
    except (HostError, MailFailed, PluginError) as error:
        log.warning("code_not_sent", installation=installation_id, by=by, reason=getattr(error, "reason", type(error).__name__))


async def _remember(runtime: Runtime, installation_id: int, account: Account, *, by: str, nonce: bytes) -> bool:
    said = account.member
    found = {"by": by, "host_user_id": said.host_user_id, "username": said.username}

    def work(unit: UnitOfWork) -> bool:
        # One member has many names; those who are written to are counted by who they are.
        about = _digest(unit, "member", said.host_user_id)
        if unit.sign_ins.count_about(about, now=unit.now) >= MAX_FOR_ONE:
            return False
        return unit.sign_ins.remember(nonce, unit.seal(orjson.dumps(found), purpose=_PURPOSE), about=about)

    return await runtime.database.write(installation_id, work)


async def enter(runtime: Runtime, installation_id: int, *, code: str, browser_secret: str) -> SignedIn:
    """Complete a sign-in by the code that was sent, in the browser that asked for it. Raises :class:`SignInRefused`."""
    ways = await ways_of(runtime, installation_id)
    given = typed(code)

    def work(unit: UnitOfWork) -> tuple[SignIn | None, bytes]:
        # Counted before it is compared, so that many tries at the same time are not one.
        return unit.sign_ins.try_code(token_digest(browser_secret), flow=FLOW, most=TRIES, now=unit.now), _digest(unit, "code", given)

    found, digest = await runtime.database.write(installation_id, work)
    if found is None:
        raise SignInRefused("this code has expired, or was tried too often: ask for a new one", reason="no_code")
    if not hmac.compare_digest(found.binding, digest) or found.memory is None:
        left = TRIES - found.tries
        raise SignInRefused("this is not the code that was sent" + (": try again" if left else ": ask for a new one"), reason="wrong_code")

    def taken(unit: UnitOfWork) -> dict[str, str] | None:
        one = unit.sign_ins.take(found.nonce, now=unit.now)
        if one is None or one.memory is None:
            return None
        memory: dict[str, str] = orjson.loads(unit.unseal(one.memory, purpose=_PURPOSE))
        return memory

    memory = await runtime.database.write(installation_id, taken)
    if memory is None:
        raise SignInRefused("this code was used already: ask for a new one", reason="no_code")
    said = MemberChanged(seen_at=runtime.clock(), host_user_id=memory["host_user_id"], username=memory["username"])
    audience = audience_of(ways, memory["by"])
    return await signing_in.let_in(runtime, installation_id, said, next_path=found.next_path, audience=audience, lifetime=SESSION_FOR)
