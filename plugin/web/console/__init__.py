"""The console: where admins connect their community and run its programs."""

from starlette.routing import BaseRoute

from plugin.services.graphs import Graphs
from plugin.services.runtime import Runtime
from plugin.web.console import (
    announcements,
    applications,
    certificates,
    community,
    events,
    forms,
    groups,
    home,
    ledger,
    messages,
    no_shows,
    office,
    people,
    programs,
    prospects,
    reports,
    results,
    rewards,
    rounds,
    screening,
    sessions,
    work,
)
from plugin.web.desk import Area, Desk

PROGRAM = "/console/programs/{program}"


def routes(runtime: Runtime, graphs: Graphs) -> list[BaseRoute]:
    """Every page of the console."""
    desk = Desk(runtime, graphs, area=Area.CONSOLE)
    return [
        desk.route("/console", home.view),
        desk.route("/console/sign-out", home.view, home.sign_out),
        desk.route("/console/programs", programs.listing),
        desk.route("/console/programs/choose", programs.choose),
        desk.route("/console/programs/new", programs.new, programs.create),
        desk.route(PROGRAM, programs.view, programs.move),
        desk.route(f"{PROGRAM}/edit", programs.edit, programs.save),
        desk.route(f"{PROGRAM}/duplicate", programs.view, programs.duplicate),
        desk.route(f"{PROGRAM}/managers", programs.view, programs.manager),
        desk.route(f"{PROGRAM}/people", people.listing, people.invite),
        desk.route(f"{PROGRAM}/people/{{enrolment}}", people.application, people.decide),
        desk.route(f"{PROGRAM}/forms", forms.listing, forms.create),
        desk.route("/console/forms/{form}", forms.view, forms.save),
        desk.route("/console/forms/{form}/preview", forms.preview, forms.preview),
        desk.route(f"{PROGRAM}/rounds", rounds.listing),
        desk.route(f"{PROGRAM}/rounds/new", rounds.new, rounds.create),
        desk.route(f"{PROGRAM}/groups", groups.listing, groups.act),
        desk.route(f"{PROGRAM}/sessions", sessions.listing, sessions.decide),
        desk.route(f"{PROGRAM}/recruiting", announcements.view, announcements.act),
        desk.route(f"{PROGRAM}/recruiting/prospects", prospects.view, prospects.plan),
        desk.route(f"{PROGRAM}/recruiting/waves", prospects.waves, prospects.act),
        desk.route(f"{PROGRAM}/no-shows", no_shows.listing, no_shows.decide),
        desk.route(f"{PROGRAM}/events", events.listing),
        desk.route(f"{PROGRAM}/events/new", events.new, events.create),
        desk.route(f"{PROGRAM}/events/{{event}}", events.view, events.act),
        desk.route(f"{PROGRAM}/rewards", rewards.view, rewards.act),
        desk.route(f"{PROGRAM}/rewards/levels", rewards.levels, rewards.set_levels),
        desk.route(f"{PROGRAM}/rewards/thanks", rewards.thanks, rewards.thank),
        desk.route(f"{PROGRAM}/rewards/certificates", certificates.view, certificates.act),
        desk.route(f"{PROGRAM}/ledger", ledger.listing, ledger.propose),
        desk.route(f"{PROGRAM}/ledger/budget", ledger.budget, ledger.set_budget),
        desk.route(f"{PROGRAM}/ledger/export", ledger.listing, ledger.export),
        desk.route(f"{PROGRAM}/ledger/{{entry}}", ledger.view, ledger.act),
        desk.route("/console/reports", reports.listing, reports.decide),
        desk.route("/console/graph", community.graph),
        desk.route("/console/health", community.health),
        desk.route("/console/work", work.view, work.act),
        desk.route("/console/messages", messages.listing, messages.act),
        desk.route("/console/messages/{kind}", messages.kind, messages.hold),
        desk.route("/console/screening", screening.view, screening.act),
        desk.route("/console/settings", office.settings, office.save_settings),
        desk.route("/console/offices", office.settings, office.office),
        desk.route("/console/tokens", office.token_listing, office.token_create),
        desk.route("/console/tokens/{token}", office.token_listing, office.token_revoke),
        desk.route("/console/applications", applications.listing),
        desk.route("/console/applications/{application}", applications.listing, applications.decide),
        desk.route("/console/audit", office.audit),
        desk.route("/console/privacy", office.privacy),
        desk.route("/console/privacy/export", office.privacy, office.export),
        desk.route("/console/privacy/erase", office.privacy, office.erase),
        desk.route(f"{PROGRAM}/results", results.view),
        desk.route("/console/rounds/{round}", rounds.view, rounds.act),
        desk.route("/console/rounds/{round}/edit", rounds.edit, rounds.save),
        desk.route("/console/rounds/{round}/mentees/{mentee}", rounds.compare),
    ]
