"""Transactions: what is authentic, what of it may be stored, and what it says."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.matrix import webhooks
from integrations.matrix.host import HOST
from mentorgraph.events import HookPinged, PostLiked, SubjectDoubted
from mentorgraph.host import Admitted, Delivery, DeliveryRefused, Installation

SECRET, OLDER = "the newest token of the homeserver", "the one before it"
INSTALLATION = Installation(id=1, host="matrix", base_url="https://matrix.example.org", hook_secrets=(SECRET, OLDER))
NOW = datetime(2026, 11, 2, tzinfo=UTC)
ROOM, MAYA = "!room:example.org", "@maya:example.org"
PATH = "_matrix/app/v1/transactions/1"


def event(kind: str = "m.room.message", number: int = 1, **values: object) -> dict[str, object]:
    """An event as a homeserver sends it."""
    return {"type": kind, "event_id": f"$e{number}", "room_id": ROOM, "sender": MAYA, "origin_server_ts": 1, "content": {"body": "words"}, **values}


def delivery(events: object, *, rest: str = PATH, method: str = "PUT", token: str | None = SECRET) -> Delivery:
    """A transaction."""
    headers = {} if token is None else {"authorization": f"Bearer {token}"}
    return Delivery(method=method, rest=rest, headers=headers, body=json.dumps({"events": events}).encode())


def said(events: Sequence[Mapping[str, object]]) -> Sequence[object]:
    """What a transaction of these events says."""
    admitted = webhooks.admit(delivery(events))
    return [] if admitted is None else webhooks.to_events(admitted, received_at=NOW, base_url="")


@pytest.mark.parametrize("token", [SECRET, OLDER])
def test_each_valid_token_is_let_in(token: str) -> None:
    webhooks.verify(delivery([], token=token), INSTALLATION)


@pytest.mark.parametrize("token", [None, "", "wrong", SECRET[:-1], f"{SECRET} ", "tökén", "\udcff"])
def test_any_other_token_is_refused(token: str | None) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        webhooks.verify(delivery([], token=token), INSTALLATION)
    assert refused.value.status == 401


@pytest.mark.parametrize("header", [SECRET, f"Basic {SECRET}", f"Bearer{SECRET}", "Bearer"])
def test_another_scheme_is_refused(header: str) -> None:
    with pytest.raises(DeliveryRefused):
        webhooks.verify(Delivery(method="PUT", rest=PATH, headers={"authorization": header}, body=b"{}"), INSTALLATION)


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_a_secret_everything_is_refused(secrets: tuple[str, ...]) -> None:
    closed = Installation(id=1, host="matrix", base_url="https://matrix.example.org", hook_secrets=secrets)
    for token in ("", "x", None):
        with pytest.raises(DeliveryRefused):
            webhooks.verify(delivery([], token=token), closed)


@pytest.mark.parametrize(
    ("rest", "method", "body", "status"),
    [
        ("_matrix/app/v1/users/%40maya%3Aexample.org", "GET", b"", 404),
        ("_matrix/app/v1/rooms/%23garden%3Aexample.org", "GET", b"", 404),
        ("users/@maya:example.org", "GET", b"", 404),
        ("somewhere", "PUT", b"{}", 404),
        ("", "PUT", b"{}", 404),
        (PATH, "POST", b'{"events":[]}', 405),
        (PATH, "PUT", b"", 400),
        (PATH, "PUT", b"[]", 400),
        (PATH, "PUT", b"{}", 400),
        (PATH, "PUT", b'{"events":{}}', 400),
        (PATH, "PUT", b'{"events":[],"events":[]}', 400),
        (PATH, "PUT", b'{"events":[\xff]}', 400),
        (PATH, "PUT", json.dumps({"events": [{}] * 1001}).encode(), 400),
    ],
)
def test_what_is_no_transaction_is_refused(rest: str, method: str, body: bytes, status: int) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        webhooks.admit(Delivery(method=method, rest=rest, headers={}, body=body))
    assert refused.value.status == status


@pytest.mark.parametrize("rest", [PATH, "transactions/7", "_matrix/app/unstable/transactions/x%2Fy"])
def test_the_paths_of_all_versions_are_taken(rest: str) -> None:
    assert webhooks.admit(delivery([event()], rest=rest)) is not None


def test_no_word_that_anyone_wrote_is_kept() -> None:
    words = {"body": "SECRET words", "formatted_body": "<b>SECRET</b>", "m.new_content": {"body": "SECRET"}, "displayname": "SECRET", "reason": "SECRET"}
    kinds = ["m.room.message", "m.room.member", "m.room.redaction", "m.reaction", "m.room.name", "m.room.topic"]
    events = [event(kind, number, content=words | {"name": "SECRET", "topic": "SECRET"}) for number, kind in enumerate(kinds)]
    admitted = webhooks.admit(delivery(events))
    assert admitted is not None
    assert b"SECRET" not in admitted.body
    assert b"$e0" in admitted.body


def test_what_nobody_needs_is_not_stored() -> None:
    assert webhooks.admit(delivery([event("m.room.encrypted"), event("m.typing"), event("m.room.power_levels"), {}, 1, None])) is None
    assert webhooks.admit(delivery([event(event_id="no id"), event(room_id=7), event(sender="maya")])) is None


def test_a_transaction_is_known_by_its_events_and_not_by_its_number() -> None:
    first, again = (webhooks.admit(delivery([event(number=1)], rest=f"_matrix/app/v1/transactions/{number}")) for number in (1, 2))
    other = webhooks.admit(delivery([event(number=2)]))
    assert first is not None
    assert again is not None
    assert other is not None
    assert first.key == again.key != other.key
    assert (first.kind, other.kind) == ("m.room.message", "m.room.message")
    mixed = webhooks.admit(delivery([event(), event("m.reaction", 3)]))
    assert mixed is not None
    assert mixed.kind == "transaction"


def test_the_homeservers_test_of_the_way_counts_as_a_sign_of_life() -> None:
    admitted = webhooks.admit(Delivery(method="POST", rest="_matrix/app/v1/ping", headers={}, body=b'{"transaction_id":"x"}'))
    assert admitted is not None
    assert webhooks.to_events(admitted, received_at=NOW, base_url="") == [HookPinged(seen_at=NOW)]
    answer = webhooks.acknowledgement(delivery([]))
    assert (answer.status, answer.body, answer.content_type) == (200, b"{}", "application/json")


def test_a_message_makes_it_doubtful_and_an_edit_the_message_that_it_changes() -> None:
    edit = {"m.relates_to": {"rel_type": "m.replace", "event_id": "$first"}, "body": "* better"}
    assert said([event(), event(number=2, content=edit)]) == [
        SubjectDoubted(seen_at=NOW, kind="post", host_id=f"{ROOM}/$e1"),
        SubjectDoubted(seen_at=NOW, kind="post", host_id=f"{ROOM}/$first"),
    ]


@pytest.mark.parametrize("place", [{"redacts": "$gone"}, {"content": {"redacts": "$gone"}}])
def test_what_is_taken_back_is_doubtful(place: dict[str, Any]) -> None:
    assert said([event("m.room.redaction", **place)]) == [SubjectDoubted(seen_at=NOW, kind="post", host_id=f"{ROOM}/$gone")]


@pytest.mark.parametrize(("key", "likes"), [("👍", True), ("👍🏽", True), ("❤️", True), ("🤔", False), ("👎", False), ("", False), ("👍👍", False), (7, False)])
def test_a_reaction_that_praises_is_a_like(key: object, likes: bool) -> None:
    relation = {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$liked", "key": key}}
    expected = [PostLiked(seen_at=NOW, post_id=f"{ROOM}/$liked", member_id=MAYA)] if likes else []
    assert said([event("m.reaction", content=relation)]) == expected


def test_who_comes_and_goes_and_what_rooms_are_is_asked() -> None:
    assert said([event("m.room.member", state_key="@noor:example.org"), event("m.room.join_rules", 2), event("m.space.child", 3, state_key="!x:y")]) == [
        SubjectDoubted(seen_at=NOW, kind="member", host_id="@noor:example.org"),
        SubjectDoubted(seen_at=NOW, kind="space", host_id=ROOM),
        SubjectDoubted(seen_at=NOW, kind="space", host_id=ROOM),
    ]
    assert said([event("m.room.member", state_key="nobody"), event("m.room.redaction")]) == []


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20) | st.sampled_from(["m.room.message", "m.reaction", MAYA, ROOM, "$e", "m.replace", "👍"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "event_id", "room_id", "sender", "content", "m.relates_to", "redacts", "key", "x"]), inner)
    ),
    max_leaves=12,
)


def _taken(given: Delivery) -> tuple[int, Admitted | None]:
    try:
        return 200, webhooks.admit(given)
    except DeliveryRefused as refused:
        return refused.status, None


@pytest.mark.slow
@given(st.lists(VALUES, max_size=5) | VALUES)
def test_whatever_comes_is_admitted_or_refused(events: object) -> None:
    status, admitted = _taken(delivery(events))
    assert 400 <= status < 500 or status == 200
    if admitted is not None:
        webhooks.to_events(admitted, received_at=NOW, base_url="")


@given(st.binary(max_size=200))
def test_whatever_bytes_come_are_refused_or_admitted(body: bytes) -> None:
    assert _taken(Delivery(method="PUT", rest=PATH, headers={}, body=body))[0] in {200, 400}


def test_a_recording_is_a_transaction() -> None:
    replayed = HOST.recorded({"Authorization": f"Bearer {SECRET}"}, delivery([event()]).body)
    HOST.verify(replayed, INSTALLATION)
    assert HOST.admit(replayed) is not None
