"""Sharing what worked: a pair's own words about its mentorship, in a topic of the host, once everybody in it agreed."""

from collections.abc import Sequence
from dataclasses import dataclass

from mentorgraph.events import Access
from mentorgraph.host import EditTopic, Mention, Paragraph, Quote, TopicMessage
from plugin.domain.people import Principal
from plugin.errors import Conflict, Invalid, NotFound, Remark
from plugin.services.messages import outgoing, telling
from plugin.services.recruiting.enrolling import member_of
from plugin.services.runtime import Runtime
from plugin.store.repositories.stories import Story
from plugin.store.unit_of_work import UnitOfWork
from plugin.texts import _, language_of, translate

MOST = 4_000
TITLE = _("How our mentorship went")
GONE = _("This story was taken back by somebody in it.")
BY = _("Told by {names}, who agreed to it.")


def share(unit: UnitOfWork, *, mentorship_id: int, author_id: int, member_ids: Sequence[int], words: str, space_id: str) -> int:
    """Propose to publish ``words`` about a mentorship in a space of the host; the others in it are asked. Returns the story's id.

    Raises :class:`Invalid` for words that are none, for an author who is not in it and for a mentorship of one; :class:`Conflict` for a second story.
    """
    plain = words.strip()
    if not 20 <= len(plain) <= MOST:
        raise Invalid("a story has 20 to {most} characters", field="words", most=MOST)
    if author_id not in member_ids or len(set(member_ids)) < 2:
        raise Invalid("a story is told by somebody of the mentorship, about two or more", field="mentorship")
    story = Story(
        id=unit.new_id(),
        mentorship_id=mentorship_id,
        author_id=author_id,
        words=unit.seal(plain.encode(), purpose="story"),
        state="asked",
        space_id=space_id,
        created_at=unit.now,
    )
    if not unit.stories.put(story, member_ids):
        raise Conflict("there is a story of this mentorship already")
    for member_id in set(member_ids) - {author_id}:
        telling.tell(unit, member_id, "story.asked", key=f"story:{story.id}:asked:{member_id}", about={"author": author_id, "words": plain})
    return story.id


def answer(unit: UnitOfWork, story_id: int, *, member_id: int, agreed: bool) -> str:
    """A member's answer; returns the state that the story is in then. It is published when all agreed, and never when one did not.

    Raises :class:`NotFound` for a story that is not about this member, :class:`Conflict` for one that was decided.
    """
    story = unit.stories.get(story_id)
    answers = unit.stories.answers(story_id)
    if story is None or member_id not in answers:
        raise NotFound("there is no such story")
    if story.state != "asked":
        raise Conflict("this story is {state} already", state=Remark(story.state))
    unit.stories.answer(story_id, member_id, agreed=agreed)
    answers[member_id] = agreed
    if not agreed:
        unit.stories.move(story_id, "declined")
        telling.unsay(unit, f"story:{story_id}:", why="somebody in it does not want it told")
        return "declined"
    # Somebody who left since is not there to agree: then it is about one, and stays with them.
    if len(answers) < 2 or not all(answers.values()):
        return "asked"
    _publish(unit, story, sorted(answers))
    return "published"


def _publish(unit: UnitOfWork, story: Story, member_ids: Sequence[int]) -> None:
    language = language_of(unit.community.locale)
    before, _middle, after = translate(BY, language=language).partition("{names}")
    names = [part for one in unit.members.many(member_ids).values() for part in (", ", Mention(one.username))][1:]
    body = (Quote(unit.unseal(story.words, purpose="story").decode()), Paragraph((before, *names, after)))
    message = TopicMessage(space_id=story.space_id, title=translate(TITLE, language=language), body=body)
    outgoing.post(message, kind="story", key=f"story:{story.id}", member_id=None, unit=unit)
    unit.stories.move(story.id, "published")
    for member_id in member_ids:
        telling.tell(unit, member_id, "story.published", key=f"story:{story.id}:published:{member_id}", about={})


# ---------------------------------------------------------------------------------------------------------------------- for the schema


@dataclass(frozen=True, slots=True, kw_only=True)
class SeenStory:
    """A story as somebody in it sees it."""

    story: Story
    words: str
    agreed: bool | None


def _seen(unit: UnitOfWork, story_id: int, member_id: int) -> SeenStory:
    story = unit.stories.get(story_id)
    answers = unit.stories.answers(story_id)
    if story is None or member_id not in answers:
        raise NotFound("there is no such story", field="story")
    return SeenStory(story=story, words=unit.unseal(story.words, purpose="story").decode(), agreed=answers[member_id])


async def propose(runtime: Runtime, principal: Principal, mentorship_id: int, *, words: str, space_id: str) -> SeenStory:
    """Propose to tell the community about a mentorship that one is or was in, in a space that every member may read."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> SeenStory:
        one = unit.mentorships.get(mentorship_id)
        if one is None or me not in one.people:
            raise NotFound("there is no such mentorship", field="mentorship")
        space = unit.spaces.all().get(space_id)
        if space is None or space.access is not Access.MEMBERS:
            raise NotFound("there is no such space that every member may read", field="space")
        number = share(unit, mentorship_id=one.id, author_id=me, member_ids=one.people, words=words, space_id=space_id)
        return _seen(unit, number, me)

    return await runtime.database.write(principal.installation_id, work)


async def spaces(runtime: Runtime, principal: Principal) -> list[tuple[str, str]]:
    """Ids and names of the spaces in which a story can be told: those that every member may read."""
    member_of(principal)

    def work(unit: UnitOfWork) -> list[tuple[str, str]]:
        return sorted(((one.id, one.name) for one in unit.spaces.all().values() if one.access is Access.MEMBERS), key=lambda one: one[1].casefold())

    return await runtime.database.read(principal.installation_id, work)


async def say(runtime: Runtime, principal: Principal, story_id: int, *, agreed: bool) -> SeenStory:
    """See :func:`answer`."""
    me = member_of(principal)

    def work(unit: UnitOfWork) -> SeenStory:
        answer(unit, story_id, member_id=me, agreed=agreed)
        return _seen(unit, story_id, me)

    return await runtime.database.write(principal.installation_id, work)


async def take_back(runtime: Runtime, principal: Principal, story_id: int) -> SeenStory:
    """Take one's agreement back, at any time and without a reason.

    What was not sent yet is not sent; what is out is overwritten in the host.
    """
    me = member_of(principal)

    def work(unit: UnitOfWork) -> SeenStory:
        seen = _seen(unit, story_id, me)
        if seen.story.state not in {"asked", "published"}:
            raise Conflict("this story is {state} already", code="illegal_transition", field="story", state=Remark(seen.story.state))
        unit.stories.answer(story_id, me, agreed=False)
        _withdraw(unit, seen.story)
        unit.record("story.withdrawn", actor=str(me), story=str(story_id))
        return _seen(unit, story_id, me)

    return await runtime.database.write(principal.installation_id, work)


def _withdraw(unit: UnitOfWork, story: Story) -> None:
    key, why = f"story:{story.id}", "somebody in it does not want it told any more"
    unit.stories.move(story.id, "withdrawn")
    telling.unsay(unit, f"{key}:", why=why)
    if story.state == "published" and not unit.outbox.take_back({key}, why=why):
        topic_id, _url = outgoing.topic_of(unit, key)
        if topic_id:
            language = language_of(unit.community.locale)
            edit = EditTopic(topic_id=topic_id, title=translate(TITLE, language=language), body=(Paragraph((translate(GONE, language=language),)),))
            outgoing.post(edit, kind="story", key=f"{key}:withdrawn", member_id=None, unit=unit)
    for member_id in unit.stories.answers(story.id):
        telling.tell(unit, member_id, "story.withdrawn", key=f"{key}:withdrawn:{member_id}", about={})


def leave_all(unit: UnitOfWork, member_id: int) -> None:
    """Somebody leaves the community: what was told of them with their agreement is taken back, as they would do themselves."""
    for story_id in unit.stories.of_member(member_id):
        story = unit.stories.get(story_id)
        if story is not None and story.state in {"asked", "published"}:
            _withdraw(unit, story)


async def mine(runtime: Runtime, principal: Principal) -> list[SeenStory]:
    """The stories that one is in."""
    me = member_of(principal)
    return await runtime.database.read(principal.installation_id, lambda unit: [_seen(unit, one, me) for one in unit.stories.of_member(me)])
