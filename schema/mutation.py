"""Mutations: each is in a module of its noun, and the modules' parts are put together here."""

import strawberry

from schema.mutations.announcements import AnnouncementMutations
from schema.mutations.applications import ApplicationMutations
from schema.mutations.blocks import BlockMutations
from schema.mutations.consent import ConsentMutations
from schema.mutations.deliveries import DeliveryMutations
from schema.mutations.enrolments import EnrolmentMutations
from schema.mutations.evaluation import EvaluationMutations
from schema.mutations.forms import FormMutations
from schema.mutations.groups import GroupMutations
from schema.mutations.invitations import InvitationMutations
from schema.mutations.ledger import LedgerMutations
from schema.mutations.needs import NeedMutations
from schema.mutations.notices import NoticeMutations
from schema.mutations.pairing import PairingMutations
from schema.mutations.people import PeopleMutations
from schema.mutations.personal import PersonalMutations
from schema.mutations.program_events import ProgramEventMutations
from schema.mutations.programs import ProgramMutations
from schema.mutations.referrals import ReferralMutations
from schema.mutations.reports import ReportMutations
from schema.mutations.requests import RequestMutations
from schema.mutations.rewards import RewardMutations
from schema.mutations.rounds import RoundMutations
from schema.mutations.safeguarding import SafeguardingMutations
from schema.mutations.sessions import SessionMutations
from schema.mutations.skills import SkillMutations
from schema.mutations.stories import StoryMutations
from schema.mutations.suggestions import SuggestionMutations
from schema.mutations.webhooks import WebhookMutations


@strawberry.type
class Mutation(
    SkillMutations,
    NeedMutations,
    SuggestionMutations,
    ConsentMutations,
    ProgramMutations,
    EnrolmentMutations,
    RequestMutations,
    BlockMutations,
    AnnouncementMutations,
    InvitationMutations,
    ReferralMutations,
    SafeguardingMutations,
    SessionMutations,
    RewardMutations,
    LedgerMutations,
    PairingMutations,
    ReportMutations,
    StoryMutations,
    ProgramEventMutations,
    FormMutations,
    EvaluationMutations,
    RoundMutations,
    GroupMutations,
    NoticeMutations,
    DeliveryMutations,
    PeopleMutations,
    PersonalMutations,
    WebhookMutations,
    ApplicationMutations,
):
    """What can be done."""
