"""All repositories in one place."""

from sqlalchemy import Connection

from plugin.store.inbox import Inbox
from plugin.store.repositories.addresses import Addresses
from plugin.store.repositories.applications import Applications
from plugin.store.repositories.audit import Audit
from plugin.store.repositories.badges import Badges
from plugin.store.repositories.base import repository
from plugin.store.repositories.calendars import Calendars
from plugin.store.repositories.changes import Changes
from plugin.store.repositories.consents import Consents
from plugin.store.repositories.forms import Bank, Forms, Submissions, Surveys
from plugin.store.repositories.gone import Gone
from plugin.store.repositories.groups import Groups
from plugin.store.repositories.jobs import Jobs
from plugin.store.repositories.lanes import Lanes
from plugin.store.repositories.learned import Learned
from plugin.store.repositories.lessons import Lessons
from plugin.store.repositories.mails import Mails
from plugin.store.repositories.measures import Measures
from plugin.store.repositories.members import Members
from plugin.store.repositories.mentorships import Blocks, Mentorships
from plugin.store.repositories.needs import Needs, Suggestions
from plugin.store.repositories.our_groups import OurGroups
from plugin.store.repositories.outbox import Outbox
from plugin.store.repositories.pairing import Agreements, PairItems, SessionKits
from plugin.store.repositories.posts import Likes, Posts
from plugin.store.repositories.privacy import Personal
from plugin.store.repositories.program_events import ProgramEvents
from plugin.store.repositories.programs import Enrolments, Managers, Programs
from plugin.store.repositories.quota import HostCalls
from plugin.store.repositories.readings import Checks, Sweeps
from plugin.store.repositories.recruiting import Announcements, Invitations, Referrals, Waves
from plugin.store.repositories.reports import Reports
from plugin.store.repositories.requests import Requests
from plugin.store.repositories.rewards import Certificates, Ledger, Rewards
from plugin.store.repositories.rounds import Rounds
from plugin.store.repositories.screening import Screenings
from plugin.store.repositories.seals import Seals
from plugin.store.repositories.sessions import Sessions
from plugin.store.repositories.sign_ins import OperatorKeys, SignIns
from plugin.store.repositories.skills import Skills
from plugin.store.repositories.spaces import Spaces, Tags
from plugin.store.repositories.staff import Staff
from plugin.store.repositories.stories import Stories
from plugin.store.repositories.strikes import Strikes
from plugin.store.repositories.telling import Notices, Wishes
from plugin.store.repositories.tokens import Tokens
from plugin.store.repositories.topics import Topics
from plugin.store.repositories.webhooks import Feed, Webhooks
from plugin.store.repositories.words import Words


class Repositories:
    """The repositories of one installation over one transaction, each made when it is first asked for."""

    _connection: Connection
    installation_id: int

    members = repository(Members)
    """Members."""
    groups = repository(Groups)
    """Groups of the host."""
    badges = repository(Badges)
    """Badges of members."""
    consents = repository(Consents)
    """What members agreed to."""
    spaces = repository(Spaces)
    """Spaces of the host."""
    tags = repository(Tags)
    """Tags of the host."""
    topics = repository(Topics)
    """Topics."""
    posts = repository(Posts)
    """Posts."""
    gone = repository(Gone)
    """What the host said is gone."""
    likes = repository(Likes)
    """Likes."""
    words = repository(Words)
    """Terms that may be shown as words."""
    needs = repository(Needs)
    """Needs."""
    suggestions = repository(Suggestions)
    """Suggestions."""
    skills = repository(Skills)
    """Decisions about skills and their names."""
    learned = repository(Learned)
    """What history taught."""
    measures = repository(Measures)
    """How the community was doing."""
    programs = repository(Programs)
    """Programs."""
    managers = repository(Managers)
    """Who manages which program."""
    enrolments = repository(Enrolments)
    """Who takes part in programs."""
    mentorships = repository(Mentorships)
    """Who mentors whom."""
    requests = repository(Requests)
    """Who asks whom."""
    announcements = repository(Announcements)
    """Programs' topics in the host."""
    waves = repository(Waves)
    """Invitations that go out together."""
    invitations = repository(Invitations)
    """Who was asked to take part."""
    referrals = repository(Referrals)
    """Who came by whom."""
    agreements = repository(Agreements)
    """What mentorships agreed on."""
    pair_items = repository(PairItems)
    """Goals and actions of mentorships."""
    session_kits = repository(SessionKits)
    """Kits of sessions that managers made."""
    sessions = repository(Sessions)
    """Sessions of mentorships."""
    strikes = repository(Strikes)
    """Who lets others wait, and who was let down."""
    rewards = repository(Rewards)
    """What programs give back, by rules."""
    certificates = repository(Certificates)
    """What members did, for them to show; and words of thanks."""
    ledger = repository(Ledger)
    """Stipends and gifts."""
    reports = repository(Reports)
    """Reports to those who look after safety."""
    program_events = repository(ProgramEvents)
    """Events of programs."""
    blocks = repository(Blocks)
    """Members who must not be brought together."""
    screenings = repository(Screenings)
    """Who is under age, and who was screened."""
    forms = repository(Forms)
    """Forms."""
    bank = repository(Bank)
    """Questions that any form may take."""
    submissions = repository(Submissions)
    """Answers."""
    surveys = repository(Surveys)
    """What was asked of whom."""
    rounds = repository(Rounds)
    """Matching rounds."""
    our_groups = repository(OurGroups)
    """Groups that we form."""
    lessons = repository(Lessons)
    """What answers have taught."""
    jobs = repository(Jobs)
    """Work for later."""
    notices = repository(Notices)
    """What members were told."""
    addresses = repository(Addresses)
    """Addresses of members."""
    mails = repository(Mails)
    """Mails to members."""
    calendars = repository(Calendars)
    """Events in calendars of members."""
    stories = repository(Stories)
    """What pairs would tell the community."""
    wishes = repository(Wishes)
    """How members want to be told."""
    feed = repository(Feed)
    """What happened, for developers to hear of."""
    webhooks = repository(Webhooks)
    """Endpoints of developers."""
    tokens = repository(Tokens)
    """Bearer tokens."""
    applications = repository(Applications)
    """Applications of developers."""
    staff = repository(Staff)
    """Who holds which office."""
    operator_keys = repository(OperatorKeys)
    """Set-up links and sessions of whoever runs the service; of installation 0 only."""
    sign_ins = repository(SignIns)
    """Sign-ins under way."""
    audit = repository(Audit)
    """Who did what; appended to by :meth:`~plugin.store.unit_of_work.UnitOfWork.record`."""
    personal = repository(Personal)
    """Everything about one member at once."""
    seals = repository(Seals)
    """Everything that is sealed."""
    inbox = repository(Inbox)
    """Deliveries."""
    outbox = repository(Outbox)
    """Messages to the host."""
    checks = repository(Checks)
    """Doubts to settle with the host."""
    sweeps = repository(Sweeps)
    """Listings of the host."""
    host_calls = repository(HostCalls)
    """How often a host with a monthly quota was called."""
    lanes = repository(Lanes)
    """When work is due."""
    changes = repository(Changes)
    """What the graph has not seen yet."""
