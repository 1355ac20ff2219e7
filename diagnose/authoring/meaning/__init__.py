"""Checks of what knowledge means: each module looks at one concern of a knowledge base that loads."""
