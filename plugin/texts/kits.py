"""Session kits that come with the product: what a session is for, how its time is spent, how both sides get ready, and what is done afterwards."""

from plugin.texts.kinds import _, declare

declare(
    "session.prepare",
    group="sessions",
    title=_("Getting ready for {at:day}: {kit:text}"),
    body=_("Your session with {who:member} is on {at:when}. Before it:\n\n{preparation:text}"),
    private=True,
)
declare(
    "session.followup",
    group="sessions",
    title=_("After your session: {kit:text}"),
    body=_("What helps while it is fresh:\n\n{follow_up:text}"),
    private=True,
)

FIRST_MEETING = {
    "title": _("First meeting"),
    "purpose": _("Get to know each other, and find out whether and how you want to work together."),
    "agenda": _(
        "5 min: arrive; what made each of you say yes to this\n"
        "15 min: the mentee's story: where from, where to, what is in the way\n"
        "10 min: the mentor's story, with one thing that went wrong\n"
        "15 min: what would have to be different in three months for both of you to say that it was worth it?\n"
        "10 min: how you work: how often, by which way, what stays between you, what to do if one of you cannot come\n"
        "5 min: one small thing until next time, and the date of it"
    ),
    "mentor_preparation": _(
        "– Read what your mentee wrote in the application, and note two questions that you really have.\n"
        "– Think of a time when you stood where they stand now. What did you need, and what did nobody tell you?\n"
        "– Decide how much time you can give, and say so openly: a small promise that is kept is worth more."
    ),
    "mentee_preparation": _(
        "– Write down in three sentences what you would like to reach, and why now.\n"
        "– Note what you have tried, and what came of it.\n"
        "– Bring one concrete matter of this week: it is easier to begin with than with life as a whole."
    ),
    "mentor_follow_up": _(
        "– Send one line: what you took away, and what you are looking forward to.\n"
        "– Put the agreement to your mentee, or sign theirs: topics, how often, until when."
    ),
    "mentee_follow_up": _(
        "– Write down what you agreed on as an action of your own, with a date.\n"
        "– Say thank you with one sentence about what helped.\n"
        "– Propose the next date now, while both of you remember why."
    ),
}
GOAL_SETTING = {
    "title": _("Goal setting"),
    "purpose": _("Turn a wish into one or two goals that both of you can see being reached."),
    "agenda": _(
        "5 min: what happened since last time\n"
        "10 min: the wish in the mentee's own words; the mentor asks “what else?” and advises nothing yet\n"
        "15 min: the goal: what will be there that is not there now, and by when? How will you notice?\n"
        "10 min: what is in the way, and what of it is in the mentee's hands\n"
        "15 min: first steps: three actions small enough for the next two weeks\n"
        "5 min: how sure is the mentee of doing them, from 1 to 10? Below 7, make them smaller"
    ),
    "mentor_preparation": _(
        "– Have questions ready rather than answers: “What would that give you?”, “What have you ruled out?”, “Who else would notice?”\n"
        "– Look for where the goal is somebody else's, a parent's or a boss's. It need not go; it should be named."
    ),
    "mentee_preparation": _(
        "– List everything that you would like to be different in half a year, without ordering it.\n"
        "– Mark the two that you would regret most not having tried.\n"
        "– For each: what is the first sign by which somebody else would see that it has begun?"
    ),
    "mentor_follow_up": _(
        "– Read the goals as they were written down. Are they still the mentee's words?\n"
        "– Note what you promised yourself, such as a contact or a book, and do it this week."
    ),
    "mentee_follow_up": _(
        "– Put the goals and the first actions into your list of the mentorship, each with a date.\n"
        "– Tell one person outside the mentorship about one of them; it makes it real.\n"
        "– If a goal feels wrong after two days, say so next time. Changing it early costs nothing."
    ),
}
RESUME_REVIEW = {
    "title": _("Resume review"),
    "purpose": _("A resume that says in half a minute what the mentee can do for the one who reads it."),
    "agenda": _(
        "5 min: which position is it for, and who reads it first?\n"
        "5 min: the mentor reads it as that person would, half a minute, and says aloud what stuck\n"
        "20 min: line by line: what did you do, what came of it, how would one know? Figures where there are any\n"
        "15 min: what is missing, what can go, what order tells the story\n"
        "10 min: the first third of the page, rewritten together\n"
        "5 min: what is changed until when, and who reads it next"
    ),
    "mentor_preparation": _(
        "– Read the posting first and the resume afterwards, once, quickly. Note what you remember without looking.\n"
        "– Mark three places: one that is strong, one that you do not believe yet, one that you do not understand.\n"
        "– Customs differ by country and trade: photo, age, length. Say which ones you know, and which you do not."
    ),
    "mentee_preparation": _(
        "– Send your resume and one posting that you would really apply to, two days ahead.\n"
        "– Take out what you would not want your mentor to keep: address, date of birth, names of references.\n"
        "– Write beside each station one thing that was different after you because of you."
    ),
    "mentor_follow_up": _(
        "– Look once more at the new version if you offered to; twenty minutes are enough.\n"
        "– Do you know one person who hires for such positions and would read it? Ask them before you name them."
    ),
    "mentee_follow_up": _(
        "– Write the new version within three days; after that the talk is gone.\n"
        "– Let somebody who does not know you read it for half a minute and tell you what you do.\n"
        "– Apply with it at least once before you change it again."
    ),
}
MOCK_INTERVIEW = {
    "title": _("Mock job interview"),
    "purpose": _("Practise the interview where a mistake costs nothing, and learn from how it came across."),
    "agenda": _(
        "5 min: the position, who interviews, what the mentee wants to practise most\n"
        "25 min: the interview itself, without a break and in role from the greeting to the goodbye\n"
        "5 min: silence: both write down what worked and one thing to do otherwise\n"
        "15 min: the mentee first, then the mentor: what came across, where it became thin, what was left out\n"
        "7 min: the hardest question again, answered anew\n"
        "3 min: which two examples the mentee will have ready from now on"
    ),
    "mentor_preparation": _(
        "– Prepare six questions: two easy, two about past work (“Tell me about a time when…”), one about the trade, one unpleasant but fair.\n"
        "– Ask nothing that nobody may ask: family plans, faith, health. If it is likely to come up, practise how to decline.\n"
        "– Take notes word by word. “You said …” helps more than “You seemed …”."
    ),
    "mentee_preparation": _(
        "– Send the posting and your resume two days ahead.\n"
        "– Have four examples ready: something that went well, something that failed, a conflict, something that you learned. "
        "Situation, what you did, what came of it.\n"
        "– Prepare three questions of your own, and come as you would come on the day."
    ),
    "mentor_follow_up": _(
        "– Send the one sentence that you would remember them by, and the one answer that is worth another hour.\n"
        "– Ask after the real interview how it went, whatever came of it."
    ),
    "mentee_follow_up": _(
        "– Say the two answers that were thin aloud, three times, to somebody or to the wall.\n"
        "– Write down which questions came up; after the real interview add those.\n"
        "– When is the interview? Tell your mentor the day, and how it went."
    ),
}
SOUNDING_BOARD = {
    "title": _("Sounding board for a new business"),
    "purpose": _("One decision of a founder, seen from a side from which it was not seen before."),
    "agenda": _(
        "5 min: the figures of the week: money left, customers spoken to, what was promised last time\n"
        "10 min: the decision: what is to be decided, by when, what happens if nothing is?\n"
        "15 min: the mentor asks: what do you know, what do you believe, what would show that you are wrong?\n"
        "15 min: the options, at least three, “not at all” among them; what each costs in money and in months\n"
        "10 min: the cheapest test that would tell more, within a week\n"
        "5 min: who decides, when; what the mentee takes on until next time"
    ),
    "mentor_preparation": _(
        "– Read the page, no more. Note the one assumption on which everything rests.\n"
        "– You need not know the trade. Ask what a customer would ask, and what a bank would.\n"
        "– Say where you have an interest of your own, and where you only guess. The decision is theirs."
    ),
    "mentee_preparation": _(
        "– Send one page a day ahead: the decision, the options that you see, the figures behind them, and which way you lean.\n"
        "– Leave out what is confidential of others: customers' names, partners' contracts.\n"
        "– Note what you would do if nobody could be asked."
    ),
    "mentor_follow_up": _(
        "– Is there one person who has made this decision before? Ask whether you may bring the two together.\n"
        "– Note what you thought and did not say, and whether it should be said."
    ),
    "mentee_follow_up": _(
        "– Do the test this week, however small, and write down what came of it.\n"
        "– Tell your mentor what you decided and why, also if it is the opposite of what you talked about.\n"
        "– Note what would make you decide anew."
    ),
}
CLOSING = {
    "title": _("Closing"),
    "purpose": _("End well: see what was reached, say thank you, and know what comes next."),
    "agenda": _(
        "5 min: arrive; this is the last one, and that is as it should be\n"
        "15 min: back to the beginning: what did you set out to do, and where do you stand?\n"
        "10 min: what surprised each of you, what was hard, what would you do otherwise\n"
        "10 min: what the mentee takes along: habits, people, open ends\n"
        "10 min: what the mentor learned; who could be mentored next, by either of you\n"
        "10 min: thanks, and how you stay in touch, if at all"
    ),
    "mentor_preparation": _(
        "– Look through your notes from the beginning. Which sentence of the mentee's would you remind them of?\n"
        "– Have two things ready to say: what they have done well, and what you trust them to do next."
    ),
    "mentee_preparation": _(
        "– Read your goals and actions once more, and mark what is done, what has changed, what can be let go.\n"
        "– Write down three moments that made a difference.\n"
        "– Think about whom you could help with what you know now."
    ),
    "mentor_follow_up": _(
        "– Answer the closing questions; the next mentors profit by it.\n"
        "– Would you do it again? Say for how many you have room, or take a break: both are fine."
    ),
    "mentee_follow_up": _(
        "– Answer the closing questions; it takes five minutes.\n"
        "– If both of you agree, tell the community in a few lines how it went: it helps whoever hesitates.\n"
        "– Write to your mentor in three months, in one line, what became of it. Few do, and all are glad."
    ),
}
