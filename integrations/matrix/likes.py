"""Reactions that say thanks. Others (a question mark, a clock) say something else and count for nothing."""

_LIKES = frozenset("👍❤💛💚💙💜🧡🤍🖤🤎💯🙏🎉👏🙌🔥⭐🌟✅💪😍🥰🤗😊")
_VARIANTS = frozenset("\ufe0e\ufe0f🏻🏼🏽🏾🏿")
"""Selectors of a presentation and of a skin tone (Unicode Technical Standard 51)."""


def is_like(key: object) -> bool:
    """Whether the key of a reaction is an emoji that thanks or praises."""
    if not isinstance(key, str) or len(key) > 8:
        return False
    bare = "".join(character for character in key if character not in _VARIANTS)
    return bare in _LIKES and len(bare) == 1
