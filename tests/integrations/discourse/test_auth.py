import base64
import hmac
from hashlib import sha256
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from integrations.discourse import auth
from mentorgraph.host import Identity, Installation, SignInRefused
from tests.integrations.discourse.support import BASE_URL, INSTALLATION, OLD_SIGN_IN_SECRET, SIGN_IN_SECRET

FIELDS = {
    "nonce": "n-1",
    "return_sso_url": INSTALLATION.callback_url,
    "name": "Ines Falk",
    "username": "ines",
    "email": "ines@mail.example",
    "external_id": "72",
    "admin": "false",
    "moderator": "true",
    "groups": "trust_level_0,gardeners",
    "avatar_url": "https://forum.example.com/user_avatar/ines/96/1.png",
}


def answer(fields: dict[str, str] | list[tuple[str, str]] | bytes, secret: str = SIGN_IN_SECRET) -> dict[str, str]:
    decoded = fields if isinstance(fields, bytes) else urlencode(fields).encode()
    payload = base64.b64encode(decoded).decode()
    return {"sso": payload, "sig": hmac.new(secret.encode(), payload.encode(), sha256).hexdigest()}


class TestStart:
    def test_the_browser_is_sent_with_a_signed_question(self) -> None:
        start = auth.sign_in_start(INSTALLATION, nonce="n-1", return_url=INSTALLATION.callback_url, silent=False)
        assert start.url.startswith(f"{BASE_URL}/session/sso_provider?")
        assert {name: value for name, (value,) in parse_qs(urlsplit(start.url).query).items()} == start.parameters
        assert start.parameters["sig"] == hmac.new(SIGN_IN_SECRET.encode(), start.parameters["sso"].encode(), sha256).hexdigest()
        assert parse_qs(base64.b64decode(start.parameters["sso"]).decode()) == {"nonce": ["n-1"], "return_sso_url": [INSTALLATION.callback_url]}

    def test_a_silent_question_says_so(self) -> None:
        start = auth.sign_in_start(INSTALLATION, nonce="n-1", return_url=INSTALLATION.callback_url, silent=True)
        assert parse_qs(base64.b64decode(start.parameters["sso"]).decode())["prompt"] == ["none"]

    def test_a_forum_in_a_folder(self) -> None:
        there = Installation(id=1, host="discourse", base_url="https://example.com/forum", sign_in_secrets=("s",))
        assert auth.sign_in_start(there, nonce="n", return_url="https://m.example/", silent=False).url.startswith(
            "https://example.com/forum/session/sso_provider?"
        )

    @pytest.mark.parametrize("secrets", [(), ("",)])
    def test_without_a_secret_there_is_no_sign_in(self, secrets: tuple[str, ...]) -> None:
        there = Installation(id=1, host="discourse", base_url=BASE_URL, callback_url=INSTALLATION.callback_url, sign_in_secrets=secrets)
        with pytest.raises(SignInRefused) as refused:
            auth.sign_in_start(there, nonce="n", return_url=there.callback_url, silent=False)
        assert refused.value.reason == "no_secret"
        with pytest.raises(SignInRefused) as refused:
            auth.sign_in_finish(there, answer(FIELDS, ""))
        assert refused.value.reason == "no_secret"


class TestFinish:
    @pytest.mark.parametrize("secret", [SIGN_IN_SECRET, OLD_SIGN_IN_SECRET])
    def test_who_is_signed_in(self, secret: str) -> None:
        assert auth.sign_in_finish(INSTALLATION, answer(FIELDS, secret)) == Identity(
            nonce="n-1",
            host_user_id="72",
            username="ines",
            name="Ines Falk",
            avatar_url="https://forum.example.com/user_avatar/ines/96/1.png",
            admin=False,
            moderator=True,
            groups=("trust_level_0", "gardeners"),
        )

    def test_base64_in_lines_is_understood(self) -> None:
        payload = base64.encodebytes(urlencode(FIELDS).encode()).decode()
        signed = {"sso": payload, "sig": hmac.new(SIGN_IN_SECRET.encode(), payload.encode(), sha256).hexdigest()}
        assert auth.sign_in_finish(INSTALLATION, signed).host_user_id == "72"

    def test_a_callback_with_a_query_of_its_own_is_ours(self) -> None:
        fields = FIELDS | {"return_sso_url": f"{INSTALLATION.callback_url}?flow=widget"}
        assert auth.sign_in_finish(INSTALLATION, answer(fields)).username == "ines"

    @pytest.mark.parametrize(
        ("fields", "reason"),
        [
            ({**FIELDS, "failed": "true"}, "not_signed_in"),
            ({"nonce": "n-1", "return_sso_url": INSTALLATION.callback_url, "prompt": "none", "failed": "true"}, "not_signed_in"),
            ({"nonce": "n-1", "return_sso_url": INSTALLATION.callback_url, "prompt": "none"}, "not_signed_in"),
            ({key: value for key, value in FIELDS.items() if key != "nonce"}, "no_nonce"),
            ({**FIELDS, "nonce": ""}, "no_nonce"),
            *(({**FIELDS, "external_id": wrong}, "no_member") for wrong in ("", "0", "-1", "+7", "7.0", "7a", "0x7", " 7", "\u0667", "9" * 30)),
            ({key: value for key, value in FIELDS.items() if key != "external_id"}, "no_member"),
            ({**FIELDS, "username": ""}, "no_member"),
            *(
                ({**FIELDS, "return_sso_url": wrong}, "wrong_address")
                for wrong in (
                    "",
                    "https://evil.example/",
                    INSTALLATION.callback_url + "x",
                    INSTALLATION.callback_url.upper(),
                    INSTALLATION.callback_url.replace("https", "http"),
                )
            ),
            ([*FIELDS.items(), ("external_id", "1")], "malformed"),
            ([("admin", "true"), *FIELDS.items()], "malformed"),
            (b"\xff\xfe", "malformed"),
            (b"nonce=%ff", "malformed"),
            (b"just words", "malformed"),
            (b"", "malformed"),
        ],
    )
    def test_a_signed_answer_that_will_not_do(self, fields: dict[str, str] | list[tuple[str, str]] | bytes, reason: str) -> None:
        with pytest.raises(SignInRefused) as refused:
            auth.sign_in_finish(INSTALLATION, answer(fields))
        assert refused.value.reason == reason

    @pytest.mark.parametrize(
        "change",
        [
            {"sig": "0" * 64},
            {"sig": "é" * 64},
            {"sig": answer(FIELDS)["sig"].upper()},
            {"sig": answer(FIELDS, "wrong")["sig"]},
            {"sso": answer(FIELDS)["sso"] + "="},
        ],
    )
    def test_an_answer_that_nobody_signed(self, change: dict[str, str]) -> None:
        with pytest.raises(SignInRefused) as refused:
            auth.sign_in_finish(INSTALLATION, answer(FIELDS) | change)
        assert refused.value.reason == "bad_signature"

    @pytest.mark.parametrize("wrong", [{}, {"sso": "x"}, {"sig": "x"}, {"sso": "A" * 100_000, "sig": "x"}])
    def test_no_answer_at_all(self, wrong: dict[str, str]) -> None:
        with pytest.raises(SignInRefused) as refused:
            auth.sign_in_finish(INSTALLATION, wrong)
        assert refused.value.reason == "malformed"

    def test_only_the_words_true_and_false_make_an_admin(self) -> None:
        assert auth.sign_in_finish(INSTALLATION, answer(FIELDS | {"admin": "true"})).admin
        assert not auth.sign_in_finish(INSTALLATION, answer(FIELDS | {"admin": "1"})).admin

    def test_the_address_of_a_picture_is_one(self) -> None:
        assert auth.sign_in_finish(INSTALLATION, answer(FIELDS | {"avatar_url": "javascript:alert(1)"})).avatar_url == ""

    @given(st.binary(max_size=200))
    def test_no_signed_payload_raises_anything_else(self, payload: bytes) -> None:
        with pytest.raises(SignInRefused):
            auth.sign_in_finish(INSTALLATION, answer(payload))


class TestPeek:
    def test_the_nonce_is_found_without_the_secret(self) -> None:
        assert auth.peek_nonce(answer(FIELDS, "whatever")) == "n-1"

    @pytest.mark.parametrize(
        "odd", [{}, {"sso": ""}, {"sso": "!"}, {"sso": "AAAA"}, {"sso": "é"}, answer({"nonce": ""}), answer([("nonce", "a"), ("nonce", "b")])]
    )
    def test_nothing_else_is_one(self, odd: dict[str, str]) -> None:
        assert auth.peek_nonce(odd) is None
