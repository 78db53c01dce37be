"""Words that pages of ours choose by value: states, kinds, and what was done. All others stand in the pages' templates."""

from plugin.texts.kinds import _

DONE = {
    "saved": _("Saved."),
    "created": _("Created."),
    "moved": _("The program has moved on."),
    "approved": _("Approved. They were told."),
    "declined": _("Declined. They were told."),
    "invited": _("Invited. They were told."),
    "computing": _("The round is being computed."),
    "stopped": _("The computation was stopped."),
    "cancelled": _("The round was cancelled."),
    "published": _("Published. Both sides are being told."),
    "retried": _("They are being tried again."),
    "revoked": _("Revoked. It no longer works."),
    "released": _("Released. They are being sent."),
    "dropped": _("Dropped. Nobody is sent them."),
    "held": _("New messages of this kind wait for you now."),
    "unheld": _("Messages of this kind are sent without waiting."),
    "erased": _("Erased."),
    "deleted": _("Deleted."),
    "replayed": _("They are being posted again."),
    "merged": _("Done."),
    "skills_merged": _("Merged. Both names are one skill from now on."),
    "skills_parted": _("It is a skill of its own again."),
    "weights_reset": _("What was learned is forgotten. From now on it is learned anew."),
    "asked": _("Your request is on its way."),
    "accepted": _("Accepted. Your mentorship has begun."),
    "withdrawn": _("Taken back."),
    "enrolled": _("You take part."),
    "applied": _("Your application is in. You are told as soon as somebody has looked at it."),
    "left": _("You have left."),
    "ended": _("The mentorship has ended. The other side was told."),
    "sent": _("Sent."),
    "dismissed": _("It is gone from your list."),
    "paused": _("You are paused: nobody is suggested to you or you to them."),
    "resumed": _("You are back."),
    "stated": _("We are looking for people who could help. It takes a second or two."),
    "signed_out": _("You are signed out."),
    "announced": _("It is on its way to the community."),
    "planned": _("Planned."),
    "decided": _("Decided. They were told."),
    "proposed": _("Proposed. Somebody else approves it."),
    "paid": _("Written down as paid. They were told."),
    "thanked": _("Thanked. They were told."),
    "called_off": _("Called off. Who would come was told."),
    "linked": _("Here is your link. Send it to whoever you think of."),
    "waiting": _("All places are taken: you wait for one, and are told."),
    "connected": _("Connected. The community is being read."),
}
"""Words in addresses after a form, and what they say."""

INSTALLATION_STATES = {"connecting": _("Being connected"), "active": _("Connected"), "disconnected": _("Disconnected")}
PROGRAM_STATES = {
    "draft": _("Draft"),
    "enrolling": _("Enrolling"),
    "matching": _("Matching"),
    "active": _("Active"),
    "completed": _("Completed"),
    "archived": _("Archived"),
}
PROGRAM_MEANINGS = {
    "draft": _("Only you and its managers see it."),
    "enrolling": _("Members see it and can take part."),
    "matching": _("Rounds pair people; members can still join."),
    "active": _("Pairs meet. Requests go on."),
    "completed": _("Nothing new begins. Results stay."),
    "archived": _("Out of sight. Nothing changes any more."),
}
PROGRAM_STEPS = {
    "draft": _("Back to draft"),
    "enrolling": _("Open for enrolment"),
    "matching": _("Begin matching"),
    "active": _("Start the program"),
    "completed": _("Complete the program"),
    "archived": _("Archive"),
}
FORMATS = {
    "one_to_one": _("One to one"),
    "group": _("A mentor with a group"),
    "circle": _("Circles of peers"),
    "peer": _("Peers in pairs"),
    "reverse": _("Reverse mentoring"),
    "flash": _("A single session"),
}
ROLES = {"mentor": _("Mentor"), "mentee": _("Mentee")}
ENROLMENT_STATES = {
    "invited": _("Invited"),
    "applied": _("Applied"),
    "approved": _("Takes part"),
    "declined": _("Declined"),
    "withdrawn": _("Left"),
}
ROUND_STATES = {
    "draft": _("Draft"),
    "computing": _("Computing"),
    "computed": _("Computed"),
    "adjusted": _("Adjusted by hand"),
    "published": _("Published"),
    "cancelled": _("Cancelled"),
}
TONES = {
    "draft": "",
    "enrolling": "info",
    "matching": "info",
    "active": "good",
    "completed": "",
    "archived": "",
    "invited": "info",
    "applied": "warn",
    "approved": "good",
    "declined": "",
    "withdrawn": "",
    "computing": "warn",
    "computed": "info",
    "adjusted": "info",
    "published": "good",
    "cancelled": "",
    "pending": "warn",
    "sent": "good",
    "dead": "bad",
    "failed": "bad",
    "new": "warn",
    "handled": "good",
    "dropped": "",
    "queued": "",
    "accepted": "good",
    "expired": "",
    "running": "good",
    "proposed": "warn",
    "confirmed": "good",
    "held": "good",
    "missed": "bad",
    "unclear": "warn",
    "open": "warn",
    "planned": "info",
    "seen": "info",
    "counted": "warn",
    "appealed": "warn",
    "upheld": "info",
    "pardoned": "good",
    "paid": "good",
    "granted": "good",
    "going": "good",
    "waiting": "warn",
    "posted": "good",
    "looking": "info",
}
"""The colour of a state's badge."""

CRITERIA = {
    "skill": _("Skills wanted and offered"),
    "need": _("A need in plain words"),
    "goals": _("Goals"),
    "language": _("Language"),
    "timezone": _("Time zone"),
    "availability": _("Hours both have free"),
    "seniority": _("How far the mentor is ahead"),
    "background": _("Background"),
    "past": _("What they had to do with each other"),
    "answer": _("Answers to a question"),
}
CRITERIA_HELP = {
    "skill": _("The mentor offers what the mentee wants to learn, at a level that helps."),
    "need": _("What the mentee needs, in their own words, against what the mentor has shown to know."),
    "goals": _("What both want to get out of it is alike."),
    "language": _("They can talk with each other."),
    "timezone": _("They are awake at the same time."),
    "availability": _("They have hours of the week in common."),
    "seniority": _("The mentor is ahead, but not too far."),
    "background": _("They come from the same place, or from a different one."),
    "past": _("They have met in the community before."),
    "answer": _("They answered a question alike."),
}
IMPORTANCE = {
    "": _("Does not count"),
    "low": _("A little"),
    "medium": _("Counts"),
    "high": _("Counts a lot"),
    "mandatory": _("Must be met"),
}
SIDES = {"both": _("Both sides"), "mentee": _("For the mentee"), "mentor": _("For the mentor")}
OBJECTIVES = {
    "total": _("The best for all together"),
    "fair": _("The best for whoever gets least"),
    "even_load": _("An even load, at a small price"),
    "stable_mentee": _("Nobody would rather swap; mentees choose first"),
    "stable_mentor": _("Nobody would rather swap; mentors choose first"),
    "choices_generous": _("Mentees' choices: as few as can be get a late choice"),
    "choices_rank_sum": _("Mentees' choices: the lowest sum of ranks"),
    "choices_greedy": _("Mentees' choices: as many first choices as can be"),
}
PLACING = {"most": _("Place as many people as can be"), "best": _("Only pairs that raise the total")}
FAILURES = {
    "stopped": _("Somebody stopped the computation. The round is as it was before."),
    "contradiction": _("Some rules and decisions cannot hold together. Drop one of them."),
    "crashed": _("The computation broke off. Compute again; if it breaks off again, it is in the log."),
    "outdated": _("People left while it was computed. Compute again."),
    "bad_sizes": _("So many people do not make groups of these sizes. Change the sizes."),
    "empty_side": _("A side is empty: there is nobody to match."),
    "two_roles": _("Somebody is both mentor and mentee. Withdraw one enrolment."),
    "too_hard": _("A fair round with several mentors each is too hard for so many candidates. Ask for fewer, or choose the best total."),
}
WAITING = {
    "no_candidates": _("Nobody was a candidate."),
    "rules": _("Rules or bans removed every candidate."),
    "not_chosen": _("Nobody who is allowed was chosen."),
    "full": _("Every candidate who is allowed is full."),
    "outscored": _("The round is better by its objective without placing them."),
    "mentor_left": _("Their mentor left the community since."),
    "no_hours": _("They named no hours."),
    "no_shared_hour": _("Too few others can meet when they can."),
    "apart": _("Every group with a place has somebody they are kept apart from."),
    "enough_mentors": _("Every group has as many mentors as it may."),
    "not_placed": _("The groups were formed without them."),
}
GROUP_WAITING = WAITING | {
    "full": _("No group has a place left."),
    "together": _("Those they stay together with could not be placed beside them."),
}
OBSTACLES = {
    "not_a_candidate": _("The two were not looked at: others fit both far better."),
    "forbidden": _("Somebody forbade this pair by hand."),
    "rule": _("A rule removes this pair."),
    "mentee_has_better": _("The mentee got a mentor who fits better."),
    "mentor_full": _("Every place of the mentor is taken by somebody who fits at least as well."),
    "mentor_full_of_others": _("Every place of the mentor is taken."),
    "round_is_better": _("The two would gain, and others would lose more."),
    "cannot_hold": _("Pins and minimums leave no round with this pair."),
}
MEASURES = {
    "match_rate": _("Share of mentees who have or had a mentor"),
    "sessions_per_pair": _("Sessions per pair"),
    "closing_agreement": _("Share who say at the end that it helped"),
    "days_to_first_session": _("Days until the first session"),
    "active_after_90_days": _("Share of pairs that still meet after 90 days"),
    "retention_90_days": _("Share still around after 90 days"),
    "completion_rate": _("Share that went to the end"),
    "nps": _("Net promoter score"),
    "mentees": _("Mentees"),
    "mentors": _("Mentors"),
    "matched": _("Mentees with a mentor"),
    "sessions": _("Sessions held"),
    "quality": _("Quality of the relationship, 1 to 5"),
    "goals_reached": _("Share who reached their goal"),
}
TEMPLATE_NAMES = {
    "young-professionals": _("Young professionals"),
    "new-entrepreneurs": _("New entrepreneurs"),
    "newcomers": _("Newcomers"),
    "peer-circles": _("Peer circles"),
}
TEMPLATE_PURPOSES = {
    "young-professionals": _(
        "Members at the beginning of their working life learn from those who have been there: how to find their way, how to be seen, how to grow."
    ),
    "new-entrepreneurs": _("Members who are building a business get the ear of members who have built one, before mistakes become expensive."),
    "newcomers": _("Nobody who joins the community should have to find their way alone."),
    "peer-circles": _("Members with the same question meet regularly and work on it together; everybody brings something, everybody takes something home."),
}
"""What each template is for, as its plan says it in English."""
QUESTION_KINDS = {
    "short_text": _("One line of text"),
    "long_text": _("Several lines of text"),
    "number": _("A number"),
    "yes_no": _("Yes or no"),
    "single_choice": _("One of several"),
    "multiple_choice": _("Any of several"),
    "ranked_choice": _("Several in order"),
    "scale": _("A scale"),
    "date": _("A day"),
    "time_zone": _("A time zone"),
    "availability": _("Times of the week"),
    "skills": _("Skills with levels"),
}
OPERATORS = {
    "answered": _("anything"),
    "is": _("exactly"),
    "contains": _("among others"),
    "at_least": _("at least"),
    "at_most": _("at most"),
}
PURPOSES = {
    "mentor": _("Application as a mentor"),
    "mentee": _("Application as a mentee"),
    "session": _("Feedback after a session"),
    "pulse": _("How the mentorship is going"),
    "closing": _("At the end of a mentorship"),
    "nps": _("Whether one would recommend the program"),
    "other": _("Anything else"),
}
LEVELS = {1: _("wants to learn it"), 2: _("has some practice"), 3: _("works with it"), 4: _("can teach it")}
DAYS = (_("Monday"), _("Tuesday"), _("Wednesday"), _("Thursday"), _("Friday"), _("Saturday"), _("Sunday"))
MESSAGE_STATES = {
    "pending": _("Waits"),
    "sent": _("Sent"),
    "failed": _("Failed"),
    "dead": _("Failed"),
    "dropped": _("Dropped"),
    "new": _("Waits"),
    "handled": _("Handled"),
}
REQUEST_STATES = {
    "queued": _("Next in line"),
    "pending": _("Waits for an answer"),
    "accepted": _("Accepted"),
    "declined": _("Declined"),
    "expired": _("Not answered in time"),
    "withdrawn": _("Taken back"),
}
DECLINE_REASONS = {
    "no_time": _("I have no time at the moment"),
    "full": _("I have as many mentees as I can take"),
    "away": _("I am away for a while"),
    "not_my_field": _("It is not my field"),
    "not_a_fit": _("We do not fit, I think"),
    "other": _("Another reason"),
}
END_REASONS = {
    "completed": _("We are done"),
    "goal_reached": _("The goal is reached"),
    "not_a_fit": _("We do not fit"),
    "no_time": _("No time any more"),
    "no_reply": _("I hear nothing from the other side"),
    "other": _("Another reason"),
}
STANDINGS = {
    "learning": _("I want to learn it"),
    "capable": _("I can help with it"),
    "expert": _("I know it well"),
    "hidden": _("Hide it"),
}
CHANNELS = {"host": _("In the community"), "email": _("By e-mail"), "product": _("Only listed here")}
FREQUENCIES = {"at_once": _("At once"), "daily": _("Once a day"), "weekly": _("Once a week")}
COMMUNITY_MEASURES = {
    "active": _("Active members"),
    "newcomers": _("Newcomers"),
    "reach": _("Reach: share of active members within two exchanges"),
    "isolated_newcomers": _("Newcomers nobody replied to"),
    "gini": _("How unequally answers are spread (Gini)"),
    "top5_share": _("Share of answers by the five busiest"),
    "helpers_for_half": _("Helpers who give half of the answers"),
    "answered": _("Share of questions that were answered"),
    "median_hours_to_answer": _("Hours until the first answer (median)"),
}
OFFICES = {"admin": _("Admin"), "safety": _("Looks after safety")}
SCOPES = {
    "community:read": _("Read members, skills and programs"),
    "me": _("Act for its member"),
    "programs:write": _("Create and change programs"),
    "introspect": _("Read the GraphQL schema"),
    "profile": _("See who signs in: the community itself, whose members sign in there through this service"),
}
CONSENTS = SCOPES | {
    "me": _("Act for you: ask mentors, answer requests, change what you chose"),
    "community:admin": _("Do what admins of the community do"),
    "safety": _("Read reports and act on them"),
}
"""The scopes as the member reads them who lets something act for them."""
AUDIENCES = {"session": _("A browser"), "message": _("A browser, signed in by a code"), "widget": _("A page of the community")}
"""What a token is, other than one that somebody made."""
APPLICATION_STATES = {
    "pending": _("Waits for you"),
    "approved": _("Approved"),
    "refused": _("Refused"),
    "disabled": _("Disabled"),
}
WEBHOOK_STATES = {
    "active": _("Active"),
    "paused": _("Paused"),
    "disabled": _("Switched off"),
}
POST_STATES = {
    "pending": _("Waiting"),
    "sent": _("Sent"),
    "dead": _("Given up"),
}
SEEN = {
    "answers": _("your answers to a form"),
    "feedback": _("your feedback"),
    "report": _("a report about you"),
    "messages": _("messages to you"),
    "export": _("everything that is kept about you"),
    "profile": _("your profile"),
}

FACTORS = {
    "quality": _("How the two get on"),
    "progress": _("What comes of it"),
}
"""The scales of our own surveys, by factor."""
