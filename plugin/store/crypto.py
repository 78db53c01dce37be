"""What is kept sealed, and the hashes by which secrets are found again.

Seals are Fernet tokens under keys derived from ``MENTORGRAPH_SECRET_KEYS``, newest first, so that a key can be rotated. Fernet has no associated data, so the
installation and the purpose stand inside the plaintext and are checked after opening: a seal that was moved to another row does not open.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from plugin.errors import Invalid, Misconfigured


def _fernet(secret: str) -> Fernet:
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"mentorgraph seal 1").derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(derived))


class Vault:
    """Seals and opens bytes for one installation and one purpose."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys or not all(keys):
            raise Misconfigured("MENTORGRAPH_SECRET_KEYS is empty: set it to a random text of at least 16 characters")
        self._fernet = MultiFernet([_fernet(key) for key in keys])

    def seal(self, value: bytes, *, installation_id: int, purpose: str, now: datetime | None = None) -> bytes:
        """Encrypt ``value`` so that it opens only for the same installation and purpose. ``now`` is stamped on it; the real time if none is given."""
        plain = b"%d\x00%b\x00%b" % (installation_id, purpose.encode(), value)
        return self._fernet.encrypt(plain) if now is None else self._fernet.encrypt_at_time(plain, int(now.timestamp()))

    def unseal(self, token: bytes, *, installation_id: int, purpose: str, max_age: float | None = None, now: datetime | None = None) -> bytes:
        """The opposite of :meth:`seal`. Raises :class:`Invalid` for what was altered, moved, sealed by a dropped key or older than ``max_age`` seconds."""
        try:
            if max_age is not None and now is not None:
                age = now.timestamp() - self._fernet.extract_timestamp(token)
                if not -60 <= age <= max_age:
                    raise Invalid("this has expired: ask again", code="expired")
            plain = self._fernet.decrypt(token)
        except (InvalidToken, TypeError, ValueError) as error:
            raise Invalid(
                "this cannot be opened: it was altered, or sealed with a key that is no longer in MENTORGRAPH_SECRET_KEYS", code="seal_broken"
            ) from error
        prefix = b"%d\x00%b\x00" % (installation_id, purpose.encode())
        if not plain.startswith(prefix):
            raise Invalid("this was sealed for another community or purpose", code="seal_moved")
        return plain[len(prefix) :]

    def reseal(self, token: bytes) -> bytes:
        """The same content under the newest key, with its time stamp kept. Raises :class:`Invalid` as :meth:`unseal` does."""
        try:
            return self._fernet.rotate(token)
        except InvalidToken as error:
            raise Invalid("this cannot be opened with any key in MENTORGRAPH_SECRET_KEYS", code="seal_broken") from error


def new_secret() -> str:
    """A random secret of 256 bits, safe in an address."""
    return secrets.token_urlsafe(32)


def token_digest(token: str) -> bytes:
    """The hash under which a random token is kept. Tokens carry 256 random bits, so a plain hash cannot be searched."""
    return hashlib.sha256(token.encode()).digest()


def tombstone_digest(host_user_id: str, *, key: bytes) -> bytes:
    """The hash that remembers an erased member without saying who it was; the key never leaves the installation and never changes."""
    return hmac.new(key, b"tombstone\x00" + host_user_id.encode(), hashlib.sha256).digest()
