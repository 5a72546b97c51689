"""The profile: what a data set is, before anything is decided about it."""

from curator.profile.profile import Problem, Profile, SourceProfile, profile_of
from curator.profile.propose import propose_recipe
from curator.profile.start import start_recipe

__all__ = ["Problem", "Profile", "SourceProfile", "profile_of", "propose_recipe", "start_recipe"]
