"""What the course promises about speed, measured as ratios of two things timed in turn on the same machine."""
