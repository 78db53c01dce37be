from collections.abc import Sequence
from dataclasses import fields
from datetime import UTC, datetime
from typing import TypeVar

import pytest

from integrations.discourse import webhooks
from integrations.discourse.manifest import ROOTS
from mentorgraph.events import (
    Access,
    BadgeGranted,
    BadgeRevoked,
    Event,
    GroupChanged,
    GroupDeleted,
    MemberChanged,
    MemberJoinedGroup,
    MemberLeft,
    MemberLeftGroup,
    MemberSeen,
    PostChanged,
    PostDeleted,
    PostLiked,
    SolutionAccepted,
    SolutionUnaccepted,
    Source,
    SpaceChanged,
    SpaceDeleted,
    TagChanged,
    TagDeleted,
    TopicChanged,
    TopicDeleted,
)
from tests.integrations.discourse.support import BASE_URL, NOW, cases, events_of, recording

AT = datetime(2026, 1, 3, 4, 17, 24, 550_000, tzinfo=UTC)

DROPPED = {
    "user_created__staged",
    "user_updated__system",
    "user_added_to_group__automatic",
    "group_updated__automatic",
    "post_created__private_message",
    "post_created__no_archetype_no_category",
    "post_created__whisper",
    "post_created__small_action",
    "post_created__system",
    "post_destroyed__private_message",
    "post_liked__private_message",
    "topic_created__private_message",
}
NOT_KNOWN = {"zebra_seen", "post_zebra", "notification_created", "chat_message_created", "reviewable_created"}
REFUSED = {"user_destroyed__relabelled"}


def heard(case: str) -> Sequence[Event]:
    found = events_of(recording(case).delivery())
    assert found is not None
    return found


EventT = TypeVar("EventT", bound=Event)


def one(case: str, kind: type[EventT]) -> EventT:
    (found,) = heard(case)
    assert isinstance(found, kind)
    return found


class TestEveryRecording:
    def test_every_event_that_is_heard_has_a_recording(self) -> None:
        recorded = {recording(case).headers["X-Discourse-Event"] for case in cases()}
        assert {name for names in ROOTS.values() for name in names} <= recorded

    @pytest.mark.parametrize("case", sorted(DROPPED))
    def test_what_must_not_be_kept_is_dropped(self, case: str) -> None:
        assert webhooks.admit(recording(case).delivery()) is None

    @pytest.mark.parametrize("case", sorted(set(cases()) - DROPPED - NOT_KNOWN - REFUSED))
    def test_what_is_kept_says_something_and_is_a_hint(self, case: str) -> None:
        events = heard(case)
        assert events
        assert all(event.source is Source.HINT for event in events)

    @pytest.mark.parametrize("case", sorted(set(cases()) - REFUSED))
    def test_nothing_personal_beyond_need_is_kept(self, case: str) -> None:
        admitted = webhooks.admit(recording(case).delivery())
        kept = b"" if admitted is None else admitted.body
        for secret in (
            b"mail.example",
            b"somebody_disliked",
            b"ignored_person",
            b"secret-interest",
            b"203.0.113.9",
            b"my doctor",
            b"Staff only",
            b"my number",
            b"sso-9918",
            b"edit_reason",
            b"user_option",
            b"auth_token",
            b"A private word",
            b"help@forum",
        ):
            assert secret not in kept

    def test_a_destroyed_user_is_reduced_to_the_id(self) -> None:
        admitted = webhooks.admit(recording("user_destroyed").delivery())
        assert admitted is not None
        assert admitted.body == b'{"user":{"id":76}}'


class TestMembers:
    def test_a_member_with_a_profile(self) -> None:
        assert one("user_updated", MemberChanged) == MemberChanged(
            seen_at=NOW,
            host_user_id="73",
            username="tomasz.wren",
            name="Tomasz Wren",
            avatar_url="https://forum.example.com/user_avatar/forum.example.com/tomasz.wren/96/12_2.png",
            created_at=datetime(2024, 5, 20, 8, 0, 1, tzinfo=UTC),
            last_seen_at=datetime(2026, 1, 3, 4, 16, 0, 120_000, tzinfo=UTC),
            last_posted_at=datetime(2026, 1, 2, 11, 8, tzinfo=UTC),
            trust_level=2,
            admin=False,
            moderator=False,
            staged=False,
            title="Gardener of the year",
            bio="Grows **tomatoes** on a balcony, teaches *Erlang*.",
            location="Porto",
            locale="pt",
            timezone="Europe/Lisbon",
            fields={"1": "Distributed systems", "2": "", "3": "weekends, evenings", "4": "true"},
            group_ids=("41",),
        )

    def test_what_a_delivery_does_not_say_stays_unsaid(self) -> None:
        member = one("user_created", MemberChanged)
        unsaid = {found.name for found in fields(member) if getattr(member, found.name) is None}
        assert unsaid == {"active", "approved", "suspended", "silenced", "bio", "location", "fields"}
        assert member.title == ""

    def test_an_older_forum_tells_less(self) -> None:
        member = one("user_updated__2023", MemberChanged)
        assert (member.timezone, member.group_ids) == ("Europe/Lisbon", None)

    @pytest.mark.parametrize(
        ("case", "active", "approved"), [("user_confirmed_email", True, None), ("user_approved", None, True), ("user_logged_in", True, True)]
    )
    def test_proof_of_use(self, case: str, *, active: bool | None, approved: bool | None) -> None:
        member, seen = heard(case)
        assert isinstance(member, MemberChanged)
        assert (member.active, member.approved) == (active, approved)
        assert seen == MemberSeen(seen_at=NOW, host_user_id="73", username="tomasz.wren")

    @pytest.mark.parametrize(("case", "suspended"), [("user_suspended", True), ("user_unsuspended", False), ("user_logged_out", None)])
    def test_suspension(self, case: str, *, suspended: bool | None) -> None:
        assert one(case, MemberChanged).suspended is suspended

    @pytest.mark.parametrize(("case", "user_id"), [("user_destroyed", "76"), ("user_anonymized", "77"), ("user_updated__anonymised", "75")])
    def test_leaving(self, case: str, user_id: str) -> None:
        assert one(case, MemberLeft) == MemberLeft(seen_at=NOW, host_user_id=user_id)

    def test_a_promotion_brings_the_whole_user_but_not_their_tokens(self) -> None:
        member = one("user_promoted", MemberChanged)
        assert (member.trust_level, member.group_ids) == (3, ("41",))

    def test_groups(self) -> None:
        assert one("user_added_to_group", MemberJoinedGroup) == MemberJoinedGroup(seen_at=AT, host_user_id="73", group_id="41")
        assert one("user_removed_from_group", MemberLeftGroup) == MemberLeftGroup(seen_at=NOW, host_user_id="73", group_id="41")
        group = one("group_updated", GroupChanged)
        assert (group.group_id, group.name, group.title, group.automatic, group.member_ids) == ("42", "night_owls", "Night owls", False, None)
        assert one("group_destroyed", GroupDeleted).group_id == "42"

    def test_badges(self) -> None:
        assert one("user_badge_granted", BadgeGranted) == BadgeGranted(seen_at=AT, host_user_id="73", badge_id="102", grant_id="501")
        assert one("user_badge_revoked", BadgeRevoked) == BadgeRevoked(seen_at=NOW, host_user_id="73", badge_id="102", grant_id="501")


class TestPosts:
    def test_a_post(self) -> None:
        post = one("post_created", PostChanged)
        assert post == PostChanged(
            seen_at=datetime(2026, 1, 3, 4, 20, tzinfo=UTC),
            post_id="880",
            topic_id="310",
            author_id="73",
            author_username="tomasz.wren",
            number=2,
            reply_to_number=1,
            created_at=AT,
            updated_at=datetime(2026, 1, 3, 4, 20, tzinfo=UTC),
            version=1,
            text="A supervision tree restarts what failed, . See",
            mentions=("ines",),
            url="https://forum.example.com/t/how-do-supervisors-work/310/2",
            accepted=False,
            topic_title="How do supervisors work?",
            space_id="6",
        )

    def test_an_older_forum_sends_the_same_words(self) -> None:
        assert one("post_created__2023", PostChanged).text == one("post_created", PostChanged).text

    def test_a_hidden_post_brings_no_words(self) -> None:
        post = one("post_edited__hidden", PostChanged)
        assert (post.hidden, post.text) == (True, None)

    @pytest.mark.parametrize("case", ["post_destroyed", "post_destroyed__with_its_topic", "post_edited__user_deleted", "post_destroyed__relabelled"])
    def test_a_post_is_gone(self, case: str) -> None:
        assert one(case, PostDeleted) == PostDeleted(seen_at=NOW, post_id="880", topic_id="310")

    def test_a_post_that_came_back_is_newer_than_its_deletion(self) -> None:
        assert one("post_recovered", PostChanged).seen_at == NOW

    def test_likes_and_solutions(self) -> None:
        assert one("post_liked", PostLiked) == PostLiked(seen_at=NOW, post_id="880", member_id="72", author_id="73", topic_id="310")
        assert one("accepted_solution", SolutionAccepted) == SolutionAccepted(seen_at=NOW, topic_id="310", post_id="880", author_id="73")
        assert one("unaccepted_solution", SolutionUnaccepted) == SolutionUnaccepted(seen_at=NOW, topic_id="310", post_id="880")


class TestTopicsAndSpaces:
    @pytest.mark.parametrize("case", ["topic_created", "topic_created__2023"])
    def test_a_topic_with_tags_of_either_form(self, case: str) -> None:
        topic = one(case, TopicChanged)
        assert (topic.tags, topic.space_id, topic.author_id, topic.url) == (("erlang", "otp"), "6", "72", f"{BASE_URL}/t/how-do-supervisors-work/310")

    def test_states_of_a_topic(self) -> None:
        assert one("topic_closed_status_updated", TopicChanged).closed is True
        assert one("topic_archived_status_updated", TopicChanged).closed is True
        assert one("topic_visible_status_updated", TopicChanged).visible is False
        assert one("topic_edited", TopicChanged).solved is True
        assert one("topic_created", TopicChanged).solved is None
        assert one("topic_destroyed", TopicDeleted).topic_id == "310"

    def test_who_may_read_a_category(self) -> None:
        assert one("category_created", SpaceChanged).access is Access.MEMBERS
        restricted = one("category_updated__restricted", SpaceChanged)
        assert (restricted.access, restricted.group_ids, restricted.parent_id) == (Access.GROUPS, ("41",), "6")
        assert one("category_updated", SpaceChanged).access is Access.NOBODY
        assert one("category_destroyed", SpaceDeleted).space_id == "6"

    def test_tags_of_the_forum(self) -> None:
        assert one("tag_updated", TagChanged).name == "erlang"
        assert one("tag_destroyed", TagDeleted).name == "erlang"
