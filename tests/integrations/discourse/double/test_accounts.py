"""The life of an account."""

import httpx2
import pytest

from integrations.discourse.double.actions import accounts, removal
from integrations.discourse.double.api.keys import make_key
from integrations.discourse.double.errors import Refused
from integrations.discourse.double.forum import Forum


@pytest.mark.parametrize(
    ("username", "word"),
    [
        ("", "blank"),
        ("ab", "at least 3"),
        ("a" * 21, "no more than 20"),
        ("has space", "numbers, letters"),
        (".dotted", "begin with"),
        ("ends_", "end with"),
        ("two__marks", "2 or more"),
        ("page.json", "confusing suffix"),
        ("ALICE", "unique"),
        ("Mentors", "unique"),
        ("moderator", "not allowed"),
    ],
)
def test_names_that_are_not_taken(forum: Forum, username: str, word: str) -> None:
    with pytest.raises(Refused, match=word) as caught:
        accounts.sign_up(forum, username, email="x@example.org")
    assert (caught.value.status, caught.value.body["error_type"]) == (422, "record_invalid")


async def test_anonymised(api: httpx2.AsyncClient, forum: Forum) -> None:
    key = make_key(forum, user=forum.users[4])
    body = (await api.put("/admin/users/4/anonymize.json")).json()
    assert body == {"success": "OK", "username": "anon1004"}
    user = forum.users[4]
    assert (user.name, user.email, user.sso_external_id, user.external_ids) == (None, "anon1004@anonymized.invalid", None, {})
    assert key.key not in forum.by_key
    assert (await api.get("/u/dave.json")).status_code == 404
    assert (await api.get("/u/by-external/sso-4.json")).status_code == 404


async def test_merged(api: httpx2.AsyncClient, forum: Forum) -> None:
    response = await api.post("/admin/users/2/merge.json", json={"target_username": "dave"})
    assert response.status_code == 200
    assert 2 not in forum.users
    answer = forum.posts[2]
    assert (answer.user_id, forum.user_posts[4]) == (4, [2])
    assert 4 in forum.group_members[41]
    assert [forum.grants[number].badge_id for number in forum.user_grants[4]] == [101]
    assert (await api.get("/admin/users/2.json")).status_code == 404


async def test_merging_who_liked_moves_the_likes(forum: Forum) -> None:
    removal.merge(forum, forum.users[3], forum.users[4])
    assert set(forum.posts[2].likes) == {1, 4}
    assert 2 in forum.user_likes[4]


async def test_destroyed(api: httpx2.AsyncClient, forum: Forum) -> None:
    refused = await api.delete("/admin/users/2.json")
    assert (refused.status_code, refused.json()["deleted"]) == (403, False)
    response = await api.request("DELETE", "/admin/users/2.json", json={"delete_posts": True})
    assert response.json() == {"deleted": True}
    assert forum.posts[2].deleted_at is not None
    assert forum.posts[2].user_id is None
    assert forum.topics[1].accepted_post_id is None
    assert 2 not in forum.group_members[41]
    assert (await api.get("/t/1.json")).status_code == 200
    assert (await api.get("/posts.json")).status_code == 200


async def test_likes_of_a_destroyed_member_are_gone(forum: Forum) -> None:
    removal.destroy(forum, forum.users[3], by=forum.users[-1], delete_posts=True)
    assert set(forum.posts[2].likes) == {1}
    assert forum.topics[1].like_count == 1


async def test_ids_never_come_back(forum: Forum) -> None:
    removal.destroy(forum, forum.users[4], by=forum.users[-1])
    assert accounts.sign_up(forum, "dave", email="dave@example.org").id == 7


async def test_renamed(api: httpx2.AsyncClient, forum: Forum) -> None:
    assert (await api.put("/u/alice/preferences/username.json", json={"new_username": "Alicia"})).json() == {"id": 1, "username": "Alicia"}
    assert (await api.get("/u/alice.json")).status_code == 404
    assert (await api.get("/posts/1.json")).json()["username"] == "Alicia"


async def test_a_member_changes_what_is_theirs_to_change(api: httpx2.AsyncClient, forum: Forum) -> None:
    forum.fields[2].editable = False
    sent = {"bio_raw": "I do things.", "title": "King", "user_fields": {"1": "Ruby", "2": "Rest", "9": "?"}, "custom_fields": {"x": "y"}}
    response = await api.put("/u/alice.json", json=sent, headers={"Api-Username": "alice"})
    assert response.status_code == 200
    alice = forum.users[1]
    assert (alice.bio_raw, alice.title, alice.user_fields) == ("I do things.", None, {"1": "Ruby"})
    refused = await api.put("/u/alice.json", json={"name": "x"}, headers={"Api-Username": "bobby"})
    assert (refused.status_code, refused.json()["error_type"]) == (403, "invalid_access")


async def test_staged_accounts_become_somebodys(api: httpx2.AsyncClient, forum: Forum) -> None:
    staged = accounts.sign_up(forum, "erin1", email="erin@example.org", staged=True)
    assert (await api.get(f"/admin/users/{staged.id}.json")).json()["staged"] is True
    sent = {"name": "Erin", "username": "erin", "email": "erin@example.org", "password": "a-long-password", "active": True}
    assert (await api.post("/users.json", json=sent)).json()["user_id"] == staged.id
    assert (staged.staged, staged.active, staged.username) == (False, True, "erin")


async def test_approval_is_said_only_where_it_is_asked_for(api: httpx2.AsyncClient, forum: Forum) -> None:
    assert "approved" not in (await api.get("/admin/users/1.json")).json()
    forum.settings.must_approve_users = True
    erin = accounts.sign_up(forum, "erin", email="erin@example.org", active=True)
    assert (await api.get(f"/admin/users/{erin.id}.json")).json()["approved"] is False
    assert (await api.put(f"/admin/users/{erin.id}/approve.json")).status_code == 200
    assert erin.approved
