"""How much each signal counts: weights that ship with the product, and those that a community's own history has moved."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from plugin.graph.signals import SIGNALS

VERSION = 1


@dataclass(frozen=True, slots=True)
class Weight:
    """One weight.

    ``prior`` is what it was before this community had a say; ``questions`` is how many of its questions moved it; ``source`` says where the prior is from.
    """

    value: float
    prior: float
    questions: int = 0
    source: str = "judgement"


@dataclass(frozen=True, slots=True)
class Weights:
    """All weights. Two sets with equal values rank alike."""

    by_signal: Mapping[str, Weight]
    note: str = ""

    def value(self, signal: str) -> float:
        weight = self.by_signal.get(signal)
        return weight.value if weight is not None else 0.0

    def without(self, *signals: str) -> "Weights":
        """The same with signals that do not count."""
        return Weights({name: replace(w, value=0.0) if name in signals else w for name, w in self.by_signal.items()}, self.note)

    def reset(self) -> "Weights":
        """As they were before the community had a say."""
        return Weights({name: Weight(value=w.prior, prior=w.prior, source=w.source) for name, w in self.by_signal.items()})

    def to_json(self) -> str:
        """One line of JSON."""
        weights = {name: {"value": w.value, "prior": w.prior, "questions": w.questions, "source": w.source} for name, w in self.by_signal.items()}
        return json.dumps({"version": VERSION, "note": self.note, "weights": weights}, sort_keys=True)

    @classmethod
    def from_json(cls, text: str) -> "Weights":
        """Read :meth:`to_json`. Raises :class:`ValueError` on anything else; signals of other versions of the product are left out."""
        try:
            whole = json.loads(text)
            if whole["version"] != VERSION:
                raise ValueError(f"weights of version {whole['version']!r} cannot be read; reset them")
            weights = {
                str(name): Weight(float(w["value"]), float(w["prior"]), int(w["questions"]), str(w["source"]))
                for name, w in whole["weights"].items()
                if name in SIGNALS
            }
            return cls(weights, str(whole.get("note", "")))
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError("these are not weights; reset them") from error


def _shipped() -> Weights:
    return Weights.from_json((Path(__file__).parent / "shipped_weights.json").read_text(encoding="utf-8"))


SHIPPED = _shipped()
"""The weights that ship with the product. ``benchmarks/routing.py --learn`` writes their file from an archive."""
