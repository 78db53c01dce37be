"""How mentorships come to be and end: asked for, begun, ended, and what the answers teach."""
