"""The course's promises about speed: ratios of two things timed in turn on the same machine."""
