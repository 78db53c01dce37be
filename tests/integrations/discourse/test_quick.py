"""The quick way of reading a delivery says the same as the careful one."""

import json

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.discourse import admission, quick, translation
from integrations.strict import load_object
from integrations.values import moment, text
from mentorgraph.host import DeliveryRefused
from tests.integrations.discourse.support import NOW, recording

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False, allow_infinity=False) | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=6), inner, max_size=4),
    max_leaves=12,
)


@pytest.mark.slow
@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=6), VALUES, max_size=5))
def test_however_it_is_written_it_reads_the_same(value: dict[str, object]) -> None:
    canonical, loose = orjson.dumps(value), json.dumps(value, indent=1).encode()
    assert load_object(canonical) == load_object(loose) == json.loads(canonical)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a":1,"a":1}',
        b'{"a":1, "a":2}',
        b'{"a":{"b":1,"b":1}}',
        b'{"a":1,"\\u0061":2}',
        b'{"a":[{"b":":","b":":"}]}',
        b'{"a":99999999999999999999}',
        b'{"a":' + b"9" * 30 + b"}",
    ],
)
def test_the_quick_way_lets_nothing_through_that_the_careful_one_refuses(body: bytes) -> None:
    with pytest.raises(DeliveryRefused):
        load_object(body)


@given(st.text(st.characters()), st.integers(0, 30))
def test_a_text_is_storable_whichever_way_it_was_cleaned(value: str, limit: int) -> None:
    kept = text(value, limit)
    assert kept is not None
    assert "\x00" not in kept
    kept.encode()
    assert kept == "".join(one for one in value[:limit] if one != "\x00" and not 0xD800 <= ord(one) <= 0xDFFF)


IDS = st.integers(-2, 9) | st.sampled_from(["5", "x", None, True])
POSTS = st.fixed_dictionaries(
    {"topic_archetype": st.just("regular")},
    optional={
        "id": IDS,
        "topic_id": IDS,
        "user_id": IDS,
        "created_at": st.sampled_from(["2026-01-01T00:00:00Z", "", None, "never"]),
        "post_type": st.sampled_from([1, 2, 3, "1", None]),
        "deleted_at": st.sampled_from([None, "2026-01-01T00:00:00Z"]),
        "user_deleted": st.booleans(),
    },
)


@given(POSTS, st.sampled_from(["post_created", "post_edited", "post_destroyed", "post_recovered"]))
def test_what_passes_for_a_post_can_be_translated(payload: dict[str, object], name: str) -> None:
    try:
        kept = admission.reduced("post", name, payload)
    except DeliveryRefused:
        return
    assert kept is None or translation.events("post", name, kept, received_at=NOW, base_url="https://forum.invalid")


NAMES = st.none() | st.text(st.characters(codec="utf-8"), max_size=8) | st.just("n" * 300)
NUMBERS = st.none() | st.integers(-2, 9) | st.sampled_from([2**62, 2**63 - 1, "7", 1.0, True])
TIMES = st.sampled_from([None, "2026-01-03T04:17:24.550Z", "2026-01-03T04:17:24+02:00", "2026-01-03T04:17:24", "0001-01-01T00:00:00Z", "never", 5])
WHOLE_POSTS = st.fixed_dictionaries(
    {"id": st.integers(1, 9), "topic_id": st.integers(1, 9), "user_id": st.integers(1, 9), "created_at": TIMES, "raw": NAMES},
    optional={
        "topic_archetype": st.sampled_from(["regular", "banner", "private_message", "new", None, 1]),
        "category_id": NUMBERS,
        "username": NAMES,
        "updated_at": TIMES,
        "post_number": NUMBERS,
        "reply_to_post_number": NUMBERS,
        "post_type": st.sampled_from([1, 2, 3, 4, "1", None, True]),
        "version": NUMBERS,
        "hidden": st.sampled_from([True, False, None, 1]),
        "accepted_answer": st.sampled_from([True, False, None, {"post_number": 2}, {}]),
        "topic_title": NAMES,
        "topic_slug": NAMES,
        "cooked": NAMES,
        "deleted_at": st.sampled_from([None, "2026-01-01T00:00:00Z"]),
        "user_deleted": st.sampled_from([None, True, False]),
        "plugin_key": VALUES,
    },
)


@pytest.mark.slow
@settings(max_examples=600)
@given(WHOLE_POSTS, st.sampled_from(["post_created", "post_edited", "post_destroyed", "post_recovered"]))
def test_a_post_is_admitted_the_same_in_one_step(payload: dict[str, object], name: str) -> None:
    body = orjson.dumps({"post": payload})
    stored = quick.post(name, payload, body)
    if stored is None:
        return
    kept = admission.reduced("post", name, payload)
    assert kept is not None
    times = ("created_at", "updated_at")
    found = json.loads(stored)["post"]
    assert {key: value for key, value in found.items() if key not in times} == {key: value for key, value in kept.items() if key not in times}
    assert {key: moment(found.get(key)) for key in times} == {key: moment(kept.get(key)) for key in times}
    assert [list(translation.events("post", name, one, received_at=NOW, base_url="https://forum.invalid")) for one in (found, kept)] == [
        list(translation.events("post", name, kept, received_at=NOW, base_url="https://forum.invalid"))
    ] * 2


@pytest.mark.parametrize("case", ["post_created", "post_created__form_content_type", "post_edited", "post_recovered"])
def test_a_post_as_the_forum_sends_it_takes_one_step(case: str) -> None:
    delivery = recording(case).delivery()
    assert quick.post(case.partition("__")[0], recording(case).body["post"], delivery.body) is not None
