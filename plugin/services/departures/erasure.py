"""The one path by which a person is erased, and the one by which they get everything that is kept about them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import orjson

from plugin.domain.content import Topic
from plugin.domain.members import Member
from plugin.domain.needs import NeedState
from plugin.errors import NotFound
from plugin.services.departures import leaving
from plugin.services.guarding import report_words, safeguarding
from plugin.services.matching import group_telling
from plugin.services.meetings import sessions
from plugin.services.messages import telling
from plugin.services.pairs import agreeing
from plugin.services.questions import forms
from plugin.store.crypto import tombstone_digest
from plugin.store.unit_of_work import UnitOfWork


def erase_member(host_user_id: str, unit: UnitOfWork, *, why: str) -> bool:
    """Remove every row about a member and leave a tombstone that says nothing of who it was.

    ``why`` is ``host`` (deleted there), ``self`` (asked for by the member), ``admin`` (the operator's command) or the admin who did it. Suggestions that
    named the member are taken back and made anew.
    Returns whether there was anything to erase.
    """
    member = unit.members.by_host(host_user_id)
    unit.members.bury(tombstone_digest(host_user_id, key=unit.keys.tombstones), at=unit.now)
    unit.checks.drop("member", host_user_id)
    if member is None:
        return False
    unit.flush_rows()
    telling.forget(unit, member.id, but=group_telling.go_on_without(unit, member.id))
    leaving.leave_everything(unit, member.id)
    stale = set(unit.suggestions.needs_naming(member.id))
    posts = unit.posts.of_author(member.id)
    asked = unit.topics.many(unit.topics.of_author(member.id))
    for topic in asked.values():
        unit.topics.put(strip_topic(topic, unit))
    for topic_id in {*asked, *unit.topics.solved_by(posts)}:
        unit.change("topic", topic_id)
    for post_id in posts:
        stale |= set(unit.suggestions.needs_resting_on(post_id))
        unit.change("post", post_id)
        unit.gone.add("post", post_id, at=unit.now)
    ask_again(stale, unit)
    # The log names a member by a number, and which member that was is erased with the rest.
    unit.record("member.erased", actor=why, member=str(member.id), posts=len(posts))
    unit.flush_rows()
    unit.personal.erase(member.id)
    unit.erased = True
    unit.forget()
    unit.change("member", member.id)
    unit.wake("suggest")
    return True


def strip_topic(topic: Topic, unit: UnitOfWork) -> Topic:
    """What is kept of a topic whose author was erased, for those who answered there: no author, and no word of the title, which is in addresses too."""
    for post in unit.posts.of_topic(topic.id):
        if post.url:
            unit.posts.put(replace(post, url=""))
    return replace(topic, title="", url="", author_id=None)


def ask_again(need_ids: Iterable[int], unit: UnitOfWork) -> None:
    """Have suggestions of these needs found afresh; a message that would have told of the old ones is taken back, and the new ones are told instead."""
    ids = list(need_ids)
    keys = {f"suggestions:{one}": one for one in ids}
    untold = {keys[key] for key in unit.outbox.take_back(keys, why="what it says is no longer so")}
    unit.needs.set_state(set(ids) - untold, NeedState.STALE)
    unit.needs.set_state(untold, NeedState.NEW)
    if ids:
        unit.wake("suggest")


def find_member(name: str, unit: UnitOfWork) -> Member:
    """A member by user name or by the host's id, for the operator's commands."""
    member = unit.members.by_username(name) or unit.members.by_host(name)
    if member is None:
        raise NotFound("there is no member “{name}” in this community", name=name)
    return member


def export_member(member: Member, unit: UnitOfWork, *, by: str) -> bytes:
    """Everything that a member gave or that is about them, but for what others said in private, as one JSON document. ``by`` is for the audit log."""
    return _document(member, unit, unit.personal.exported(member.id), _opened(member, unit), by=by)


def export_for_admin(member: Member, unit: UnitOfWork, *, by: str) -> bytes:
    """:func:`export_member` without what the member said or was told in confidence, such as answers, reports and blocks, and without whatever is sealed."""
    return _document(member, unit, unit.personal.exported_in_public(member.id), {}, by=by)


def _document(member: Member, unit: UnitOfWork, tables: Mapping[str, object], opened: Mapping[str, object], *, by: str) -> bytes:
    unit.record("member.exported", actor=by, member=str(member.id))
    document: dict[str, object] = {
        "format": "mentorgraph-export-1",
        "made_at": unit.now.isoformat(),
        "community": {"name": unit.community.name, "url": unit.community.base_url},
        "tables": tables,
        **opened,
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2)


def _opened(member: Member, unit: UnitOfWork) -> Mapping[str, object]:
    return {
        "answers": forms.export_of(unit, member.id),
        "messages": telling.export_of(unit, member.id),
        "sessions": sessions.export_of(unit, member.id),
        "pairs": agreeing.export_of(unit, member.id),
        "reports": report_words.export_of(unit, member.id),
        "guardian": safeguarding.guardian_of(unit, member.id),
    }
