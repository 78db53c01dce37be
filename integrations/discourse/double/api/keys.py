"""API keys."""

import secrets

from starlette.responses import Response

from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.clock import iso
from integrations.discourse.double.errors import Json, invalid_parameters, not_found
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import ApiKey, User

routes = Routes()
SCOPES = frozenset(
    {"global:read", "topics:write", "topics:update", "topics:read", "topics:read_lists", "posts:edit", "categories:list", "categories:show"}
    | {"uploads:create", "email:receive_emails", "search:show", "search:query", "user_status:read", "user_status:update"}
    | {f"users:{action}" for action in ("bookmarks", "sync_sso", "show", "check_emails", "update", "log_out", "anonymize", "suspend", "delete", "list")}
    | {f"badges:{action}" for action in ("create", "show", "update", "delete", "list_user_badges", "assign_badge_to_user", "revoke_badge_from_user")}
    | {"session_info", "read", "write"}
)


def make_key(
    forum: Forum, *, user: User | None = None, scopes: list[str] | None = None, description: str = "", key: str = "", client_id: str | None = None
) -> ApiKey:
    """Make a key: for all users or one, for everything or some scopes; with ``client_id`` one of the user API. Raises 400 for an unknown scope."""
    unknown = sorted(set(scopes or ()) - SCOPES)
    if unknown:
        raise invalid_parameters(f"scopes ({', '.join(unknown)})")
    made = ApiKey(
        id=forum.next_id("api_keys"),
        key=key or secrets.token_hex(32),
        created_at=forum.now(),
        description=description,
        user_id=user.id if user else None,
        scopes=list(scopes or ()),
        client_id=client_id,
    )
    forum.api_keys[made.id] = made
    forum.by_key[made.key] = made
    forum.touch()
    return made


def _view(call: Call, key: ApiKey, *, whole: bool = False) -> Json:
    user = call.forum.users.get(key.user_id or 0)
    body: Json = {
        "id": key.id,
        "truncated_key": key.key[:4] + "...",
        "description": key.description,
        "last_used_at": iso(key.last_used_at),
        "created_at": iso(key.created_at),
        "updated_at": iso(key.created_at),
        "revoked_at": iso(key.revoked_at),
        "user": {"id": user.id, "username": user.username} if user else None,
        "created_by": None,
        "api_key_scopes": [{"resource": scope.partition(":")[0], "action": scope.partition(":")[2]} for scope in key.scopes],
    }
    return body | ({"key": key.key} if whole else {})


@routes("GET", "/admin/api/keys")
def index(call: Call) -> Json:
    """All keys, each shortened."""
    call.admin()
    return {"keys": [_view(call, key) for key in call.forum.api_keys.values() if key.client_id is None], "offset": 0, "limit": 50}


@routes("POST", "/admin/api/keys")
def create(call: Call) -> Json:
    """Make a key; shown whole this once."""
    call.admin()
    values = call.inner("key")
    username = str(values.get("username") or "")
    user = call.forum.user_named(username) if username else None
    if username and user is None:
        raise invalid_parameters("username")
    given = values.get("scopes")
    scopes = [f"{item['scope_id']}" for item in given if isinstance(item, dict) and "scope_id" in item] if isinstance(given, list) else []
    key = make_key(call.forum, user=user, scopes=scopes, description=str(values.get("description") or ""))
    return {"key": _view(call, key, whole=True)}


def _key(call: Call) -> ApiKey:
    call.admin()
    key = call.forum.api_keys.get(call.id())
    if key is None:
        raise not_found()
    return key


@routes("POST", "/admin/api/keys/{id:int}/revoke")
def revoke(call: Call) -> Json:
    """Take a key out of use."""
    key = _key(call)
    key.revoked_at = call.forum.now()
    return {"key": _view(call, key)}


@routes("POST", "/admin/api/keys/{id:int}/undo-revoke")
def undo_revoke(call: Call) -> Json:
    """Put a key back in use."""
    key = _key(call)
    key.revoked_at = None
    return {"key": _view(call, key)}


@routes("DELETE", "/admin/api/keys/{id:int}")
def destroy(call: Call) -> Json:
    """Remove a key."""
    key = _key(call)
    del call.forum.api_keys[key.id]
    call.forum.by_key.pop(key.key, None)
    return {"success": "OK"}


@routes("GET", "/user-api-key/new", open_site=True)
def probe(_call: Call) -> Response:
    """Which version of the user API there is; the consent page itself is not imitated, keys are made through the control."""
    return Response(headers={"Auth-Api-Version": "4", "Auth-Api-Device-Code": "true"})


@routes("POST", "/user-api-key/revoke")
def revoke_user_key(call: Call) -> Json:
    """A user API key ends itself."""
    if call.key is None or call.key.client_id is None:
        raise not_found()
    call.key.revoked_at = call.forum.now()
    return {"success": "OK"}
