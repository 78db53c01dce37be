"""ID tokens that are not the provider's, not for us, not for this sign-in or not valid now; descriptions and keys that are none."""

import base64
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from integrations.oidc.flow import LEEWAY_SECONDS, Begun, address, finish
from integrations.oidc.keys import Keys
from integrations.oidc.provider import Client, Provider, checked_issuer, discover
from mentorgraph.host import HostBroken, HostInvalid, Response, SignInRefused

NOW = datetime(2026, 11, 2, 12, tzinfo=UTC)
ISSUER = "https://id.example.org"
PROVIDER = Provider(
    issuer=ISSUER,
    authorization_endpoint=f"{ISSUER}/authorize?tenant=1",
    token_endpoint=f"{ISSUER}/token",
    jwks_uri=f"{ISSUER}/keys",
    names_itself=False,
    algorithms=("RS256",),
    basic=True,
)
CLIENT = Client(issuer=ISSUER, client_id="us:1", client_secret="a+b c", scopes=("openid", "profile"))
BEGUN = Begun(state="state", nonce="nonce", verifier="v" * 50, redirect_uri="https://mentors.example.org/auth/1/callback")
KEY = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
OTHER = RSAKey.generate_key(2048, {"kid": "one"}, private=True)
CLAIMS: dict[str, object] = {"iss": ISSUER, "aud": "us:1", "sub": "maya", "nonce": "nonce", "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 300}


@dataclass
class Scripted:
    """Answers by path, and remembers what was asked."""

    answers: dict[str, tuple[int, object]]
    asked: list[tuple[str, Mapping[str, str], Sequence[tuple[str, str]]]] = field(default_factory=list)

    async def request(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Sequence[tuple[str, str]] = (),
        json: object | None = None,
        form: Sequence[tuple[str, str]] | None = None,
        repeatable: bool | None = None,
    ) -> Response:
        assert (list(params), json) == ([], None)
        assert repeatable is (method == "GET")
        self.asked.append((url, headers or {}, form or ()))
        status, body = self.answers[urlsplit(url).path]
        return Response(status=status, headers={}, body=body if isinstance(body, bytes) else _dump(body))


def _dump(value: object) -> bytes:
    return json.dumps(value).encode()


def signed(claims: Mapping[str, object], *, key: RSAKey | OctKey = KEY, algorithm: str = "RS256", key_id: str = "one") -> str:
    """A token."""
    return jwt.encode({"alg": algorithm, "kid": key_id}, dict(claims), key, algorithms=[algorithm])


def scripted(token: object, *, status: int = 200, keys: object = None) -> Scripted:
    """A provider that gives this token."""
    return Scripted({"/token": (status, {"id_token": token}), "/keys": (200, keys or {"keys": [KEY.as_dict(private=False)]})})


async def sign_in(http: Scripted, *, provider: Provider = PROVIDER, client: Client = CLIENT) -> str:
    """The end of a sign-in."""
    return await finish(http, provider, client, Keys(provider, lambda: 0.0), begun=BEGUN, answer={"state": "state", "code": "code"}, now=NOW)


async def reason(token: object) -> str:
    """Why a token is refused."""
    with pytest.raises(SignInRefused) as refused:
        await sign_in(scripted(token))
    return refused.value.reason


def changed(**values: object) -> dict[str, object]:
    """Claims with some changed, or left out if ``None``."""
    return {name: value for name, value in {**CLAIMS, **values}.items() if value is not None}


async def test_a_good_token_and_how_it_is_asked_for() -> None:
    http = scripted(signed(CLAIMS))
    assert await sign_in(http) == "maya"
    url, headers, form = http.asked[0]
    assert url == f"{ISSUER}/token"
    assert headers["Authorization"] == f"Basic {base64.b64encode(b'us%3A1:a%2Bb+c').decode()}"
    assert dict(form) == {"grant_type": "authorization_code", "code": "code", "redirect_uri": BEGUN.redirect_uri, "code_verifier": BEGUN.verifier}


async def test_a_secret_in_the_form_and_none_at_all() -> None:
    http = scripted(signed(CLAIMS))
    await sign_in(http, provider=replace(PROVIDER, basic=False))
    assert ("client_secret", "a+b c") in http.asked[0][2]
    public = scripted(signed(CLAIMS))
    await sign_in(public, client=replace(CLIENT, client_secret=""))
    assert "Authorization" not in public.asked[0][1]
    assert ("client_id", "us:1") in public.asked[0][2]


def test_where_the_browser_is_sent() -> None:
    found = parse_qs(urlsplit(address(PROVIDER, CLIENT, BEGUN)).query)
    assert found["tenant"] == ["1"]
    assert found["code_challenge_method"] == ["S256"]
    assert found["scope"] == ["openid profile"]
    assert (found["state"], found["nonce"], found["redirect_uri"]) == (["state"], ["nonce"], [BEGUN.redirect_uri])
    assert BEGUN.verifier not in address(PROVIDER, CLIENT, BEGUN)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"iss": "https://evil.example.org"}, "bad_token"),
        ({"iss": f"{ISSUER}/"}, "bad_token"),
        ({"aud": "another"}, "bad_token"),
        ({"aud": ["another"]}, "bad_token"),
        ({"aud": {"us:1": 1}}, "bad_token"),
        ({"aud": ["us:1", "another"]}, "bad_token"),
        ({"aud": ["us:1", "another"], "azp": "another"}, "bad_token"),
        ({"azp": "another"}, "bad_token"),
        ({"sub": ""}, "bad_token"),
        ({"sub": 7}, "bad_token"),
        ({"sub": "x" * 256}, "bad_token"),
        ({"sub": None}, "bad_token"),
        ({"nonce": None}, "other_nonce"),
        ({"nonce": "another"}, "other_nonce"),
        ({"nonce": ["nonce"]}, "other_nonce"),
        ({"exp": None}, "expired"),
        ({"exp": int(NOW.timestamp()) - LEEWAY_SECONDS}, "expired"),
        ({"exp": "never"}, "expired"),
        ({"iat": None}, "expired"),
        ({"iat": int(NOW.timestamp()) + LEEWAY_SECONDS + 1}, "expired"),
        ({"nbf": int(NOW.timestamp()) + LEEWAY_SECONDS + 1}, "expired"),
    ],
)
async def test_wrong_claims(values: dict[str, object], expected: str) -> None:
    assert await reason(signed(changed(**values))) == expected


async def test_several_audiences_with_us_as_the_one_it_was_made_for() -> None:
    assert (await sign_in(scripted(signed(changed(aud=["us:1", "another"], azp="us:1"))))) == "maya"


async def test_forged_signatures() -> None:
    public = KEY.as_pem(private=False)
    unsigned = f"{_part({'alg': 'none', 'kid': 'one'})}.{_part(CLAIMS)}."
    shared = jwt.encode({"alg": "HS256", "kid": "one"}, CLAIMS, OctKey.import_key(base64.b64encode(public)), algorithms=["HS256"])
    for token in (unsigned, shared, signed(CLAIMS, key=OTHER), signed(CLAIMS)[:-4], signed(CLAIMS) + "x", "a.b.c", "…", "."):
        assert await reason(token) == "bad_token", token[:20]


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(_dump(value)).rstrip(b"=").decode()


@pytest.mark.parametrize("token", [None, "", 7, [], "x" * 20_000])
async def test_no_token_at_all(token: object) -> None:
    assert await reason(token) == "no_id_token"


@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: base64.urlsafe_b64encode(raw).decode() + ".e30.x"))
async def test_whatever_comes_as_a_token_is_refused(token: str) -> None:
    assert await reason(token) in {"bad_token", "no_id_token"}


@pytest.mark.parametrize("body", [b"<html>", b"[]", b'{"error": 7}', b'{"error": "invalid_grant", "error_description": "SECRET"}', b""])
async def test_a_refusal_of_the_provider_shows_none_of_its_words(body: bytes) -> None:
    http = Scripted({"/token": (400, body)})
    with pytest.raises(SignInRefused) as refused:
        await sign_in(http)
    assert "SECRET" not in refused.value.message


@pytest.mark.parametrize("keys", [{"keyring": []}, {"keys": 7}, {"keys": [{"kty": "RSA", "kid": "x", "n": 7}]}])
async def test_keys_that_are_none(keys: object) -> None:
    with pytest.raises(HostBroken):
        await sign_in(scripted(signed(CLAIMS), keys=keys))


@pytest.mark.parametrize("answer", [{"code": "x"}, {"state": "state"}, {"state": "state", "code": "c" * 5_000}, {"state": "state", "error": "access_denied"}])
async def test_answers_that_are_none(answer: dict[str, str]) -> None:
    http = scripted(signed(CLAIMS))
    with pytest.raises(SignInRefused):
        await finish(http, PROVIDER, CLIENT, Keys(PROVIDER, lambda: 0.0), begun=BEGUN, answer=answer, now=NOW)
    assert http.asked == []


DESCRIPTION: dict[str, object] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": "https://keys.example.org/keys",
    "id_token_signing_alg_values_supported": ["none", "HS256", "ES256"],
    "token_endpoint_auth_methods_supported": ["client_secret_post"],
    "authorization_response_iss_parameter_supported": True,
}


async def described(**values: object) -> Provider:
    """A provider from its description."""
    return await discover(Scripted({"/.well-known/openid-configuration": (200, {**DESCRIPTION, **values})}), ISSUER)


async def test_a_description() -> None:
    found = await described()
    assert (found.algorithms, found.basic, found.names_itself) == (("ES256",), False, True)
    assert (await described(id_token_signing_alg_values_supported=["HS256"])).algorithms == ("RS256",)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ({"issuer": "https://evil.example.org"}, "other_issuer"),
        ({"issuer": f"{ISSUER}/"}, "other_issuer"),
        ({"token_endpoint": "http://id.example.org/token"}, "no_provider"),
        ({"token_endpoint": "file:///etc/passwd"}, "no_provider"),
        ({"token_endpoint": "https://user@id.example.org/"}, "no_provider"),
        ({"jwks_uri": None}, "no_provider"),
        ({"authorization_endpoint": "https://["}, "no_provider"),
        ({"authorization_endpoint": "https://id.example.org/#x"}, "no_provider"),
    ],
)
async def test_descriptions_that_are_none(values: dict[str, object], expected: str) -> None:
    with pytest.raises(HostBroken) as broken:
        await described(**values)
    assert broken.value.reason == expected


@pytest.mark.parametrize(
    "issuer", ["", "id.example.org", "http://id.example.org", "https://u@x.org", "https://x.org?a=1", "https://x.org#a", "https://x y", "https://["]
)
def test_issuers_that_are_none(issuer: str) -> None:
    with pytest.raises(HostInvalid, match="type it exactly"):
        checked_issuer(issuer)


@pytest.mark.parametrize(
    "issuer", ["https://id.example.org", "https://id.example.org/realms/x", "http://127.0.0.1:1234", "http://localhost", "http://[::1]:80"]
)
def test_issuers(issuer: str) -> None:
    assert checked_issuer(f" {issuer} ") == issuer
