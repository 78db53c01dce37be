"""Webhooks: set up, tried, looked into, sent again."""

from urllib.parse import urlsplit

import orjson

from integrations.discourse.double.api.call import Call
from integrations.discourse.double.api.router import Routes
from integrations.discourse.double.clock import iso
from integrations.discourse.double.errors import Json, failed, not_found
from integrations.discourse.double.hooks import events
from integrations.discourse.double.hooks.addresses import blocked
from integrations.discourse.double.hooks.catalog import DEFAULT_EVENT_TYPES, GROUPED, IDS, SOLVED_IDS
from integrations.discourse.double.hooks.queue import Job
from integrations.discourse.double.model import WebHook, WebHookEvent

routes = Routes()
PER_PAGE = 50
STATUSES = [{"id": 1, "name": "inactive"}, {"id": 2, "name": "failed"}, {"id": 3, "name": "successful"}, {"id": 4, "name": "disabled"}]


def _types(call: Call) -> list[Json]:
    solved = call.forum.settings.solved_enabled
    return [{"id": number, "name": name} for name, number in IDS.items() if solved or number not in SOLVED_IDS]


def _extras(call: Call) -> Json:
    known = {line["id"] for line in _types(call)}
    grouped = {root: [{"id": number, "name": name} for name, number in names.items() if number in known] for root, names in GROUPED.items()}
    return {
        "grouped_event_types": {root: lines for root, lines in grouped.items() if lines},
        "default_event_types": [line for line in _types(call) if line["id"] in DEFAULT_EVENT_TYPES],
        "content_types": [{"id": 1, "name": "application/json"}, {"id": 2, "name": "application/x-www-form-urlencoded"}],
        "delivery_statuses": STATUSES,
    }


def _view(call: Call, hook: WebHook) -> Json:
    forum = call.forum
    names = {number: name for name, number in IDS.items()}
    return {
        "id": hook.id,
        "payload_url": hook.payload_url,
        "content_type": hook.content_type,
        "last_delivery_status": hook.last_delivery_status,
        "secret": hook.secret,
        "wildcard_web_hook": hook.wildcard_web_hook,
        "verify_certificate": hook.verify_certificate,
        "active": hook.active,
        "web_hook_event_types": [{"id": number, "name": names[number]} for number in hook.event_type_ids if number in names],
        "categories": [{"id": n, "name": forum.categories[n].name} for n in hook.category_ids if n in forum.categories],
        "tags": [{"id": forum.ensure_tag(name).id, "name": name} for name in hook.tag_names],
        "groups": [{"id": n, "name": forum.groups[n].name} for n in hook.group_ids if n in forum.groups],
    }


def _hook(call: Call) -> WebHook:
    call.admin()
    hook = call.forum.web_hooks.get(call.id())
    if hook is None:
        raise not_found()
    return hook


def _numbers(value: object) -> list[int]:
    return [int(item) for item in value if str(item).lstrip("-").isdigit()] if isinstance(value, list) else []


def _fill(call: Call, hook: WebHook, values: Json) -> list[str]:
    """Put what was sent into a hook and say what is wrong with it."""
    inner = call.within(values)
    hook.payload_url = inner.text("payload_url", hook.payload_url)
    hook.secret = inner.text("secret", hook.secret)
    hook.content_type = inner.number("content_type", hook.content_type)
    for name in ("wildcard_web_hook", "active", "verify_certificate"):
        setattr(hook, name, inner.flag(name, default=getattr(hook, name)))
    if "web_hook_event_type_ids" in values:
        hook.event_type_ids = _numbers(values["web_hook_event_type_ids"])
    if "category_ids" in values:
        hook.category_ids = _numbers(values["category_ids"])
    if "group_ids" in values:
        hook.group_ids = _numbers(values["group_ids"])
    if "tag_names" in values:
        hook.tag_names = inner.names("tag_names")
    return _errors(call, hook)


def _errors(call: Call, hook: WebHook) -> list[str]:
    known = {line["id"] for line in _types(call)}
    found = urlsplit(hook.payload_url)
    checks = (
        (not hook.payload_url, "Payload URL can't be blank"),
        (bool(hook.payload_url) and (found.scheme not in ("http", "https") or not found.hostname), "Payload URL is invalid"),
        (blocked(hook.payload_url, call.forum.settings.allowed_internal_hosts), "Payload URL can't be used because it resolved to a blocked or internal IP"),
        (0 < len(hook.secret) < 12, "Secret is too short (minimum is 12 characters)"),
        (hook.content_type not in (1, 2), "Content type is not included in the list"),
        (not hook.wildcard_web_hook and not known.intersection(hook.event_type_ids), "Web hook event types can't be blank"),
        (any(n not in call.forum.categories for n in hook.category_ids), "Categories is invalid"),
    )
    return [message for wrong, message in checks if wrong]


@routes("GET", "/admin/api/web_hooks")
def index(call: Call) -> Json:
    """All hooks, fifty a page, and the event types of this site."""
    call.admin()
    offset, hooks = call.number("offset", least=0), sorted(call.forum.web_hooks.values(), key=lambda hook: hook.id)
    return {
        "web_hooks": [_view(call, hook) for hook in hooks[offset : offset + PER_PAGE]],
        "extras": _extras(call),
        "total_rows_web_hooks": len(hooks),
        "load_more_web_hooks": f"/admin/api/web_hooks.json?limit={PER_PAGE}&offset={offset + PER_PAGE}",
    }


@routes("GET", "/admin/api/web_hooks/{id:int}")
def show(call: Call) -> Json:
    """One hook."""
    return {"web_hook": _view(call, _hook(call)), "extras": _extras(call)}


@routes("POST", "/admin/api/web_hooks")
def create(call: Call) -> Json:
    """Make a hook."""
    call.admin()
    hook = WebHook(id=0, payload_url="", created_at=call.forum.now(), event_type_ids=[])
    if errors := _fill(call, hook, call.inner("web_hook")):
        raise failed(*errors)
    hook.id = call.forum.next_id("web_hooks")
    call.forum.web_hooks[hook.id] = hook
    call.forum.touch()
    return {"web_hook": _view(call, hook), "extras": _extras(call)}


@routes("PUT", "/admin/api/web_hooks/{id:int}")
def update(call: Call) -> Json:
    """Change a hook; nothing changes when something is wrong."""
    hook = _hook(call)
    before = {name: getattr(hook, name) for name in WebHook.__dataclass_fields__}
    if errors := _fill(call, hook, call.inner("web_hook")):
        for name, value in before.items():
            setattr(hook, name, value)
        raise failed(*errors)
    hook.updated_at = call.forum.now()
    call.forum.touch()
    return {"web_hook": _view(call, hook), "extras": _extras(call)}


@routes("DELETE", "/admin/api/web_hooks/{id:int}")
def destroy(call: Call) -> Json:
    """Remove a hook and what was noted of its deliveries."""
    hook = _hook(call)
    del call.forum.web_hooks[hook.id]
    call.forum.touch()
    for number in [event.id for event in call.forum.hook_events.values() if event.web_hook_id == hook.id]:
        del call.forum.hook_events[number]
    return {"success": "OK"}


@routes("POST", "/admin/api/web_hooks/{id:int}/ping")
def ping(call: Call) -> Json:
    """Try a hook."""
    events.ping(call.forum, _hook(call))
    return {"success": "OK"}


def _event_view(hook: WebHook, event: WebHookEvent) -> Json:
    return {
        "id": event.id,
        "web_hook_id": event.web_hook_id,
        "request_url": hook.payload_url,
        "headers": orjson.dumps(event.headers).decode(),
        "payload": event.payload,
        "status": event.status,
        "response_headers": event.response_headers,
        "response_body": event.response_body,
        "duration": event.duration,
        "created_at": iso(event.created_at),
        "redelivering": False,
    }


@routes("GET", "/admin/api/web_hook_events/{id:int}")
def hook_events(call: Call) -> Json:
    """The deliveries of a hook, newest first, fifty a page."""
    hook, offset, wanted = _hook(call), call.number("offset", least=0), call.text("status")
    found = [event for event in call.forum.hook_events.values() if event.web_hook_id == hook.id]
    if wanted in ("failed", "successful"):
        found = [event for event in found if (200 <= event.status <= 299) == (wanted == "successful")]
    found.sort(key=lambda event: -event.id)
    return {
        "web_hook_events": [_event_view(hook, event) for event in found[offset : offset + PER_PAGE]],
        "total_rows_web_hook_events": len(found),
        "load_more_web_hook_events": f"/admin/api/web_hook_events/{hook.id}.json?limit={PER_PAGE}&offset={offset + PER_PAGE}",
        "extras": {"web_hook_id": hook.id},
    }


@routes("POST", "/admin/api/web_hooks/{id:int}/events/{event_id:int}/redeliver")
def redeliver(call: Call) -> Json:
    """Send a delivery again as it was, with its old id and signature."""
    hook = _hook(call)
    event = call.forum.hook_events.get(call.id("event_id"))
    if event is None or event.web_hook_id != hook.id:
        raise not_found()
    name = event.headers.get("X-Discourse-Event", "")
    job = Job(hook.id, event.headers["X-Discourse-Event-Type"], name, event.payload.encode(), call.forum.now(), event_id=event.id)
    call.forum.hooks.put(job)
    return {"web_hook_event": _event_view(hook, event)}
