"""Whole numbers as people and programs write them."""


def whole(word: str, *, digits: int) -> int | None:
    """The number that a word of at most so many digits says; ``None`` for every other word, also for what only Unicode calls digits."""
    return int(word) if word.isascii() and word.isdigit() and len(word) <= digits else None
