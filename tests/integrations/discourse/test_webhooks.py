import json
from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.discourse import webhooks
from integrations.discourse.manifest import ROOTS
from mentorgraph.events import Event, HookPinged
from mentorgraph.host import Delivery, DeliveryRefused, Installation
from tests.integrations.discourse.support import BASE_URL, HOOK_SECRET, INSTALLATION, NOW, OLD_HOOK_SECRET, cases, delivery, events_of, recording, signature

PING = recording("ping").delivery()


def changed(found: Delivery, *, body: bytes | None = None, headers: Mapping[str, str] | None = None) -> Delivery:
    return Delivery(method=found.method, rest=found.rest, headers={**found.headers, **(headers or {})}, body=found.body if body is None else body)


def community(base_url: str = BASE_URL, secrets: tuple[str, ...] = (HOOK_SECRET, OLD_HOOK_SECRET)) -> Installation:
    return Installation(id=1, host="discourse", base_url=base_url, hook_secrets=secrets)


class TestVerify:
    def test_the_vector_of_the_forums_own_test_suite_verifies(self) -> None:
        body = b'{"ping":"OK"}'
        given_signature = "sha256=162f107f6b5022353274eb1a7197885cfd35744d8d08e5bcea025d309386b7d6"
        found = changed(PING, body=body, headers={"x-discourse-event-signature": given_signature})
        webhooks.verify(found, community(secrets=("my_lovely_secret_for_web_hook",)))

    @pytest.mark.parametrize("secret", [HOOK_SECRET, OLD_HOOK_SECRET])
    def test_either_secret_of_a_rotation_verifies(self, secret: str) -> None:
        webhooks.verify(changed(PING, headers={"x-discourse-event-signature": signature(PING.body, secret)}), INSTALLATION)

    def test_a_retired_secret_is_refused(self) -> None:
        found = changed(PING, headers={"x-discourse-event-signature": signature(PING.body, OLD_HOOK_SECRET)})
        with pytest.raises(DeliveryRefused) as refused:
            webhooks.verify(found, community(secrets=(HOOK_SECRET,)))
        assert refused.value.status == 401

    @pytest.mark.parametrize(
        "wrong",
        [
            "",
            "sha256=",
            signature(PING.body).removeprefix("sha256="),
            signature(PING.body).upper(),
            signature(PING.body).replace("sha256=", "sha1="),
            signature(PING.body)[:-1],
            signature(PING.body) + "0",
            " " + signature(PING.body),
            signature(PING.body) + "\n",
            signature(PING.body + b" "),
            signature(PING.body, "another-secret"),
            signature(PING.body, ""),
            "sha256=" + "é" * 64,
            "sha256=" + "\udcff" * 64,
            "\x00",
        ],
    )
    def test_anything_but_the_signature_of_the_raw_bytes_is_refused(self, wrong: str) -> None:
        with pytest.raises(DeliveryRefused) as refused:
            webhooks.verify(changed(PING, headers={"x-discourse-event-signature": wrong}), INSTALLATION)
        assert (refused.value.status, refused.value.reason) == (401, "bad_signature" if wrong else "no_signature")

    def test_the_raw_bytes_count_not_their_meaning(self) -> None:
        with pytest.raises(DeliveryRefused):
            webhooks.verify(changed(PING, body=b'{"ping": "OK"}'), INSTALLATION)
        odd = b' {"ping" :\t"OK" }\n'
        webhooks.verify(changed(PING, body=odd, headers={"x-discourse-event-signature": signature(odd)}), INSTALLATION)

    @pytest.mark.parametrize("secrets", [(), ("",), ("", "")])
    def test_without_a_secret_nothing_is_let_in(self, secrets: tuple[str, ...]) -> None:
        found = changed(PING, headers={"x-discourse-event-signature": signature(PING.body, "")})
        with pytest.raises(DeliveryRefused) as refused:
            webhooks.verify(found, community(secrets=secrets))
        assert (refused.value.status, refused.value.reason) == (401, "no_secret")

    @pytest.mark.parametrize(
        ("claimed", "registered"),
        [
            ("https://forum.example.com", "https://forum.example.com"),
            ("https://Forum.Example.com:443/", "https://forum.example.com"),
            ("http://forum.example.com:80", "http://forum.example.com"),
            ("http://10.0.0.7:3000", "http://10.0.0.7:3000"),
            ("https://example.com/forum/", "https://example.com/forum"),
        ],
    )
    def test_the_instance_is_compared_in_one_form(self, claimed: str, registered: str) -> None:
        webhooks.verify(changed(PING, headers={"x-discourse-instance": claimed}), community(registered))

    @pytest.mark.parametrize(
        "claimed",
        [
            "",
            "https://other.example.com",
            "http://forum.example.com",
            "https://forum.example.com:8443",
            "https://forum.example.com/forum",
            "https://forum.example.com@evil.example",
            "☃",
            "\udcff",
        ],
    )
    def test_another_instance_is_refused(self, claimed: str) -> None:
        with pytest.raises(DeliveryRefused) as refused:
            webhooks.verify(changed(PING, headers={"x-discourse-instance": claimed}), INSTALLATION)
        assert (refused.value.status, refused.value.reason) == (401, "wrong_instance")

    def test_a_delivery_is_a_post(self) -> None:
        with pytest.raises(DeliveryRefused) as refused:
            webhooks.verify(Delivery(method="GET", rest="", headers=PING.headers, body=PING.body), INSTALLATION)
        assert (refused.value.status, refused.value.reason) == (405, "method")

    def test_a_missing_header_is_refused(self) -> None:
        for missing in ("x-discourse-instance", "x-discourse-event-signature"):
            headers = {name: value for name, value in PING.headers.items() if name != missing}
            with pytest.raises(DeliveryRefused):
                webhooks.verify(Delivery(method="POST", rest="", headers=headers, body=PING.body), INSTALLATION)

    @given(st.binary(max_size=200), st.text(max_size=100))
    def test_no_input_raises_anything_else(self, body: bytes, header: str) -> None:
        with pytest.raises(DeliveryRefused):
            webhooks.verify(changed(PING, body=body, headers={"x-discourse-event-signature": header}), INSTALLATION)


class TestAdmit:
    @pytest.mark.parametrize(
        "body",
        [
            b"",
            b"null",
            b"5",
            b'"post"',
            b"[]",
            b"{}",
            b"{",
            b'{"ping":"OK"}x',
            b'{"ping":NaN}',
            b'{"ping":Infinity}',
            b'{"ping":1e999}',
            b'{"ping":' + b"9" * 400 + b"}",
            b'{"ping":' + b"9" * 5000 + b"}",
            b'{"ping":"OK","ping":"OK"}',
            b'{"ping":{"a":1,"a":2}}',
            b'{"ping":"\xff"}',
            b'{"ping":"\\ud800"}',
            '{"ping":"OK"}'.encode("utf-16"),
            b'\xef\xbb\xbf{"ping":"OK"}',
            b'{"ping":' + b"[" * 300 + b"]" * 300 + b"}",
            b'{"ping":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
            b'{"ping":' + b'{"a":' * 100_000,
            b"ping=OK",
            b"payload=%7B%22ping%22%3A%22OK%22%7D",
        ],
    )
    def test_malformed_bodies_are_refused_as_such(self, body: bytes) -> None:
        with pytest.raises(DeliveryRefused) as refused:
            webhooks.admit(changed(PING, body=body))
        assert refused.value.status == 400

    def test_brackets_in_texts_are_not_nesting(self) -> None:
        assert webhooks.admit(changed(PING, body=json.dumps({"ping": '[{"\\' * 2000}).encode())) is not None

    @pytest.mark.parametrize(
        ("headers", "reason"),
        [
            ({"x-discourse-event-id": ""}, "no_id"),
            ({"x-discourse-event-id": "12a"}, "no_id"),
            ({"x-discourse-event-id": "-1"}, "no_id"),
            ({"x-discourse-event-id": "1" * 21}, "no_id"),
            ({"x-discourse-event-id": "\u0661"}, "no_id"),
            ({"x-discourse-event-type": ""}, "no_type"),
            ({"x-discourse-event-type": "Ping"}, "no_type"),
            ({"x-discourse-event-type": "p" * 65}, "no_type"),
            ({"x-discourse-event": "ping\n"}, "no_type"),
            ({"x-discourse-event-type": "post"}, "root_mismatch"),
            ({"x-discourse-event": "user_destroyed"}, "event_mismatch"),
        ],
    )
    def test_headers_that_do_not_fit_are_refused(self, headers: Mapping[str, str], reason: str) -> None:
        with pytest.raises(DeliveryRefused) as refused:
            webhooks.admit(changed(PING, headers=headers))
        assert (refused.value.status, refused.value.reason) == (400, reason)

    def test_a_body_relabelled_with_an_event_of_another_root_is_refused(self) -> None:
        with pytest.raises(DeliveryRefused) as refused:
            webhooks.admit(recording("user_destroyed__relabelled").delivery())
        assert refused.value.reason == "event_mismatch"

    def test_the_key_is_the_forums_id_of_the_attempt(self) -> None:
        admitted = webhooks.admit(recording("post_created").delivery(x_discourse_event_id="77"))
        assert admitted is not None
        assert (admitted.key, admitted.kind) == ("77", "post_created")

    @pytest.mark.parametrize(
        ("case", "kind"),
        [
            ("zebra_seen", "zebra_seen"),
            ("post_zebra", "post_zebra"),
            ("notification_created", "notification_created"),
            ("chat_message_created", "chat_message_created"),
            ("reviewable_created", "reviewable_created"),
        ],
    )
    def test_what_is_not_known_is_kept_by_name_alone(self, case: str, kind: str) -> None:
        admitted = webhooks.admit(recording(case).delivery())
        assert admitted is not None
        assert (admitted.kind, admitted.body) == (kind, b"{}")
        assert webhooks.to_events(admitted, received_at=NOW, base_url=BASE_URL) == ()

    def test_an_event_without_a_name_is_counted_under_its_root(self) -> None:
        headers = {name: value for name, value in recording("zebra_seen").delivery().headers.items() if name != "x-discourse-event"}
        admitted = webhooks.admit(Delivery(method="POST", rest="", headers=headers, body=b'{"zebra":{}}'))
        assert admitted is not None
        assert admitted.kind == "zebra"

    def test_a_form_content_type_still_carries_json(self) -> None:
        assert events_of(recording("post_created__form_content_type").delivery())

    def test_what_a_plugin_adds_beside_the_root_is_left_out(self) -> None:
        body = b'{"extra":{"email":"x@mail.example"},"ping":"OK"}'
        admitted = webhooks.admit(changed(PING, body=body))
        assert admitted is not None
        assert b"mail.example" not in admitted.body

    @pytest.mark.parametrize("payload", [None, 5, "text", [], [1], True])
    @pytest.mark.parametrize("root", sorted(set(ROOTS) - {"ping"}))
    def test_a_known_event_needs_an_object(self, root: str, payload: object) -> None:
        with pytest.raises(DeliveryRefused) as refused:
            webhooks.admit(delivery(root, min(ROOTS[root]), payload))
        assert (refused.value.status, refused.value.reason) == (400, "shape")


class TestAcknowledgement:
    def test_the_forum_is_told_that_the_delivery_is_kept(self) -> None:
        assert 200 <= webhooks.acknowledgement(PING).status < 300

    def test_a_recording_becomes_a_delivery_with_lower_case_headers(self) -> None:
        found = webhooks.recorded({"X-Discourse-Event": "ping"}, b"{}")
        assert found == Delivery(method="POST", rest="", headers={"x-discourse-event": "ping"}, body=b"{}")


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["regular", "2026-01-01T00:00:00Z"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=8,
)
KEYS = st.sampled_from(sorted({key for case in cases() for payload in recording(case).body.values() if isinstance(payload, dict) for key in payload}))
EVENTS = sorted((root, name) for root, names in ROOTS.items() for name in names)


class TestHostileShapes:
    @pytest.mark.slow
    @given(st.sampled_from(EVENTS), st.dictionaries(KEYS, JSON, max_size=12) | JSON)
    def test_arbitrary_json_gives_events_or_a_refusal(self, event: tuple[str, str], payload: object) -> None:
        self.check(*event, payload)

    @pytest.mark.slow
    @given(
        st.sampled_from([case for case in cases() if "relabelled" not in case]), st.dictionaries(KEYS, JSON, min_size=1, max_size=3), st.sets(KEYS, max_size=3)
    )
    def test_a_real_payload_with_some_keys_wrong_or_gone_gives_events_or_a_refusal(self, case: str, wrong: Mapping[str, object], missing: set[str]) -> None:
        found = recording(case)
        root = found.headers["X-Discourse-Event-Type"]
        payload = found.body[root]
        if isinstance(payload, dict):
            self.check(root, found.headers["X-Discourse-Event"], {key: value for key, value in {**payload, **wrong}.items() if key not in missing})

    def check(self, root: str, name: str, payload: object) -> None:
        try:
            found = delivery(root, name, payload)
        except UnicodeEncodeError:
            return  # a lone surrogate cannot be sent as UTF-8
        status = 400
        admitted = None
        try:
            admitted = webhooks.admit(found)
        except DeliveryRefused as refused:
            status = refused.status
        assert status == 400
        if admitted is not None:
            events = webhooks.to_events(admitted, received_at=NOW, base_url=BASE_URL)
            assert all(isinstance(event, Event) for event in events)
            assert events or (root, name) not in EVENTS

    def test_a_ping_is_an_event(self) -> None:
        assert events_of(PING) == (HookPinged(seen_at=NOW),)
