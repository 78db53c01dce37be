"""The only place with SQLAlchemy. Every statement is bound to one installation, but for the closed list in :mod:`plugin.store.dispatch`."""
