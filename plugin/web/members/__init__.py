"""Pages for members of communities whose host has no place for ours, in the community's name and colours."""

from starlette.routing import BaseRoute

from plugin.services.knowledge.graphs import Graphs
from plugin.services.runtime import Runtime
from plugin.web.desk import Area, Desk
from plugin.web.members import applications, events, home, me, mentorship, people, programs, safety, session, sessions, tokens


def routes(runtime: Runtime, graphs: Graphs) -> list[BaseRoute]:
    """Every page for members."""
    desk = Desk(runtime, graphs, area=Area.MEMBERS)
    return [
        desk.route("/my", home.view, home.act),
        desk.route("/my/programs", programs.listing, programs.answer_invitation),
        desk.route("/my/programs/{program}", programs.view, programs.act),
        desk.route("/my/programs/{program}/join", programs.join, programs.enrol),
        desk.route("/my/requests", people.requests, people.answer_request),
        desk.route("/my/mentorships", people.mentorships, people.end),
        desk.route("/my/mentorships/{mentorship}", mentorship.view, mentorship.act),
        desk.route("/my/surveys/{survey}", people.survey, people.answer_survey),
        desk.route("/my/sessions", sessions.view, sessions.act),
        desk.route("/my/sessions/new", session.planning, session.propose),
        desk.route("/my/sessions/past", session.past, session.write_down),
        desk.route("/my/sessions/{session}", session.view, session.act),
        desk.route("/my/sessions/{session}/calendar", sessions.calendar),
        desk.route("/my/events", events.view, events.answer),
        desk.route("/my/events/{event}/calendar", events.calendar),
        desk.route("/my/safety", safety.view, safety.act),
        desk.route("/my/skills", me.skills, me.choose_skill),
        desk.route("/my/notices", me.notices, me.change_notices),
        desk.route("/my/applications", applications.listing, applications.withdraw),
        desk.route("/my/tokens", tokens.view, tokens.act),
        desk.route("/my/data", me.data, me.change_data),
    ]
