"""How properties are tried: never against the clock, as machines that run tests are shared and busy."""

from hypothesis import settings

settings.register_profile("diagnose", deadline=None)
settings.load_profile("diagnose")
