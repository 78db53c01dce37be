"""Queries as plain code.

A document that is valid and comes again is compiled once into Python functions, one for each selection, that fill the answer without asking for every field
what kind of field it is. The engine (graphql-core under Strawberry) stays the one that decides: whatever is out of the ordinary while a plan runs, an error of
any kind above all, makes :class:`~schema.plans.running.Unusual`, and the same operation is executed by the engine instead. A property test holds plans against
the engine.
"""
