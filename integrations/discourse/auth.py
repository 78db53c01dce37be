"""Sign-in: the forum as a DiscourseConnect provider. Pure.

We send a nonce and an address to return to, signed; the forum sends back who is signed in, signed with the same secret. The forum does not look at the nonce:
that it is used once, in time, by the browser that asked, and in the flow it was made for, is up to the caller.

Source: ``lib/discourse_connect_provider.rb`` and ``lib/second_factor/actions/discourse_connect_provider.rb`` of Discourse.
"""

import base64
import binascii
import hmac
from collections.abc import Mapping
from hashlib import sha256
from urllib.parse import parse_qsl, urlencode

from integrations.discourse import addresses
from integrations.values import identifier, text
from mentorgraph.host import Identity, Installation, SignInRefused, SignInStart

_LARGEST = 64 * 1024
_PATH = "/session/sso_provider"


def sign_in_start(installation: Installation, *, nonce: str, return_url: str, silent: bool) -> SignInStart:
    """Ask the forum who is signed in.

    ``silent`` has it answer at once even when nobody is. Raises :class:`SignInRefused` (``no_secret``) before a secret was set: the forum would refuse too.
    """
    secrets = _secrets(installation)
    asked = {"nonce": nonce, "return_sso_url": return_url} | ({"prompt": "none"} if silent else {})
    payload = base64.b64encode(urlencode(asked).encode()).decode("ascii")
    parameters = {"sso": payload, "sig": _signature(secrets[0], payload)}
    address = f"{installation.base_url}{_PATH}"
    return SignInStart(url=f"{address}?{urlencode(parameters)}", parameters=parameters)


def sign_in_finish(installation: Installation, answer: Mapping[str, str]) -> Identity:
    """Who is signed in, from the parameters ``sso`` and ``sig`` that came back. Raises :class:`SignInRefused`."""
    payload, signature = answer.get("sso", ""), answer.get("sig", "")
    if not payload or not signature or len(payload) > _LARGEST:
        raise SignInRefused("The forum's answer is not a sign-in; begin again.", reason="malformed")
    expected = [_signature(secret, payload).encode() for secret in _secrets(installation)]
    given = signature.encode("utf-8", "surrogatepass")
    if not sum([hmac.compare_digest(one, given) for one in expected]):
        raise SignInRefused("The forum's answer is not signed with the secret that was set for it.", reason="bad_signature")
    return _identity(installation, _fields(payload))


def peek_nonce(answer: Mapping[str, str]) -> str | None:
    """The nonce of an answer that was not verified yet; ``None`` when it has none that could be ours."""
    try:
        return _fields(answer.get("sso", "")).get("nonce") or None
    except SignInRefused:
        return None


def _secrets(installation: Installation) -> list[str]:
    secrets = [secret for secret in installation.sign_in_secrets if secret]
    if not secrets:
        raise SignInRefused("Sign-in is not set up: this community has no DiscourseConnect secret yet.", reason="no_secret")
    return secrets


def _signature(secret: str, payload: str) -> str:
    return hmac.new(secret.encode(), payload.encode("utf-8", "surrogatepass"), sha256).hexdigest()


def _fields(payload: str) -> dict[str, str]:
    """The fields of a payload. Ruby wraps base64 into lines in places, so white space is no error; a field that comes twice is."""
    try:
        decoded = base64.b64decode("".join(payload[: _LARGEST + 1].split()), validate=True).decode("utf-8")
        pairs = parse_qsl(decoded, keep_blank_values=True, strict_parsing=True, errors="strict", max_num_fields=64)
    except (binascii.Error, ValueError) as error:
        raise SignInRefused("The forum's answer cannot be read; begin again.", reason="malformed") from error
    fields = dict(pairs)
    if len(fields) != len(pairs):
        raise SignInRefused("The forum's answer says something twice; begin again.", reason="malformed")
    return fields


def _identity(installation: Installation, fields: Mapping[str, str]) -> Identity:
    nonce = fields.get("nonce")
    if not nonce:
        raise SignInRefused("The forum's answer belongs to no sign-in of ours.", reason="no_nonce")
    if not _is_ours(installation, fields.get("return_sso_url", "")):
        raise SignInRefused("The forum's answer was made for another address.", reason="wrong_address")
    if fields.get("failed") == "true":
        raise SignInRefused("Nobody is signed in at the forum.", reason="not_signed_in")
    external_id, username = fields.get("external_id", ""), text(fields.get("username"))
    if not external_id and not username and fields.get("prompt") == "none":
        raise SignInRefused("Nobody is signed in at the forum.", reason="not_signed_in")
    if not (external_id.isascii() and external_id.isdecimal()) or identifier(external_id) is None or not username:
        raise SignInRefused("The forum's answer does not say who is signed in.", reason="no_member")
    return Identity(
        nonce=nonce,
        host_user_id=str(int(external_id)),
        username=username,
        name=text(fields.get("name")) or "",
        avatar_url=addresses.avatar_url(installation.base_url, text(fields.get("avatar_url"), 1_000)) or "",
        admin=fields.get("admin") == "true",
        moderator=fields.get("moderator") == "true",
        groups=tuple(name for name in fields.get("groups", "").split(",") if name),
    )


def _is_ours(installation: Installation, return_url: str) -> bool:
    """Whether the echoed address is the registered callback, exactly or with a query that was added for this one sign-in."""
    ours = installation.callback_url
    return bool(ours) and (return_url == ours or return_url.startswith(f"{ours}?"))
