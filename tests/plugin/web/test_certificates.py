"""A certificate for whoever has its address, as a page and as a PDF."""

import io

import pypdf

from plugin import pdf
from plugin.domain.people import SERVICE_SCOPES, Principal
from plugin.domain.programs import Plan, ProgramState, Role
from plugin.services.mentorships import mentoring
from plugin.services.programs import programming
from plugin.services.recruiting import enrolling
from plugin.services.rewards import certifying
from plugin.services.rewards.certifying import Shown
from tests.schema.world import World


async def certified(world: World) -> tuple[Shown, Principal]:
    runtime = world.parts.runtime
    admin = Principal(installation_id=world.installation_id, member_id=None, scopes=SERVICE_SCOPES, token_id=9)
    made = await programming.create_program(runtime, admin, plan=Plan(name="Spring *#panic()* <b>", approve_mentors=False))
    await programming.move_program(runtime, admin, made.id, ProgramState.ENROLLING)
    ann, cat = await world.member_id("ann"), await world.member_id("cat")

    def begin(unit):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202 - a unit of work
        enrolling.enrol(unit, program_id=made.id, member_id=ann, role=Role.MENTOR, adult=True)
        enrolling.enrol(unit, program_id=made.id, member_id=cat, role=Role.MENTEE, adult=True)
        mentoring.begin(unit, program_id=made.id, mentor_id=ann, mentee_ids=[cat], source="admin", by="test")

    await world.write(begin)
    return await certifying.issue(runtime, admin, made.id, ann, role=Role.MENTOR), admin


async def test_the_page_and_the_pdf_say_the_same(world: World) -> None:
    shown, admin = await certified(world)
    page = await world.http.get(shown.path)
    assert page.status_code == 200
    assert "This certificate is valid." in page.text
    assert "Spring *#panic()* &lt;b&gt;" in page.text
    assert f"{shown.path}.pdf" in page.text
    answer = await world.http.get(f"{shown.path}.pdf")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["cache-control"] == "no-store"
    reader = pypdf.PdfReader(io.BytesIO(answer.content))
    assert len(reader.pages) == 1
    text = " ".join(reader.pages[0].extract_text().split())
    for part in ("Certificate", "Ann", "Spring *#panic()* <b>", "0 hours in 0 sessions, 1 mentorship", shown.path.rpartition("/")[2][:10]):
        assert part in text, part
    assert "1 mentorships" not in text
    assert (await world.http.get(f"{shown.path}.exe")).status_code == 404
    assert (await world.http.get(f"/certificate/{world.installation_id}/{'x' * 24}")).status_code == 404
    await certifying.revoke(world.parts.runtime, admin, shown.certificate.id)
    assert "was taken back on" in (await world.http.get(shown.path)).text
    assert (await world.http.get(f"{shown.path}.pdf")).status_code == 404


def test_the_same_words_make_the_same_bytes_and_are_never_markup() -> None:
    words = {"language": "de", "title": "Bescheinigung", "name": 'Zoë Жанна #read("/etc/passwd")', "program": "$x$ *bold*"}
    made = pdf.certificate(words)
    assert made == pdf.certificate(words)
    text = pypdf.PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert "#read" in text
    assert "*bold*" in text
    assert "Жанна" in text
