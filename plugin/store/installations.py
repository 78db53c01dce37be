"""Connected communities: their keys, and making and removing them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from sqlalchemy import Connection, Row, delete, insert

from plugin.clock import Clock
from plugin.domain.community import Community, InstallationState, Policy
from plugin.store.crypto import Vault
from plugin.store.engines import ENTER_ALONE
from plugin.store.ids import new_installation_id
from plugin.store.tables import inbox, installations, lanes, metadata


@dataclass(frozen=True, slots=True, kw_only=True)
class Keys:
    """The installation's own keys, made when it was connected and never changed."""

    terms: bytes = field(repr=False)
    tombstones: bytes = field(repr=False)
    audit: bytes = field(repr=False)


def community_of(row: Row[*tuple[Any, ...]]) -> Community:
    """An installation without its secrets, from its row."""
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
            given = {"setting": "mentorgraph.installation", "value": str(installation_id), "alone": installation_id}
            self._connection.execute(ENTER_ALONE, given)
        # Deliveries come in as long as there are lanes: those go late, as nothing comes in anywhere while their rows are held, and the inbox after them.
        last = [lanes, inbox, installations]
        for table in (*(one for one in reversed(metadata.sorted_tables) if one not in last), inbox, *last):
            if table.name not in keep:
                self._connection.execute(delete(table).where(table.c.installation_id == installation_id))
