"""What a host tells whoever connects a community of its kind."""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A setting that a host wants to know. ``name`` is that of ``connect --with``."""

    name: str
    label: str
    help: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Guide:
    """What to have at hand, in one language. ``address`` is an example; ``key`` says where the key is made."""

    address: str
    key_label: str
    key: str
    asked: tuple[Asked, ...] = ()


@runtime_checkable
class Guided(Protocol):
    """A host that has such words. Without them an address and a key are asked for, and no more is said."""

    def guide(self, language: str) -> Guide:
        """The words in a language such as ``de``; in English where there are none."""
        ...
