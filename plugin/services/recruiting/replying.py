"""Replies to a program's announcement: one line that says ``mentor`` or ``mentee`` is an application.

What is said is read when the reply is heard and not kept. Enrolling is a job of its own, so that whatever stands in its way is told to the member and never
makes a delivery fail. Each reply counts once, however often the host is read.
"""

from plugin.domain.enrolments import EnrolmentState
from plugin.domain.members import Member
from plugin.domain.programs import Role
from plugin.domain.recruiting import Announcement, AnnouncementState
from plugin.domain.replies import Wish, roles_of, wish_of
from plugin.errors import Conflict, Forbidden, Invalid, NotFound
from plugin.services import scheduling
from plugin.services.guarding import safeguarding
from plugin.services.messages.telling import tell
from plugin.services.recruiting import announcing
from plugin.services.recruiting.enrolling import enrol
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts.recruiting import REPLY_FAILED, REPLY_FAILED_OTHERWISE

JOB = "enrolment.reply"


def heard(unit: UnitOfWork, *, topic_id: str, post_id: str, author: Member, text: str) -> bool:
    """Take in a reply to a topic; returns whether it is one to an announcement that asks for something."""
    one = _announcement(unit, topic_id)
    if one is None or one.state is AnnouncementState.STOPPED:
        return False
    wish = wish_of(text)
    # A reply that was unclear may be made clear by an edit; one that was understood is not understood again.
    if wish is Wish.NOTHING or unit.announcements.was_read(post_id) not in {None, Wish.BOTH.value} - {wish.value}:
        return False
    unit.members.flush()
    unit.announcements.read(post_id, program_id=one.program_id, member_id=author.id, wish=wish.value, at=unit.now)
    role = roles_of(wish)
    if role is None:
        _tell(unit, author.id, one.program_id, "enrolment.unclear", key=f"reply:{post_id}:unclear")
        return True
    about: dict[str, str | int] = {"program": one.program_id, "member": author.id, "role": role.value, "post": post_id}
    scheduling.schedule(unit, JOB, key=f"reply:{post_id}", at=unit.now, about=about)
    return True


def _announcement(unit: UnitOfWork, topic_id: str) -> Announcement | None:
    """The announcement that is this topic. Programs' topics are few, posts are many: they are read once a unit of work."""
    known: dict[str, Announcement] | None = unit.memory.get("announcements")
    if known is None:
        known = unit.memory["announcements"] = {place: one for one in unit.announcements.all() if (place := announcing.topic_of(unit, one))}
    return known.get(topic_id)


def _tell(unit: UnitOfWork, member_id: int, program_id: int, kind: str, *, key: str, **about: str | int) -> None:
    program = unit.programs.get(program_id)
    if program is not None:
        path = announcing.page_of(program_id, unit.installation_id)
        tell(unit, member_id, kind, key=key, about={"program": program.name, "path": path, **about})


@scheduling.job(JOB)
def run(unit: UnitOfWork, about: scheduling.About) -> None:
    """Enrol who replied, or tell them what stands in the way."""
    program_id, member_id, role, post_id = int(about["program"]), int(about["member"]), Role(str(about["role"])), str(about["post"])
    try:
        with unit.savepoint():
            adult = safeguarding.grown_by_reply(unit, member_id)
            made = enrol(unit, program_id=program_id, member_id=member_id, role=role, adult=adult)
    except NotFound:
        return
    except (Conflict, Forbidden, Invalid) as error:
        if error.code != "already_enrolled":
            why = REPLY_FAILED.get(error.code, REPLY_FAILED_OTHERWISE)
            _tell(unit, member_id, program_id, "enrolment.reply_failed", key=f"reply:{post_id}:failed", why=why)
        return
    if made.state is EnrolmentState.APPLIED:
        _tell(unit, member_id, program_id, "enrolment.received", key=f"enrolment:{made.id}:received:{unit.now.date()}", role=role.value)
