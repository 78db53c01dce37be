"""One repository for each aggregate; each speaks domain objects and is bound to one installation."""
