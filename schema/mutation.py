"""Mutations: each is in a module of its noun, and the modules' parts are put together here."""

import strawberry

from schema.mutations.consent import ConsentMutations
from schema.mutations.needs import NeedMutations
from schema.mutations.programs import ProgramMutations
from schema.mutations.suggestions import SuggestionMutations


@strawberry.type
class Mutation(NeedMutations, SuggestionMutations, ConsentMutations, ProgramMutations):
    """What can be done."""
