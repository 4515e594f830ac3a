"""What a check is written with: the learner's answer, the live site, tokens, and ways to fail."""
