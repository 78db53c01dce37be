"""Seals and hashes."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plugin.errors import Invalid, Misconfigured
from plugin.store.crypto import Vault, new_secret, token_digest, tombstone_digest
from tests.conftest import NOW

OLD, NEW = "the old key of this test", "the new key of this test"


@given(value=st.binary(), number=st.integers(1, 2**40), purpose=st.text(st.characters(codec="ascii", exclude_characters="\0"), min_size=1))
def test_what_is_sealed_opens(value: bytes, number: int, purpose: str) -> None:
    vault = Vault([NEW])
    assert vault.unseal(vault.seal(value, installation_id=number, purpose=purpose), installation_id=number, purpose=purpose) == value


@pytest.mark.parametrize(("number", "purpose"), [(2, "inbox"), (1, "outbox"), (11, "inbox"), (1, "inbo")])
def test_a_seal_that_was_moved_does_not_open(number: int, purpose: str) -> None:
    vault = Vault([NEW])
    seal = vault.seal(b"x", installation_id=1, purpose="inbox")
    with pytest.raises(Invalid) as failure:
        vault.unseal(seal, installation_id=number, purpose=purpose)
    assert failure.value.code == "seal_moved"


def test_content_cannot_pretend_to_be_a_longer_purpose() -> None:
    vault = Vault([NEW])
    seal = vault.seal(b"b\x00x", installation_id=1, purpose="a")
    with pytest.raises(Invalid):
        vault.unseal(seal, installation_id=1, purpose="a\x00b"[:3] + "c")


@pytest.mark.parametrize("position", [0, 1, 10, 40, -1])
def test_an_altered_seal_does_not_open(position: int) -> None:
    vault = Vault([NEW])
    seal = bytearray(vault.seal(b"x" * 50, installation_id=1, purpose="p"))
    seal[position] = ord("A") if seal[position] != ord("A") else ord("B")
    with pytest.raises(Invalid) as failure:
        vault.unseal(bytes(seal), installation_id=1, purpose="p")
    assert failure.value.code == "seal_broken"


@pytest.mark.parametrize("token", [b"", b"x", b"\xff" * 100, b"gAAAA" + b"A" * 200])
def test_what_never_was_a_seal_does_not_open(token: bytes) -> None:
    with pytest.raises(Invalid):
        Vault([NEW]).unseal(token, installation_id=1, purpose="p", max_age=10, now=NOW)


def test_keys_are_rotated() -> None:
    old = Vault([OLD]).seal(b"x", installation_id=1, purpose="p")
    both = Vault([NEW, OLD])
    assert both.unseal(old, installation_id=1, purpose="p") == b"x"
    resealed = both.reseal(old)
    assert Vault([NEW]).unseal(resealed, installation_id=1, purpose="p") == b"x"
    for token in (old, both.reseal(old)):
        with pytest.raises(Invalid) as failure:
            (Vault([NEW]) if token is old else Vault([OLD])).unseal(token, installation_id=1, purpose="p")
        assert failure.value.code == "seal_broken"
    with pytest.raises(Invalid):
        Vault([NEW]).reseal(old)


def test_a_seal_expires_by_our_clock() -> None:
    vault = Vault([NEW])
    seal = vault.seal(b"x", installation_id=1, purpose="p", now=NOW)
    assert vault.unseal(seal, installation_id=1, purpose="p", max_age=10, now=NOW + timedelta(seconds=10)) == b"x"
    for moment in (NOW + timedelta(seconds=11), NOW - timedelta(seconds=61)):
        with pytest.raises(Invalid) as failure:
            vault.unseal(seal, installation_id=1, purpose="p", max_age=10, now=moment)
        assert failure.value.code == "expired"


@pytest.mark.parametrize("keys", [[], [""], ["good enough key for this", ""]])
def test_an_empty_key_is_refused(keys: list[str]) -> None:
    with pytest.raises(Misconfigured):
        Vault(keys)


def test_hashes_tell_nothing_and_differ_by_key() -> None:
    token = new_secret()
    assert len(token) >= 43
    assert token.encode() not in token_digest(token)
    assert tombstone_digest("7", key=b"a") != tombstone_digest("7", key=b"b")
    assert tombstone_digest("7", key=b"a") == tombstone_digest("7", key=b"a")
    assert tombstone_digest("7", key=b"a") != tombstone_digest("77", key=b"a")
