"""What a store should have of a forum, and what it has, in the same form."""

from collections.abc import Mapping
from typing import Any

from plugin.domain.members import Standing
from plugin.graph.text import term_counts
from plugin.store.unit_of_work import UnitOfWork

State = Mapping[str, Mapping[str, object]]


def micros(seconds: float) -> int:
    """A time of the forum as it says it: in milliseconds."""
    return int(seconds * 1000) * 1000


def of_forum(content: Mapping[str, Any], *, now: float, marked: Mapping[str, str]) -> State:
    """What a store should have of a forum: what every signed-in member may read, by people who are there; ``marked`` has words that edits left in posts."""
    people = {one["id"]: one for one in content["users"] if one["id"] > 0 and not one["staged"] and not one["username"].startswith("anon")}
    # Of what they asked, the words are gone; what others answered there is not.
    erased = {one["id"] for one in content["users"] if one["id"] > 0 and one["username"].startswith("anon")}
    groups = {one["id"]: one for one in content["groups"] if not one["automatic"]}
    open_to_all = {one["id"] for one in content["categories"] if not one["permissions"] or {0, 10} & {group for group, _ in one["permissions"]}}
    topics = {
        one["id"]: one
        for one in content["topics"]
        if one["archetype"] == "regular" and one["deleted_at"] is None and one["visible"] and one["category_id"] in open_to_all
    }
    posts = {
        one["id"]: one
        for one in content["posts"]
        if one["topic_id"] in topics
        and one["user_id"] in people
        and one["post_type"] == 1
        and one["deleted_at"] is None
        and not one["user_deleted"]
        and not one["hidden"]
    }
    return {
        "members": {str(number): (one["username"], one["name"] or "", standing(one, now), one["trust_level"], one["admin"]) for number, one in people.items()},
        "groups": {str(number): one["name"] for number, one in groups.items()},
        "memberships": {
            str(number): sorted(str(one["user_id"]) for one in content["memberships"] if one["group_id"] == number and one["user_id"] in people)
            for number in groups
        },
        "topics": {
            str(number): (
                "" if one["user_id"] in erased else one["title"],
                str(one["category_id"]),
                tuple(sorted(one["tags"])),
                str(one["user_id"]) if one["user_id"] in people else None,
                one["closed"] or one["archived"],
            )
            for number, one in topics.items()
        },
        "solved": {str(number): str(one["accepted_post_id"]) for number, one in topics.items() if one["accepted_post_id"] in posts},
        "posts": {
            str(number): (str(one["topic_id"]), str(one["user_id"]), one["post_number"], one["version"], micros(one["updated_at"]), marked.get(str(number), ""))
            for number, one in posts.items()
        },
    }


def standing(user: Mapping[str, Any], now: float) -> Standing:
    """Whether an account may take part, by the forum's own record."""
    if not user["active"] or not user["approved"]:
        return Standing.PENDING
    banned = any(user[key] is not None and user[key] > now for key in ("suspended_till", "silenced_till"))
    return Standing.SUSPENDED if banned else Standing.MEMBER


def of_store(unit: UnitOfWork, *, marked: Mapping[str, str]) -> State:
    """The same of the store."""
    members = {one.id: one for one in unit.members.all()}
    groups = unit.groups.all()
    topics = {one.id: one for one in unit.topics.all()}
    live = {one.id for one in unit.posts.each() if one.live}

    def mark_of(post_id: str, terms: Mapping[int, int]) -> str:
        word = marked.get(post_id, "")
        return word if set(term_counts(word, key=unit.keys.terms)) <= set(terms) else ""

    def host_id(member_id: int | None) -> str | None:
        return None if member_id is None else members[member_id].host_user_id

    return {
        "members": {one.host_user_id: (one.username, one.name, one.standing, one.trust_level, one.admin) for one in members.values()},
        "groups": groups,
        "memberships": {group: sorted(members[one].host_user_id for one in unit.groups.members_of(group)) for group in groups},
        "topics": {one.id: (one.title, one.space_id, tuple(sorted(one.tags)), host_id(one.author_id), one.closed) for one in topics.values()},
        # An answer whose author was erased counts for nobody.
        "solved": {one.id: one.solution_post_id for one in topics.values() if one.solution_post_id in live},
        "posts": {
            one.id: (
                one.topic_id,
                members[one.author_id].host_user_id,
                one.number,
                one.version,
                int(one.updated_at.timestamp() * 1000) * 1000,
                mark_of(one.id, one.terms),
            )
            for one in unit.posts.each()
            if one.live
        },
    }


def differences(store: State, forum: State) -> dict[str, dict[str, tuple[object, object]]]:
    """What differs, by its kind and id: as the store and as the forum have it."""
    found: dict[str, dict[str, tuple[object, object]]] = {}
    for name, wanted in forum.items():
        differs = {one: (store[name].get(one), wanted.get(one)) for one in sorted({*wanted, *store[name]}) if store[name].get(one) != wanted.get(one)}
        if differs:
            found[name] = differs
    return found
