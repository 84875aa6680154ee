"""What all tests share: how hypothesis searches. No framework here, so that rules start at once."""

import os

from hypothesis import settings

settings.register_profile("dev", deadline=None)  # new examples at every run
settings.register_profile("ci", deadline=None, derandomize=True, print_blob=True)
settings.register_profile("thorough", deadline=None, max_examples=2000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "dev"))
