"""Standard Webhooks: what was signed is let in, everything else is refused with 401, and nothing raises another error."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mentorgraph.host import DeliveryRefused
from mentorgraph.standard_webhooks import secret_of, sign, verify

VECTORS: Mapping[str, Any] = json.loads((Path(__file__).parent / "standard_webhooks.json").read_text(encoding="utf-8"))
NOW = datetime.fromtimestamp(VECTORS["now"], UTC)


def case(one: Mapping[str, Any]) -> dict[str, Any]:
    """A vector over the one that is good: what it names is replaced, and a header of ``null`` is left out."""
    changed = {**VECTORS["base"]["headers"], **one.get("headers", {})}
    return {
        "secrets": one.get("secrets", VECTORS["base"]["secrets"]),
        "headers": {name: value for name, value in changed.items() if value is not None},
        "body": one.get("body", VECTORS["base"]["body"]).encode(),
    }


def answer(secrets: list[str], headers: Mapping[str, str], body: bytes) -> str:
    return verify(secrets, headers=headers, body=body, now=NOW)


@pytest.mark.parametrize("one", VECTORS["good"], ids=lambda one: str(one["name"]))
def test_what_is_authentic_is_let_in(one: Mapping[str, Any]) -> None:
    assert answer(**case(one)) == one.get("id", "msg_1")


@pytest.mark.parametrize("one", VECTORS["bad"], ids=lambda one: str(one["name"]))
def test_everything_else_is_refused(one: Mapping[str, Any]) -> None:
    with pytest.raises(DeliveryRefused) as refused:
        answer(**case(one))
    assert (refused.value.status, refused.value.reason) == (401, one["reason"])


@settings(max_examples=200, deadline=None)
@given(st.dictionaries(st.sampled_from(["webhook-id", "webhook-timestamp", "webhook-signature"]), st.text(st.characters(exclude_categories=[]), max_size=40)))
def test_no_header_raises_another_error(headers: dict[str, str]) -> None:
    for given_headers in (headers, {**VECTORS["base"]["headers"], **headers}):
        if given_headers == VECTORS["base"]["headers"]:
            continue
        with pytest.raises(DeliveryRefused) as refused:
            answer(VECTORS["base"]["secrets"], given_headers, VECTORS["base"]["body"].encode())
        assert refused.value.status == 401


def test_while_a_secret_follows_another_either_is_enough() -> None:
    old, new = VECTORS["base"]["secrets"][0], VECTORS["other_secret"]
    headers = sign([new, old], message_id="msg_2", at=NOW, body=b"{}")
    assert len(headers["webhook-signature"].split(" ")) == 2
    for secret in (old, new):
        assert answer([secret], headers, b"{}") == "msg_2"


@pytest.mark.parametrize("text", ["", "whsec_", "whsec_%%%", "whsec_é", "whsec_c2hvcnQ=", "whsec_" + "A" * 200])
def test_what_is_no_secret_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="secret"):
        secret_of(text)


@pytest.mark.parametrize("message_id", ["", "with space", "a.b", "é", "x" * 257, "line\n"])
def test_nothing_is_signed_that_no_receiver_would_take(message_id: str) -> None:
    with pytest.raises(ValueError, match="an id"):
        sign(VECTORS["base"]["secrets"], message_id=message_id, at=NOW, body=b"")
