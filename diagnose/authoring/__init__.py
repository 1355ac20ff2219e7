"""The knowledge engineer's bench: checks, cases and coverage of a knowledge folder."""
