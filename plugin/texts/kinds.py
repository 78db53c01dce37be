"""What members are told, by kind: declared once, in English, by the area that speaks."""

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType


def _(text: str) -> str:
    """Mark a text for translation. It stays English until it is rendered for somebody."""
    return text


@dataclass(frozen=True, slots=True)
class Plural:
    """A text that depends on a number: ``by`` names the placeholder that holds it."""

    one: str
    many: str
    by: str


def plural(one: str, many: str, *, by: str = "count") -> Plural:
    """Mark a text with a plural for translation; the language decides which form a number takes."""
    return Plural(one, many, by)


Template = str | Plural
"""A text with placeholders of :meth:`str.format`, such as ``{program}``; ``{at:when}`` and ``{at:day}`` are moments, ``{mentor:member}`` is a member's id."""

GROUPS: Mapping[str, str] = MappingProxyType(
    {
        "requests": _("Requests for mentorship"),
        "mentorships": _("Your mentorships"),
        "sessions": _("Sessions and events"),
        "programs": _("Programs you take part in"),
        "matches": _("Matches and rounds"),
        "groups": _("Groups and circles"),
        "surveys": _("Questions about how it goes"),
        "rewards": _("Thanks, badges and rewards"),
        "recruiting": _("Invitations to mentor"),
        "managing": _("For managers of a program"),
        "safety": _("Reports and safety"),
        "community": _("News and good practice"),
        "digest": _("The digest"),
        "service": _("Your settings and address"),
    }
)
"""Kinds that a member sets channel and frequency for together."""

PAGES: Mapping[str, str] = MappingProxyType(
    {
        "requests": "/my/requests",
        "mentorships": "/my/mentorships",
        "sessions": "/my/sessions",
        "programs": "/my/programs",
        "matches": "/my/programs",
        "groups": "/my",
        "surveys": "/my",
        "rewards": "/my/programs",
        "recruiting": "/my/programs",
        "managing": "/console/programs",
        "safety": "/my/safety",
        "community": "/my/mentorships",
        "digest": "/my",
        "service": "/my/notices",
    }
)
"""The page on which one does something about a kind of a group, where neither the kind nor ``about["path"]`` names another."""


@dataclass(frozen=True, slots=True)
class Wording:
    """Title and body. Paragraphs of the body are parted by an empty line."""

    title: Template
    body: Template

    @property
    def templates(self) -> tuple[Template, Template]:
        """Both."""
        return self.title, self.body


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of notice.

    ``roles`` has other words for who reads as this role (``about["role"]``). ``urgent`` goes at once even to who reads a digest, and does not count against the
    day's limit; quiet hours hold for it too. ``private`` keeps what it says from managers who review messages.
    """

    name: str
    group: str
    wording: Wording
    roles: Mapping[str, Wording] = field(default_factory=dict)
    urgent: bool = False
    private: bool = False
    page: str = ""
    """The page of ours on which one does something about it."""

    def words_for(self, role: str) -> Wording:
        """The wording for a reader's role."""
        return self.roles.get(role, self.wording)

    @property
    def wordings(self) -> tuple[Wording, ...]:
        """All wordings."""
        return (self.wording, *self.roles.values())


KINDS: dict[str, Kind] = {}
"""All kinds, by name."""


def declare(
    name: str,
    *,
    group: str,
    title: Template,
    body: Template,
    roles: Mapping[str, tuple[Template, Template]] | None = None,
    urgent: bool = False,
    private: bool = False,
    page: str = "",
) -> Kind:
    """Declare a kind of notice. Raises :class:`ValueError` for a name that is taken or a group that there is not: a mistake of ours, seen at the start."""
    if name in KINDS:
        raise ValueError(f"the kind {name!r} is declared twice")
    if group not in GROUPS:
        raise ValueError(f"there is no group {group!r} of kinds; there are: {', '.join(GROUPS)}")
    wordings = {role: Wording(*one) for role, one in (roles or {}).items()}
    KINDS[name] = Kind(name=name, group=group, wording=Wording(title, body), roles=wordings, urgent=urgent, private=private, page=page or PAGES[group])
    return KINDS[name]


def placeholders(template: Template) -> dict[str, str]:
    """Placeholder -> how it is shown (``""``, ``when``, ``day``, ``times``, ``member`` or ``text``)."""
    found = {template.by: ""} if isinstance(template, Plural) else {}
    for text in (template.one, template.many) if isinstance(template, Plural) else (template,):
        found |= {name: spec or "" for _literal, name, spec, _conversion in string.Formatter().parse(text) if name is not None}
    return found


def needed(kind: Kind, role: str) -> dict[str, str]:
    """The placeholders of a kind's words for a role."""
    return {name: how for template in kind.words_for(role).templates for name, how in placeholders(template).items()}
