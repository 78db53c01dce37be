"""The people of a round as GraphQL shows them."""

from schema.context import Info
from schema.types.member import Member
from schema.types.member import member as member_type


async def load_member(info: Info, number: int) -> Member | None:
    """A member; ``None`` for who left or no longer takes part."""
    person = await info.context.loaders.members.load(number)
    return None if person is None else member_type(person, installation_id=info.context.loaders.principal.installation_id)
