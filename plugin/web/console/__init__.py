"""The console: where admins connect their community and run its programs."""

from starlette.routing import BaseRoute

from plugin.services.graphs import Graphs
from plugin.services.runtime import Runtime
from plugin.web.console import groups, home, people, programs, rounds
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
        desk.route(f"{PROGRAM}/rounds", rounds.listing),
        desk.route(f"{PROGRAM}/rounds/new", rounds.new, rounds.create),
        desk.route(f"{PROGRAM}/groups", groups.listing, groups.act),
        desk.route("/console/rounds/{round}", rounds.view, rounds.act),
        desk.route("/console/rounds/{round}/edit", rounds.edit, rounds.save),
        desk.route("/console/rounds/{round}/mentees/{mentee}", rounds.compare),
    ]
