"""Checking a community, and what the admin must set up by hand."""

from collections.abc import Mapping

from integrations.circle.community import Community, chosen
from integrations.circle.manifest import MANIFEST
from integrations.circle.webhooks import COMMUNITY
from integrations.values import Json, accent, identifier, mapping, text
from mentorgraph.host import Capability, Connected, ConnectPlan, HostBroken, HostDenied, HostInfo, HostNotFound

_WORKFLOW = """\
Without more, the community is read about once an hour. To have news read at once, make a workflow in Circle (Settings, Workflows) for each of these:
a member joins, a post is published, a comment is written, an access group changes. Its action is 'Send to webhook', with the address
{address}"""


async def describe(community: Community) -> HostInfo:
    """Check that this is Circle, that the token is one for the Admin API v2, and that the plan includes it.

    Raises :class:`HostBroken` (``other_kind``) or :class:`HostDenied` (``key_refused``, ``plan``, ``network_refused``).
    """
    try:
        found = await community.api.get("/community")
    except (HostNotFound, HostBroken) as error:
        raise HostBroken("There is no Circle at this address.", reason="other_kind") from error
    name = text(found.get("name"))
    if name is None or identifier(found.get("id")) is None:
        raise HostBroken("There is no Circle at this address.", reason="other_kind")
    absent = set() if community.setting("event_space") else {Capability.EVENTS}
    limits = [] if community.setting("event_space") else ["Without a space for events (--with event_space=ID), an event is a line with its time in a post."]
    return HostInfo(
        title=name,
        version="2",
        locale=text(found.get("locale")) or "en",
        capabilities=MANIFEST.capabilities - absent,
        limits=tuple(limits),
        profile_fields=await _profile_fields(community),
        accent=_accent(found),
    )


def _accent(found: Json) -> str:
    """The brand's colour in the light scheme; black is what communities begin with."""
    return accent(mapping(mapping(found.get("prefs")).get("brand_color")).get("light"))


async def _profile_fields(community: Community) -> Mapping[str, str]:
    try:
        records = await community.listing("/profile_fields")
    except (HostNotFound, HostDenied):
        return {}
    return {key: text(record.get("label")) or key for record in records if (key := text(record.get("key"))) and record.get("archived") is not True}


async def connect(community: Community, plan: ConnectPlan) -> Connected:
    """Check the spaces that the admin named, and note which community it is, for deliveries name theirs.

    Circle lets nobody make a workflow by its API: the admin is told how.
    """
    chosen(await community.spaces(fresh=True), plan.spaces, strict=True)
    address = f"{community.installation.hook_url}/{plan.hook_secret}"
    community_id = identifier((await community.api.get("/community")).get("id")) or ""
    return Connected(remote={COMMUNITY: community_id}, to_do=(_WORKFLOW.format(address=address),))


async def disconnect(community: Community, remote: Mapping[str, str]) -> None:
    """Nothing of ours is set up in Circle. Circles and tags belong to the community and stay; the admin deletes the workflows and the token."""
