"""Property tests here have no deadline: a loaded machine is slow, not wrong."""

from hypothesis import settings

settings.register_profile("any machine", deadline=None)
settings.load_profile("any machine")
