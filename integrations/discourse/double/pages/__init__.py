"""Plain pages for people who try the forum."""
