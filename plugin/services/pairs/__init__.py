"""The way of a mentorship while it runs: milestones, goals, its agreement, signs of life, stories and thanks."""
