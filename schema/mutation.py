"""Mutations: each is in a module of its verb."""

import strawberry

from schema.mutations import consent, needs, programs, suggestions


@strawberry.type
class Mutation:
    """What can be done."""

    set_need = strawberry.field(resolver=needs.set_need, description="Say what one would like help with; suggestions are there in the answer.")
    close_need = strawberry.field(resolver=needs.close_need, description="Say that one no longer needs help with this.")
    dismiss_suggestion = strawberry.field(resolver=suggestions.dismiss_suggestion, description="Say that a suggestion is not wanted.")
    opt_out_of_suggestions = strawberry.field(resolver=consent.opt_out_of_suggestions, description="Be suggested to nobody, at once.")
    opt_in_to_suggestions = strawberry.field(resolver=consent.opt_in_to_suggestions, description="Come back to expert suggestions.")
    opt_out_of_messages = strawberry.field(resolver=consent.opt_out_of_messages, description="Get no more messages.")
    opt_in_to_messages = strawberry.field(resolver=consent.opt_in_to_messages, description="Get suggestions as messages in the host.")
    sign_out_everywhere = strawberry.field(resolver=consent.sign_out_everywhere, description="Revoke every token of the member.")
    create_program = strawberry.field(resolver=programs.create_program, description="Make a program, as a draft.")
    move_program = strawberry.field(resolver=programs.move_program, description="Move a program to another state.")
