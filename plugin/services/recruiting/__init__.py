"""How people come to take part in a program: announced, asked, referred, applying, let in."""
