"""What is kept sealed, and the hashes by which secrets are found again.

A seal is AES-256-GCM under a key of its installation, derived from ``MENTORGRAPH_SECRET_KEYS``, newest first, so that a key can be rotated. The installation,
the purpose and the time stand in front of the content in clear and are authenticated with it: a seal that was moved to another row does not open
(docs/decisions/0009-seals.md). All of it is written in URL-safe Base64, so that a seal can also be handed out as text; what is only ever stored, and in great
number, is sealed without.
"""

import hashlib
import hmac
import secrets
import struct
import time
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Sequence
from datetime import datetime
from os import urandom

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from plugin.errors import Invalid, Misconfigured, Remark

_VERSION = 2
_PLAIN = bytes([_VERSION])
"""What a seal begins with that is not written in Base64."""
_HEAD = struct.Struct(">B8sqQB")
"""Version, id of the key, seconds since 1970, installation, length of the purpose; then the purpose, the nonce and the content with its tag."""
_NONCE = 12
_REMEMBERED = 1024
_BROKEN = Remark("this cannot be opened: it was altered, or sealed with a key that is no longer in MENTORGRAPH_SECRET_KEYS")


class _Key:
    """One of the operator's keys, and the keys that installations have under it.

    A random nonce is safe for 2**32 seals under one key; a key for each installation keeps every one of them far below.
    """

    def __init__(self, secret: str) -> None:
        derived = HKDF(algorithm=SHA256(), length=40, salt=None, info=b"mentorgraph seal 2").derive(secret.encode())
        self.id, self._root = derived[:8], derived[8:]
        self._of: dict[int, AESGCM] = {}

    def of(self, installation_id: int) -> AESGCM:
        """The key of an installation."""
        found = self._of.get(installation_id)
        if found is None:
            if len(self._of) >= _REMEMBERED:
                self._of.clear()
            found = self._of[installation_id] = AESGCM(hmac.digest(self._root, b"installation %d" % installation_id, "sha256"))
        return found


class Vault:
    """Seals and opens bytes for one installation and one purpose."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or not all(keys):
            raise Misconfigured("MENTORGRAPH_SECRET_KEYS is empty: set it to a random text of at least 16 characters")
        self._newest, *_ = made = [_Key(key) for key in keys]
        self._keys = {key.id: key for key in made}
        start = _PLAIN + self._newest.id
        self.starts = (urlsafe_b64encode(start), start)
        """What seals of the newest key begin with, in Base64 and without: nine bytes are twelve letters."""

    def seal(self, value: bytes, *, installation_id: int, purpose: str, now: datetime | None = None, text: bool = True) -> bytes:
        """Encrypt ``value`` so that it opens only for the same installation and purpose. ``now`` is stamped on it; the real time if none is given.

        Without ``text`` the seal is plain bytes: a quarter shorter, and sooner made.
        """
        sealed = self._close(value, at=int(time.time() if now is None else now.timestamp()), installation_id=installation_id, purpose=purpose.encode())
        return urlsafe_b64encode(sealed) if text else sealed

    def _close(self, value: bytes, *, at: int, installation_id: int, purpose: bytes) -> bytes:
        head = _HEAD.pack(_VERSION, self._newest.id, at, installation_id, len(purpose)) + purpose
        nonce = urandom(_NONCE)
        return head + nonce + self._newest.of(installation_id).encrypt(nonce, value, head)

    def _open(self, token: bytes) -> tuple[bytes, int, int, bytes]:
        """Content, time, installation and purpose of a seal that is whole."""
        try:
            # No text in Base64 begins with the byte of the version.
            raw = token if token[:1] == _PLAIN else urlsafe_b64decode(token)
            version, key_id, at, installation_id, length = _HEAD.unpack_from(raw)
            start = _HEAD.size + length
            value = self._keys[key_id].of(installation_id).decrypt(raw[start : start + _NONCE], raw[start + _NONCE :], raw[:start])
        except (InvalidTag, KeyError, ValueError, struct.error) as error:
            raise Invalid(_BROKEN, code="seal_broken") from error
        # Base64 can be written in more than one way; a seal has one.
        if version != _VERSION or (raw is not token and urlsafe_b64encode(raw) != token):
            raise Invalid(_BROKEN, code="seal_broken")
        return value, at, installation_id, raw[_HEAD.size : start]

    def unseal(self, token: bytes, *, installation_id: int, purpose: str, max_age: float | None = None, now: datetime | None = None) -> bytes:
        """The opposite of :meth:`seal`. Raises :class:`Invalid` for what was altered, moved, sealed by a dropped key or older than ``max_age`` seconds."""
        value, at, sealed_for, sealed_as = self._open(token)
        if (sealed_for, sealed_as) != (installation_id, purpose.encode()):
            raise Invalid("this was sealed for another community or purpose", code="seal_moved")
        if max_age is not None and now is not None and not -60 <= now.timestamp() - at <= max_age:
            raise Invalid("this has expired: ask again", code="expired")
        return value

    def reseal(self, token: bytes) -> bytes:
        """The same content under the newest key, with its time stamp and its form kept. Raises :class:`Invalid` as :meth:`unseal` does."""
        value, at, installation_id, purpose = self._open(token)
        sealed = self._close(value, at=at, installation_id=installation_id, purpose=purpose)
        return sealed if token[:1] == _PLAIN else urlsafe_b64encode(sealed)


def new_secret() -> str:
    """A random secret of 256 bits, safe in an address."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """The hash under which a random token is kept. Tokens carry 256 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).digest()


def tombstone_digest(host_user_id: str, *, key: bytes) -> bytes:
    """The hash that remembers an erased member without saying who it was; the key never leaves the installation and never changes."""
    return hmac.new(key, b"tombstone\x00" + host_user_id.encode(), hashlib.sha256).digest()
