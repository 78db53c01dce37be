"""Somebody leaves or is erased: what ran with them ends sanely, and nothing stays that should not."""
