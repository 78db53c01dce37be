"""Programs to start from. An admin takes one and changes what is different in their community."""

from plugin.domain.programs import Format, Goal, Plan


def _(text: str) -> str:
    """Mark a text for translation: a program begins in the language of its community."""
    return text


CODE_OF_CONDUCT = _(
    """\
We meet as equals who give each other time. What is said between us stays between us, unless somebody is in danger.
We come on time and say so early when we cannot. We ask before we give advice, and we say openly what we can and cannot do.
Mentoring is no service, no sale and no way to a private relationship. Whoever feels uneasy may end it at any moment without giving a reason, and may report it.
"""
)

TEMPLATES: dict[str, Plan] = {
    "young-professionals": Plan(
        name=_("Skills and experience for young professionals"),
        purpose=_("Members at the beginning of their working life learn from those who have been there: how to find their way, how to be seen, how to grow."),
        audience=_("Members in their first five years of work, and those about to begin; mentors with five years or more."),
        needs=_("Somebody to review a resume, to practise an interview with, to talk a decision over with, and to learn a skill of the trade from."),
        goals=(
            Goal(text=_("Three of four members who apply find a mentor within four weeks"), measure="match_rate", target=0.75),
            Goal(text=_("Pairs meet at least four times"), measure="sessions_per_pair", target=4),
            Goal(text=_("Four of five mentees say that it brought them closer to their goal"), measure="goals_reached", target=0.8),
        ),
        format=Format.ONE_TO_ONE,
        mentor_benefits=_("You pass on what took you years, see your own work with fresh eyes, and get to know those you will work with tomorrow."),
        mentee_benefits=_("You get somebody who listens, a review of your resume, a practice interview, and an honest word when you need one."),
        code_of_conduct=CODE_OF_CONDUCT,
        template="young-professionals",
    ),
    "new-entrepreneurs": Plan(
        name=_("A sounding board for new entrepreneurs"),
        purpose=_("Members who are building a business get the ear of members who have built one, before mistakes become expensive."),
        audience=_("Founders within their first three years; mentors who have run a business for at least three."),
        needs=_("A sounding board for prices, first customers, hiring, money and the question whether to go on."),
        goals=(
            Goal(text=_("In the median a founder has met the mentor two weeks after they were brought together"), measure="days_to_first_session", target=14),
            Goal(text=_("Seven of ten pairs still meet after three months"), measure="active_after_90_days", target=0.7),
        ),
        format=Format.ONE_TO_ONE,
        mentor_benefits=_("You hear of new ideas first, think through problems without having to carry them, and give back what others once gave you."),
        mentee_benefits=_("You get questions that you did not ask yourself, contacts at the right moment, and somebody who has made the mistake before."),
        code_of_conduct=CODE_OF_CONDUCT,
        template="new-entrepreneurs",
    ),
    "newcomers": Plan(
        name=_("A hand for newcomers"),
        purpose=_("Nobody who joins the community should have to find their way alone."),
        audience=_("Members in their first three months; everybody who knows the place may help."),
        needs=_("Somebody who answers the questions one does not dare to ask, and who introduces one to others."),
        goals=(
            Goal(text=_("In the median a newcomer has met the mentor three days after they were brought together"), measure="days_to_first_session", target=3),
            Goal(text=_("Two of three newcomers are still around after three months"), measure="retention_90_days", target=0.66),
        ),
        format=Format.FLASH,
        approve_mentors=False,
        mentor_benefits=_("It takes two short talks, and you make the community what you would like it to be."),
        mentee_benefits=_("You get one person to ask, and you soon know ten."),
        code_of_conduct=CODE_OF_CONDUCT,
        template="newcomers",
    ),
    "peer-circles": Plan(
        name=_("Peer circles"),
        purpose=_("Members with the same question meet regularly and work on it together; everybody brings something, everybody takes something home."),
        audience=_("Members of any level who want to work on one thing for three months."),
        needs=_("Company on the way, commitment, and several views on one question."),
        goals=(
            Goal(text=_("Four of five circles meet to the end"), measure="completion_rate", target=0.8),
            Goal(text=_("Members would recommend it"), measure="nps", target=30),
        ),
        format=Format.CIRCLE,
        approve_mentors=False,
        both_roles=True,
        mentor_benefits=_("You practise leading a group with others who want it to work."),
        mentee_benefits=_("You get five or six views instead of one, and a date in the calendar that keeps you going."),
        code_of_conduct=CODE_OF_CONDUCT,
        template="peer-circles",
    ),
}
"""By name."""
