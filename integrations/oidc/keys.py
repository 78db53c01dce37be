"""A provider's public keys, which it may change at any time."""

from collections.abc import Callable
from dataclasses import dataclass, field

from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from integrations.oidc.provider import Provider, json_object
from mentorgraph.host import HostBroken, Http

KEPT_SECONDS = 3_600.0
AGAIN_SECONDS = 30.0
"""How soon keys may be read again because a signature names one that is not known: made-up names must not make us call the provider."""
_MOST = 100
_PUBLIC = frozenset({"RSA", "EC", "OKP"})


@dataclass(slots=True)
class Keys:
    """Keys of one provider."""

    provider: Provider
    monotonic: Callable[[], float]
    _found: KeySet | None = field(default=None, init=False)
    _read_at: float = field(default=0.0, init=False)
    _asked_again_at: float = field(default=-AGAIN_SECONDS, init=False)

    async def of(self, http: Http, key_id: str | None) -> KeySet:
        """The keys; read again when they are old, or when none has this name. Raises :class:`HostBroken` when the provider shows none."""
        now = self.monotonic()
        known, old = self._has(key_id), self._found is None or now - self._read_at > KEPT_SECONDS
        if not old and not known and now - self._asked_again_at >= AGAIN_SECONDS:
            # The provider may have changed its keys a moment after they were read.
            self._asked_again_at, old = now, True
        if self._found is None or old:
            self._found = await self._read(http)
            self._read_at = now
        return self._found

    def _has(self, key_id: str | None) -> bool:
        keys = [] if self._found is None else self._found.keys
        return bool(keys) if key_id is None else any(key.kid == key_id for key in keys)

    async def _read(self, http: Http) -> KeySet:
        response = await http.request("GET", self.provider.jwks_uri, headers={"Accept": "application/json"}, repeatable=True)
        found = json_object(response.body) if response.status == 200 else None
        listed = None if found is None else found.get("keys")
        if not isinstance(listed, list):
            raise HostBroken("The provider does not show its keys.", reason="no_keys")
        public = [key for key in listed[:_MOST] if isinstance(key, dict) and key.get("kty") in _PUBLIC and key.get("use", "sig") == "sig"]
        try:
            return KeySet.import_key_set({"keys": public})
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise HostBroken("The provider's keys cannot be read.", reason="no_keys") from error
