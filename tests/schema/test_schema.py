"""The schema as text: what is committed, and what the contract with the outside promises."""

from pathlib import Path

from graphql import GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, GraphQLSchema, build_schema, print_type
from graphql.language import print_ast
from graphql.pyutils import Undefined
from graphql.utilities import ast_from_value

from schema.schema import schema, sdl

CONTRACT = """
interface Node { id: ID! }
enum ProgramState { draft enrolling matching active completed archived }
type Query {
  viewer: Viewer
  community: Community!
  node(id: ID!): Node
  members(first: Int, after: String, query: String): MemberConnection!
  programs(first: Int, after: String, state: ProgramState): ProgramConnection!
  program(id: ID!): Program
  expertsFor(need: String!, first: Int = 10): [Suggestion!]!
}
type Mutation {
  setNeed(input: SetNeedInput!): SetNeedPayload!
  closeNeed(input: CloseNeedInput!): CloseNeedPayload!
  dismissSuggestion(input: DismissSuggestionInput!): DismissSuggestionPayload!
  optOutOfSuggestions: ConsentPayload!
  optInToSuggestions: ConsentPayload!
  optOutOfMessages: ConsentPayload!
  optInToMessages: ConsentPayload!
  signOutEverywhere: SignOutEverywherePayload!
  createProgram(input: CreateProgramInput!): ProgramPayload!
  moveProgram(input: MoveProgramInput!): ProgramPayload!
}
type Subscription { suggestionsChanged: SuggestionsChanged! }
type SuggestionsChanged { count: Int! }
type Viewer { member: Member! suggestions(first: Int, after: String, program: ID): SuggestionConnection! }
type Suggestion implements Node { id: ID! score: Float! member: Member! reasons: [Reason!]! program: Program }
type Reason { criterion: String! text: String! contribution: Float! evidence: [Evidence!]! }
type Evidence { title: String! url: String! }
type Member implements Node { id: ID! hostUserId: String! username: String! name: String skills: [Skill!]! }
type Skill { name: String! confidence: Float! evidence: [Evidence!]! }
type Program implements Node { id: ID! name: String! state: ProgramState! }
type Community implements Node { id: ID! name: String! url: String! }
type PageInfo { hasNextPage: Boolean! hasPreviousPage: Boolean! startCursor: String endCursor: String }
type MemberConnection { edges: [MemberEdge!]! pageInfo: PageInfo! }
type MemberEdge { node: Member! cursor: String! }
type ProgramConnection { edges: [ProgramEdge!]! pageInfo: PageInfo! }
type ProgramEdge { node: Program! cursor: String! }
type SuggestionConnection { edges: [SuggestionEdge!]! pageInfo: PageInfo! }
type SuggestionEdge { node: Suggestion! cursor: String! }
type UserError { code: String! message: String! field: String }
type Need implements Node { id: ID! text: String! topicUrl: String }
type Consents { messages: Boolean! expert: Boolean! }
input SetNeedInput { text: String topicUrl: String }
input CloseNeedInput { id: ID! }
input DismissSuggestionInput { id: ID! }
input CreateProgramInput { name: String! }
input MoveProgramInput { id: ID! state: ProgramState! }
type SetNeedPayload { need: Need userErrors: [UserError!]! }
type CloseNeedPayload { need: Need userErrors: [UserError!]! }
type DismissSuggestionPayload { dismissedId: ID userErrors: [UserError!]! }
type ConsentPayload { consents: Consents userErrors: [UserError!]! }
type SignOutEverywherePayload { revoked: Int! userErrors: [UserError!]! }
type ProgramPayload { program: Program userErrors: [UserError!]! }
"""


def _members(found: GraphQLSchema) -> dict[str, str]:
    """``Type.field(argument)`` to its type and default."""
    members: dict[str, str] = {}
    for kind in found.type_map.values():
        if kind.name.startswith("__"):
            continue
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for interface in kind.interfaces:
                members[f"{kind.name} implements"] = interface.name
            for name, field in kind.fields.items():
                members[f"{kind.name}.{name}"] = str(field.type)
                for word, argument in field.args.items():
                    default = "" if argument.default_value is Undefined else f" = {_text(argument)}"
                    members[f"{kind.name}.{name}({word})"] = f"{argument.type}{default}"
        elif isinstance(kind, GraphQLInputObjectType):
            members |= {f"{kind.name}.{name}": str(field.type) for name, field in kind.fields.items()}
    return members


def _text(argument: object) -> str:
    value = ast_from_value(argument.default_value, argument.type)  # type: ignore[attr-defined]  # an argument
    return "" if value is None else print_ast(value)


def test_the_committed_schema_is_the_schema() -> None:
    committed = (Path(__file__).resolve().parents[2] / "schema" / "schema.graphql").read_text()
    assert committed == sdl(), "the API changed: run `make schema` and look at the difference"


def test_the_committed_schema_is_valid() -> None:
    assert build_schema(sdl()).query_type is not None


def test_names_types_and_arguments_are_those_of_the_contract() -> None:
    ours = _members(build_schema(sdl()))
    promised = _members(build_schema(CONTRACT))
    assert {name: ours.get(name) for name in promised} == promised


def test_no_field_of_the_contract_takes_more_required_arguments() -> None:
    ours = _members(build_schema(sdl()))
    promised = _members(build_schema(CONTRACT))
    extra = {name: kind for name, kind in ours.items() if "(" in name and name.partition("(")[0] in promised and name not in promised}
    assert not {name for name, kind in extra.items() if kind.endswith("!")}


def test_every_operation_says_what_it_does() -> None:
    silent = [
        f"{kind.name}.{name}"
        for kind in build_schema(sdl()).type_map.values()
        if isinstance(kind, GraphQLObjectType) and kind.name in {"Query", "Mutation", "Subscription"}
        for name, field in kind.fields.items()
        if not field.description
    ]
    assert not silent
    assert "type Query" in print_type(build_schema(sdl()).type_map["Query"])
    assert schema.as_str() in sdl()
