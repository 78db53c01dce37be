"""Keeping people safe: who must not meet, who was screened, and what was reported."""
