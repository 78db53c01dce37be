"""Mail over SMTP: made so that no header can be forged, and so that a repeat is the same message."""

import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.errors import MessageError
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from typing import Protocol
from urllib.parse import unquote, urlsplit

import aiosmtplib

from plugin.errors import Invalid, Misconfigured

SECONDS = 30.0
"""How long a server may take for one step."""
_ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")
"""What a browser's field for addresses takes (HTML, section 4.10.5.1.5), with a domain that has a dot; no quoting, no comments, no line breaks."""

_LINK = re.compile(r"https?://[^\s<>\"'“”„»«]*[^\s<>\"'“”„»«.,;:!?)\]]")
"""An address in a text, without the marks of the sentence around it."""


class MailFailed(Exception):
    """A mail was not taken. ``permanent`` means that this address will not take it later either (a reply of 5xx to it)."""

    def __init__(self, message: str, *, permanent: bool) -> None:
        super().__init__(message)
        self.message = message
        self.permanent = permanent


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """A mail to be. ``key`` names it for ever. ``stop_url`` is where one POST stops more of its kind (RFC 8058)."""

    key: str
    to: str = field(repr=False)
    subject: str
    paragraphs: tuple[str, ...] = field(repr=False)
    made_at: datetime
    list_name: str = ""
    stop_url: str = ""
    locale: str = "en"
    calendar: bytes = field(default=b"", repr=False)
    """A calendar file of what the mail is about (RFC 5545); empty without one."""


class Mailer(Protocol):
    """A way to send mail."""

    async def send(self, letter: Letter) -> None:
        """Hand a mail over. Raises :class:`MailFailed`."""
        ...


def checked_address(text: str) -> str:
    """An address as members type it. Raises :class:`Invalid`."""
    plain = text.strip()
    if len(plain) > 254 or not _ADDRESS.fullmatch(plain) or ".." in plain or plain.startswith(".") or ".@" in plain:
        raise Invalid("this is not an address that mail can go to, such as maya@example.org", field="address")
    return plain


def message_id(key: str, domain: str) -> str:
    """The same for the same mail, so that a repeat is one message to servers and readers that look; it says nothing of whom it is to."""
    return f"<{hmac.new(b'mentorgraph mail', key.encode(), hashlib.sha256).hexdigest()[:40]}@{domain}>"


def compose(letter: Letter, *, sender: str, sender_name: str = "Mentorgraph") -> EmailMessage:
    """A letter as a message with plain text and HTML. Raises :class:`Invalid` for headers that could not be written as they are."""
    domain = sender.rpartition("@")[2]
    message = EmailMessage(policy=SMTP)
    subject = " ".join(letter.subject.split())[:200]
    try:
        message["From"] = Address(display_name=sender_name, addr_spec=sender)
        message["To"] = Address(addr_spec=checked_address(letter.to))
        message["Subject"] = subject
        message["Date"] = letter.made_at
        message["Message-ID"] = message_id(letter.key, domain)
        message["Auto-Submitted"] = "auto-generated"
        message["Content-Language"] = letter.locale
        if letter.list_name:
            message["List-Id"] = f"<{letter.list_name}.{domain}>"
        if letter.stop_url:
            message["List-Unsubscribe"] = f"<{letter.stop_url}>"
            message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    except (ValueError, MessageError, IndexError) as error:
        raise Invalid("this mail cannot be written: a header would hold more than one line", code="header") from error
    message.set_content("\n\n".join(letter.paragraphs) + "\n", cte="quoted-printable")
    message.add_alternative(_html(subject, letter.paragraphs, letter.locale), subtype="html", cte="quoted-printable")
    if letter.calendar:
        message.add_attachment(letter.calendar, maintype="text", subtype="calendar", filename="mentorship.ics", params={"charset": "utf-8"}, cte="base64")
    return message


def _html(title: str, paragraphs: Sequence[str], locale: str) -> str:
    body = "\n".join(f"<p>{_linked(one).replace(chr(10), '<br>')}</p>" for one in paragraphs)
    return f'<!doctype html>\n<html lang="{escape(locale)}"><head><meta charset="utf-8"><title>{escape(title)}</title></head>\n<body>\n{body}\n</body></html>\n'


def _linked(text: str) -> str:
    """A text as HTML in which addresses are links."""
    pieces, end = [], 0
    for found in _LINK.finditer(text):
        url = escape(found.group())
        pieces += [escape(text[end : found.start()]), f'<a href="{url}">{url}</a>']
        end = found.end()
    return "".join([*pieces, escape(text[end:])])


class SmtpMailer:
    """Mail through one server: ``smtp://user:password@host:port`` with STARTTLS where the server has it, or ``smtps://``."""

    def __init__(self, url: str, *, sender: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"smtp", "smtps"} or not parts.hostname:
            raise Misconfigured("MENTORGRAPH_SMTP_URL must look like smtp://user:password@mail.example.org:587")
        self._host, self._tls = parts.hostname, parts.scheme == "smtps"
        self._port = parts.port or (465 if self._tls else 587)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender

    async def send(self, letter: Letter) -> None:
        """Hand a mail over in a connection of its own."""
        message = compose(letter, sender=self._sender)
        client = aiosmtplib.SMTP(hostname=self._host, port=self._port, use_tls=self._tls, timeout=SECONDS)
        try:
            async with client:
                if self._user:
                    if not self._tls and client.get_transport_info("sslcontext") is None:
                        raise MailFailed("the mail server offers no TLS: a password is not sent in clear", permanent=False)
                    await client.login(self._user, self._password)
                await client.send_message(message, sender=self._sender, recipients=[letter.to])
        except aiosmtplib.SMTPRecipientsRefused as error:
            codes = [one.code for one in error.recipients]
            raise MailFailed("the server does not take mail for this address", permanent=any(500 <= code < 600 for code in codes)) from error
        except aiosmtplib.SMTPResponseException as error:
            # A refusal that is not about the recipient, such as a wrong password, says nothing about the address.
            permanent = isinstance(error, aiosmtplib.SMTPDataError) and 550 <= error.code < 560
            raise MailFailed(f"the mail server answered {error.code}", permanent=permanent) from error
        except (aiosmtplib.SMTPException, OSError) as error:
            raise MailFailed(f"the mail server cannot be reached ({type(error).__name__})", permanent=False) from error
