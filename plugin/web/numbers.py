"""Numbers that come in as words."""


def whole(word: str, *, digits: int) -> int | None:
    """A whole number of at most so many digits from 0 to 9; ``None`` for anything else: :meth:`str.isdigit` takes ``²`` too, which :class:`int` does not."""
    return int(word) if word.isascii() and word.isdigit() and len(word) <= digits else None
