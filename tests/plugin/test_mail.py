"""Mail over a real SMTP server on loopback; headers that cannot be forged."""

import asyncio
import re
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import escape, unescape
from typing import Any

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from integrations.servers import free_port
from plugin.errors import Invalid, Misconfigured
from plugin.mail import Letter, MailFailed, SmtpMailer, checked_address, compose, message_id

LETTER = Letter(
    key="1:notice:k",
    to="maya@example.org",
    subject="ümlaut & <b>",
    paragraphs=("Hello <i>you</i>", "Stop: https://m.example/stop/1/x?a=1&b=2"),
    made_at=datetime(2026, 11, 2, 12, 0, tzinfo=UTC),
    list_name="requests.1",
    stop_url="https://m.example/stop/1/x",
    locale="de",
)


class Server:
    """Takes mail, or answers as it is told."""

    def __init__(self) -> None:
        self.got: list[EmailMessage] = []
        self.to_recipient = self.to_data = ""

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802 - aiosmtpd's name
        if not self.to_recipient:
            envelope.rcpt_tos.append(address)
        return self.to_recipient or "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        if self.to_data:
            return self.to_data
        assert isinstance(envelope.content, bytes)
        found: Any = message_from_bytes(envelope.content, policy=default)
        self.got.append(found)
        return "250 OK"


@pytest.fixture
async def server() -> AsyncIterator[tuple[Server, SmtpMailer]]:
    handler = Server()
    listening = await asyncio.get_running_loop().create_server(lambda: SMTP(handler, hostname="127.0.0.1"), "127.0.0.1", 0)
    try:
        yield handler, SmtpMailer(f"smtp://127.0.0.1:{listening.sockets[0].getsockname()[1]}", sender="mentors@example.org")
    finally:
        listening.close()


async def test_a_mail_arrives_as_text_and_html(server: tuple[Server, SmtpMailer]) -> None:
    handler, mailer = server
    await mailer.send(LETTER)
    await mailer.send(LETTER)
    first, second = handler.got
    assert first["Message-ID"] == second["Message-ID"] == message_id("1:notice:k", "example.org")
    assert first["Date"] == second["Date"]
    assert (first["To"], first["From"], first["Subject"]) == ("maya@example.org", "Mentorgraph <mentors@example.org>", "ümlaut & <b>")
    assert first["List-Unsubscribe"] == "<https://m.example/stop/1/x>"
    assert first["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert first["Auto-Submitted"] == "auto-generated"
    text, html = first.get_body(("plain",)), first.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "Hello <i>you</i>" in text.get_content()
    assert "Hello &lt;i&gt;you&lt;/i&gt;" in html.get_content()
    assert '<a href="https://m.example/stop/1/x?a=1&amp;b=2">' in html.get_content()


@pytest.mark.parametrize("around", ["See {}.", 'She wrote "{}".', "({})", "Did you read {}? And {}!", "„{}“", "<{}>", "{}"])
def test_an_address_is_a_link_without_the_marks_around_it(around: str) -> None:
    url = "https://forum.example.org/t/1?a=1&b=(2)c"
    said = around.replace("{}", url)
    read = message_from_bytes(compose(replace(LETTER, paragraphs=(said,)), sender="us@example.org").as_bytes(), policy=default)
    html = read.get_body(("html",))
    assert html is not None
    text = html.get_content()
    assert re.findall('href="([^"]*)"', text) == [escape(url)] * around.count("{}")
    assert unescape(re.sub("<[^>]*>", "", text.partition("<body>")[2])).strip() == said


def test_what_it_is_about_comes_as_a_calendar_file_beside_the_text() -> None:
    calendar = b"BEGIN:VCALENDAR\r\nSUMMARY:Tea\r\nEND:VCALENDAR\r\n"
    letter = Letter(key="k", to="maya@example.org", subject="Tea", paragraphs=("Tea at five",), made_at=LETTER.made_at, calendar=calendar)
    read = message_from_bytes(compose(letter, sender="us@example.org").as_bytes(), policy=default)
    (part,) = read.iter_attachments()
    assert (part.get_content_type(), part.get_filename(), part.get_payload(decode=True)) == ("text/calendar", "mentorship.ics", calendar)
    plain = read.get_body(("plain",))
    assert plain is not None
    assert plain.get_content().splitlines() == ["Tea at five"]


@pytest.mark.parametrize(
    ("to_recipient", "to_data", "permanent"),
    [
        ("550 no such user", "", True),
        ("451 try later", "", False),
        ("", "552 mailbox full", True),
        ("", "554 spam", True),
        ("", "421 busy", False),
        ("", "500 what?", False),
    ],
)
async def test_what_a_refusal_says_of_the_address(server: tuple[Server, SmtpMailer], to_recipient: str, to_data: str, permanent: bool) -> None:
    handler, mailer = server
    handler.to_recipient, handler.to_data = to_recipient, to_data
    with pytest.raises(MailFailed) as caught:
        await mailer.send(LETTER)
    assert caught.value.permanent is permanent
    assert "maya" not in caught.value.message


async def test_a_server_that_is_not_there_is_tried_later() -> None:
    with pytest.raises(MailFailed) as caught:
        await SmtpMailer(f"smtp://127.0.0.1:{free_port()}", sender="a@example.org").send(LETTER)
    assert not caught.value.permanent


async def test_a_password_is_not_sent_in_clear(server: tuple[Server, SmtpMailer]) -> None:
    _, mailer = server
    guarded = SmtpMailer(f"smtp://user:secret@127.0.0.1:{mailer._port}", sender="a@example.org")
    with pytest.raises(MailFailed, match="TLS"):
        await guarded.send(LETTER)


@pytest.mark.parametrize("url", ["http://x", "smtp://", "mail.example.org"])
def test_an_address_of_a_server_that_is_none(url: str) -> None:
    with pytest.raises(Misconfigured):
        SmtpMailer(url, sender="a@example.org")


def test_a_header_has_one_line() -> None:
    forged = Letter(
        key="k",
        to="maya@example.org",
        subject="Hi\r\nBcc: all@example.org\r\n\r\nbody",
        paragraphs=("x",),
        made_at=LETTER.made_at,
    )
    written = compose(forged, sender="a@example.org")
    assert written["Bcc"] is None
    assert written["Subject"] == "Hi Bcc: all@example.org body"


@pytest.mark.parametrize(
    ("name", "value"), [("stop_url", "https://x>\r\nBcc: all@example.org"), ("list_name", "a\nBcc: x@y.zz"), ("to", "a@b.cc\nBcc: x@y.zz")]
)
def test_nothing_gets_out_of_a_header(name: str, value: str) -> None:
    values: dict[str, Any] = {"key": "k", "to": "maya@example.org", "subject": "s", "paragraphs": ("x",), "made_at": LETTER.made_at} | {name: value}
    with pytest.raises(Invalid):
        compose(Letter(**values), sender="a@example.org")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "maya",
        "maya@",
        "@example.org",
        "maya@localhost",
        "a b@example.org",
        '"a"@example.org',
        "a@b.cc,c@d.ee",
        "a@b.cc\n",
        "ä@b.cc\nx",
        "a..b@c.dd",
        "a@[1.2.3.4]",
        "x" * 250 + "@example.org",
    ],
)
def test_what_is_no_address(text: str) -> None:
    if text.strip() == "a@b.cc":
        assert checked_address(text) == "a@b.cc"
        return
    with pytest.raises(Invalid):
        checked_address(text)


def test_an_address() -> None:
    assert checked_address("  maya.o'neil+x@mail.example.org ") == "maya.o'neil+x@mail.example.org"
