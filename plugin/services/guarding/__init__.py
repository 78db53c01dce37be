"""Who may do what, who is kept apart from whom, and who saw what: asked by use cases of every kind."""
