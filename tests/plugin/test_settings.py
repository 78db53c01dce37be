"""Settings are checked at the start, with one line that says what to do and shows no secret."""

import pytest
from pydantic import ValidationError

from plugin.settings import Settings
from tests.conftest import SECRET_KEY, make_settings


@pytest.mark.parametrize(
    ("name", "value", "word"),
    [
        ("secret_keys", "", "MENTORGRAPH_SECRET_KEYS is empty"),
        ("secret_keys", "zqshort", "shorter than 16"),
        ("secret_keys", f"{SECRET_KEY},zqshort", "shorter than 16"),
        ("public_url", "mentors.example.org", "https://mentors.example.org"),
        ("public_url", "ftp://x", "must look like"),
        ("public_url", "https://x?y", "must look like"),
        ("public_url", "https://x:99999", "must look like"),
        ("database_url", "mysql://x", "MENTORGRAPH_DATABASE_URL must begin with sqlite:///"),
        ("database_url", "", "MENTORGRAPH_DATABASE_URL must begin with sqlite:///"),
        ("migrate_url", "x", "MENTORGRAPH_MIGRATE_URL must begin with sqlite:///"),
        ("smtp_url", "smtp://mail.example.org:smtp", "MENTORGRAPH_SMTP_URL must look like"),
        ("otlp_url", "http://collector:port", "MENTORGRAPH_OTLP_URL must look like"),
        ("mail_from", "Mentors <mentors@example.org>", "MENTORGRAPH_MAIL_FROM is an address alone"),
        ("mail_from", "mentors", "MENTORGRAPH_MAIL_FROM is an address alone"),
        ("mail_from", "mentors@example.org\r\nBcc: x@example.org", "MENTORGRAPH_MAIL_FROM is an address alone"),
        ("log_level", "loud", "debug, info"),
        ("reconcile_minutes", "1", "greater than or equal to 5"),
    ],
)
def test_what_cannot_be_is_refused(name: str, value: str, word: str) -> None:
    with pytest.raises(ValidationError) as failure:
        make_settings(**{name: value})
    assert word in str(failure.value)
    assert "zqshort" not in str(failure.value)


def test_no_key_is_refused() -> None:
    with pytest.raises(ValidationError, match="MENTORGRAPH_SECRET_KEYS is empty"):
        Settings()


def test_the_environment_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MENTORGRAPH_SECRET_KEYS", f" {SECRET_KEY} , another key that is long enough ")
    monkeypatch.setenv("MENTORGRAPH_ALLOW_PRIVATE", "127.0.0.1:4200,")
    monkeypatch.setenv("MENTORGRAPH_PUBLIC_URL", "https://mentors.example.org/base/")
    settings = Settings()
    assert settings.secret_keys == (SECRET_KEY, "another key that is long enough")
    assert settings.allow_private == ("127.0.0.1:4200",)
    assert settings.public_url == "https://mentors.example.org/base"
    assert settings.embedded
    assert SECRET_KEY not in repr(settings)
    assert str(settings.sqlite_path) == "mentorgraph.db"


@pytest.mark.parametrize(("mail_from", "sender"), [("", "mentors@mentors.example.org"), ("hello@localhost", "hello@localhost")])
def test_mail_is_from_who_is_set_or_from_the_public_host(mail_from: str, sender: str) -> None:
    assert make_settings(public_url="https://mentors.example.org", mail_from=mail_from).sender == sender
