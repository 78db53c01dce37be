"""What a workflow sends: the address is the secret, and everything is a hint."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.circle import webhooks
from integrations.circle.host import HOST
from mentorgraph.events import NewsHinted, SubjectDoubted
from mentorgraph.host import Admitted, Delivery, DeliveryRefused, HostInvalid, Installation, SignInRefused

SECRET, OLDER = "the-newest-part-of-the-address", "the-one-before"
INSTALLATION = Installation(id=1, host="circle", base_url="https://growers.circle.so", hook_secrets=(SECRET, OLDER))
KNOWN = replace(INSTALLATION, remote={"community_id": "1"})
NOW = datetime(2026, 11, 2, tzinfo=UTC)
SEEN = {"type": "access_groups_added", "data": {"community_id": 1, "community_member_id": 12, "access_group_id": 7}}


def delivery(body: object, *, rest: str = SECRET, method: str = "POST", at: datetime | None = NOW) -> Delivery:
    """A delivery."""
    return Delivery(method=method, rest=rest, headers={}, body=body if isinstance(body, bytes) else json.dumps(body).encode(), received_at=at)


def taken(given: Delivery) -> tuple[int, Admitted | None]:
    """What becomes of a delivery."""
    try:
        return 200, webhooks.admit(given)
    except DeliveryRefused as refused:
        return refused.status, None


@pytest.mark.parametrize("rest", [SECRET, OLDER, f"{SECRET}/"])
def test_each_valid_address_is_let_in(rest: str) -> None:
    webhooks.verify(delivery(SEEN, rest=rest), INSTALLATION)


@pytest.mark.parametrize("rest", ["", "/", "wrong", SECRET[:-1], f"{SECRET}x", f"x/{SECRET}", "\udcff"])
def test_any_other_address_is_refused(rest: str) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        webhooks.verify(delivery(SEEN, rest=rest), INSTALLATION)
    assert refused.value.status == 401


@pytest.mark.parametrize("secrets", [(), ("",)])
def test_without_a_secret_everything_is_refused(secrets: tuple[str, ...]) -> None:
    closed = Installation(id=1, host="circle", base_url="https://growers.circle.so", hook_secrets=secrets)
    for rest in ("", "/", "x"):
        with pytest.raises(DeliveryRefused):
            webhooks.verify(delivery(SEEN, rest=rest), closed)


@pytest.mark.parametrize("named", [2, "2", None, "", [], {}, True, 1.0])
def test_a_delivery_about_another_community_is_refused(named: object) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        webhooks.verify(delivery({"type": "access_groups_added", "data": {"community_id": named, "community_member_id": 12}}), KNOWN)
    assert (refused.value.status, refused.value.reason) == (403, "other_community")


@pytest.mark.parametrize("body", [SEEN, {"type": "x", "data": {"community_id": "1"}}, {"type": "x", "data": {}}, {"type": "x", "data": 7}, {"type": "x"}, b"["])
def test_one_about_this_community_or_about_none_is_let_in(body: object) -> None:
    webhooks.verify(delivery(body), KNOWN)


def test_the_one_type_that_was_seen_names_whom_to_ask_about() -> None:
    admitted = webhooks.admit(delivery(SEEN))
    assert admitted is not None
    assert admitted.kind == "access_groups_added"
    assert webhooks.to_events(admitted, received_at=NOW, base_url="") == [
        SubjectDoubted(seen_at=NOW, kind="member", host_id="12"),
        SubjectDoubted(seen_at=NOW, kind="group", host_id="access:7"),
    ]


@pytest.mark.parametrize("data", [{}, {"post_id": 3}, [], None, {"community_member_id": -1}, {"community_member_id": "x"}])
def test_an_unknown_type_leads_to_a_reading_of_what_is_new(data: object) -> None:
    admitted = webhooks.admit(delivery({"type": "something_new", "data": data, "email": "SECRET"}))
    assert admitted is not None
    assert b"SECRET" not in admitted.body
    assert webhooks.to_events(admitted, received_at=NOW, base_url="") == [NewsHinted(seen_at=NOW)]


def test_ids_may_be_texts() -> None:
    admitted = webhooks.admit(delivery({"type": "x", "data": {"community_member_id": "12"}}))
    assert admitted is not None
    assert webhooks.to_events(admitted, received_at=NOW, base_url="") == [SubjectDoubted(seen_at=NOW, kind="member", host_id="12")]


def test_equal_bodies_within_a_minute_are_one_delivery() -> None:
    first, again, later = (webhooks.admit(delivery(SEEN, at=NOW + timedelta(seconds=seconds))) for seconds in (0, 59, 60))
    assert first is not None
    assert again is not None
    assert later is not None
    assert first.key == again.key != later.key


@pytest.mark.parametrize(
    ("body", "method", "status"),
    [(b"", "POST", 400), (b"[]", "POST", 400), (b"{}", "POST", 400), (b'{"type":7}', "POST", 400), (b'{"type":"a\\nb"}', "POST", 400), (b"{}", "GET", 405)],
)
def test_what_is_no_delivery_is_refused(body: bytes, method: str, status: int) -> None:
    assert taken(delivery(body, method=method))[0] == status


@pytest.mark.slow
@given(
    st.recursive(
        st.none() | st.integers() | st.text(max_size=9), lambda inner: st.dictionaries(st.sampled_from(["type", "data", "community_member_id"]), inner)
    )
)
def test_whatever_comes_is_admitted_or_refused(body: object) -> None:
    status, admitted = taken(delivery(body))
    assert status in {200, 400}
    if admitted is not None:
        assert webhooks.to_events(admitted, received_at=NOW, base_url="")


def test_a_recording_brings_its_address() -> None:
    replayed = HOST.recorded({"X-Mentorgraph-Path": SECRET}, json.dumps(SEEN).encode())
    HOST.verify(replayed, INSTALLATION)
    assert HOST.admit(replayed) is not None
    assert HOST.acknowledgement(replayed).status == 200


def test_addresses_and_sign_in() -> None:
    assert HOST.normalise_url("Growers.circle.so/home?x") == "https://growers.circle.so"
    with pytest.raises(HostInvalid, match="type the address of the community"):
        HOST.normalise_url("ftp://x")
    with pytest.raises(SignInRefused, match="code"):
        HOST.sign_in_start(INSTALLATION, nonce="n", return_url="", silent=False)
    with pytest.raises(SignInRefused):
        HOST.sign_in_finish(INSTALLATION, {})
    assert HOST.peek_nonce({}) is None


def test_the_snippet_for_circles_pages_believes_nothing_there() -> None:
    snippet = (Path(webhooks.__file__).parent / "ui" / "snippet.js").read_text(encoding="utf-8")
    code = "\n".join(line for line in snippet.splitlines() if not line.lstrip().startswith("//"))
    assert "circleUser" not in code
    assert "innerHTML" not in code
    assert "<script" not in code, "Circle puts it into a script of its own"
