"""A small community, and clients to it."""

from collections.abc import AsyncIterator

import httpx2
import pytest

from integrations.discourse.double.actions import accounts, badges, membership, posting, reactions
from integrations.discourse.double.api.keys import make_key
from integrations.discourse.double.app import DoubleApp, create_double
from integrations.discourse.double.client import DoubleControl
from integrations.discourse.double.clock import Clock
from integrations.discourse.double.forum import Forum
from integrations.discourse.double.model import User, UserField

NOW = 1_790_000_000.0


def member(forum: Forum, name: str) -> User:
    user = accounts.sign_up(forum, name, email=f"{name}@example.org", name=name.title())
    accounts.confirm(forum, user)
    return user


@pytest.fixture
def forum() -> Forum:
    """Six members, two of them staff; a closed category and a group; a solved topic with an answer and likes; a message; an event."""
    forum = Forum(clock=Clock(frozen_at=NOW))
    forum.settings.admin_api_per_minute = 0
    forum.fields[1] = UserField(1, "What can you help with?")
    forum.fields[2] = UserField(2, "What do you need?")
    alice, bobby, carol, dave = (member(forum, name) for name in ("alice", "bobby", "carol", "dave"))
    boss, warden = member(forum, "theboss"), member(forum, "warden")
    boss.admin = warden.moderator = True
    mentors = membership.create_group(forum, "mentors", {"full_name": "Mentors", "bio_raw": "We help."}, members=[bobby], owners=[carol])
    help_ = badges.create_category(forum, "Help", description="Ask here")
    badges.create_category(forum, "Mentors only", slug="mentors-only", permissions=[(mentors.id, 1)])
    badges.create_category(forum, "Inside help", slug="inside-help", parent=help_)
    draft = posting.Draft(
        "How would you **do** this, @bobby?", title="How would you do this here?", category=help_, tags=["howto"], external_id="ext-1", fast=True
    )
    question = posting.create_topic(forum, alice, draft)
    topic = forum.topics[question.topic_id]
    answer = posting.reply(forum, bobby, topic, posting.Draft("I would do it like `this`, I think.", reply_to=1, fast=True))
    reactions.like(forum, answer, by=alice)
    reactions.like(forum, answer, by=carol)
    reactions.accept(forum, answer, by=alice)
    posting.create_message(forum, alice, posting.Draft("This is between us alone.", title="Between us", fast=True), to=["carol"])
    raw = '[event start="2026-10-01 17:00" end="2026-10-01 18:00" timezone="Europe/Paris" status="public" name="Mentor hour"]\nWelcome\n[/event]'
    posting.create_topic(forum, boss, posting.Draft(raw, title="The hour of the mentors", category=help_, fast=True))
    badge = badges.create_badge(forum, "Guide", badge_type_id=2, description="Guides others")
    badges.grant_badge(forum, badge, bobby, by=forum.users[-1])
    dave.external_ids = {"github": "4711"}
    dave.sso_external_id = "sso-4"
    return forum


@pytest.fixture
def app(forum: Forum) -> DoubleApp:
    return create_double(forum)


@pytest.fixture
async def anonymous(app: DoubleApp) -> AsyncIterator[httpx2.AsyncClient]:
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://forum.test") as client:
        yield client
    await app.double.deliverer.stop()


@pytest.fixture
async def api(app: DoubleApp, forum: Forum) -> AsyncIterator[httpx2.AsyncClient]:
    """The admin API as system, with a global key."""
    headers = {"Api-Key": make_key(forum).key, "Api-Username": "system", "Accept": "application/json"}
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://forum.test", headers=headers) as client:
        yield client
    await app.double.deliverer.stop()


@pytest.fixture
async def control(app: DoubleApp) -> AsyncIterator[DoubleControl]:
    async with DoubleControl("http://forum.test", transport=httpx2.ASGITransport(app)) as control:
        yield control
