"""The profile: what a data set is, before anything is decided about it."""

from curator.profile.look import Look
from curator.profile.model import Problem, Profile, SourceProfile
from curator.profile.profile import profile_of
from curator.profile.propose import propose_recipe
from curator.profile.start import start_recipe

__all__ = [
    "Look",
    "Problem",
    "Profile",
    "SourceProfile",
    "profile_of",
    "propose_recipe",
    "start_recipe",
]
