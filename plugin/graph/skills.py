"""A member's skills put together: what posts show, what the member says, and what they decided; one item for a skill whatever its names are."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from plugin.domain.skills import BELIEVED, MAX_NAME, SkillChoice, Standing
from plugin.graph.expertise import MAX_POSTS, Skill
from plugin.graph.names import Names, key_of

STATED = "stated"

_SEPARATORS = str.maketrans(dict.fromkeys(";\n\r\t/|•·", ","))
_MAX_STATED = 20


@dataclass(frozen=True, slots=True)
class Item:
    """One skill of a member as it is shown.

    ``kind`` is ``expertise`` or ``interest`` (shown by posts) or ``stated`` (said, with nothing to show yet). ``at`` is when it was shown last, in seconds
    since 1970, 0 for never. ``standing`` is what the member decided about it, if anything.
    """

    key: str
    name: str
    kind: str
    confidence: float
    at: float = 0.0
    post_ids: tuple[str, ...] = ()
    standing: Standing | None = None


def statements(field: str) -> list[str]:
    """The skills that a profile field lists, separated by commas, semicolons, slashes or lines. Sentences are no names of skills and left out."""
    names = [" ".join(part.split()) for part in field.translate(_SEPARATORS).split(",")]
    return list(dict.fromkeys(name for name in names if name and len(name) <= MAX_NAME and len(name.split()) <= 4 and key_of(name)))[:_MAX_STATED]


def assemble(
    shown: Iterable[Skill],
    *,
    offers: Sequence[str] = (),
    wants: Sequence[str] = (),
    choices: Iterable[SkillChoice] = (),
    names: Names,
    own: bool = False,
) -> list[Item]:
    """The items of a member, the surest first. What the member hid is left out unless they look themselves (``own``)."""
    items: dict[str, Item] = {}
    for skill in shown:
        key, name = names.of(skill.name)
        if key:
            items[key] = _joined(items.get(key), Item(key, name, skill.kind, skill.confidence, skill.at, skill.post_ids))
    decided = {names.of(choice.name)[0]: choice for choice in choices}
    said = {**{names.of(one)[0]: (one, Standing.LEARNING) for one in wants}, **{names.of(one)[0]: (one, Standing.CAPABLE) for one in offers}}
    for key, (name, standing) in said.items():
        if key and key not in decided:
            items[key] = _said(items.get(key), key, names.of(name)[1], standing)
    for key, choice in decided.items():
        before = items.get(key)
        if choice.standing is not Standing.HIDDEN:
            items[key] = replace(_said(before, key, names.of(choice.name)[1], choice.standing), standing=choice.standing)
        elif own:
            hidden = before or Item(key, names.of(choice.name)[1], STATED, 0.0)
            items[key] = replace(hidden, standing=Standing.HIDDEN)
        else:
            items.pop(key, None)
    return sorted(items.values(), key=lambda item: (-item.confidence, item.kind, item.name))


def _joined(before: Item | None, item: Item) -> Item:
    """Two names of one skill. The same posts may stand behind both, so together they make nobody surer than the surer one."""
    if before is None:
        return item
    kind = "expertise" if "expertise" in (before.kind, item.kind) else item.kind
    posts = tuple(dict.fromkeys([*before.post_ids, *item.post_ids]))[:MAX_POSTS]
    return replace(before, kind=kind, confidence=max(before.confidence, item.confidence), at=max(before.at, item.at), post_ids=posts)


def _said(before: Item | None, key: str, name: str, standing: Standing) -> Item:
    """Said and shown: each makes the other surer. Whoever says they are learning something does not become an expert by it."""
    belief = BELIEVED[standing]
    if before is None:
        return Item(key, name, "interest" if standing is Standing.LEARNING else STATED, belief)
    if standing is Standing.LEARNING:
        return replace(before, kind="interest", confidence=max(before.confidence, belief))
    kind = before.kind if before.kind == "expertise" else STATED
    return replace(before, kind=kind, confidence=round(1 - (1 - before.confidence) * (1 - belief), 3))
