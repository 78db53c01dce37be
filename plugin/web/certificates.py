"""``/certificate/{installation}/{code}``: a certificate for whoever was given its address, as a page and as a PDF."""

import asyncio
from datetime import UTC, date, datetime, time

from starlette.requests import Request
from starlette.responses import Response

from plugin import pdf
from plugin.errors import NotFound
from plugin.services.rewards import certifying
from plugin.services.rewards.certifying import Shown
from plugin.services.runtime import Runtime
from plugin.texts import day_words, language_of, translate
from plugin.texts.rewards import AMOUNTS, CERTIFICATE
from plugin.web.browser import installation_of
from plugin.web.pages import HEADERS, page


class Certificates:
    """Shows a certificate to anybody with its address; the address is as hard to guess as a key."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime

    async def show(self, request: Request) -> Response:
        """The page, or with ``.pdf`` at the end the PDF. One that was taken back has no PDF."""
        code, dot, ending = str(request.path_params["code"]).partition(".")
        shown, locale = await certifying.verify(self._runtime, installation_of(request), code)
        words = _words(shown, locale, address=f"{self._runtime.settings.public_url}{shown.path}")
        if not dot:
            return page("certificate.html", title=words["title"], language=words["language"], words=words, valid=shown.valid, pdf=f"{shown.path}.pdf")
        if ending != "pdf" or not shown.valid:
            raise NotFound("there is no such certificate: check that the address is whole")
        # Setting a page takes a fifth of a second of computing.
        made = await asyncio.to_thread(pdf.certificate, words)
        headers = {name: HEADERS[name] for name in ("X-Content-Type-Options", "Referrer-Policy", "Cache-Control")}
        return Response(made, media_type="application/pdf", headers=headers | {"Content-Disposition": 'inline; filename="certificate.pdf"'})


def _words(shown: Shown, locale: str, *, address: str) -> dict[str, str]:
    language, facts = language_of(locale), shown.facts
    said = {name: translate(text, language=language) for name, text in CERTIFICATE.items()}

    def day(moment: datetime | date) -> str:
        whole = moment if isinstance(moment, datetime) else datetime.combine(moment, time(12), tzinfo=UTC)
        return day_words(whole, "UTC", language)

    revoked = shown.certificate.revoked_at
    return {
        "language": language,
        "title": said["title"],
        "name": facts.name,
        "did": said[facts.role.value],
        "program": facts.program,
        "community": said["community"].format(community=facts.community) if facts.community else "",
        "period": said["period"].format(start=day(facts.began_on), end=day(facts.ended_on)),
        "amount": said["amount"].format(**{name: _amount(name, getattr(facts, name), language) for name in AMOUNTS}),
        "issued": said["issued"].format(day=day(shown.certificate.issued_at)),
        "check": said["check"],
        "address": address,
        "validity": said["valid"] if revoked is None else said["revoked"].format(day=day(revoked)),
        "pdf": said["pdf"],
    }


def _amount(name: str, number: float, language: str) -> str:
    # The rules of plurals are for whole numbers: half an hour is said like several.
    return translate(AMOUNTS[name], language=language, number=int(number) if number == int(number) else 2).format(**{name: f"{number:g}"})
