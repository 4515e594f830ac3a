"""The process that judges: kept warm, with one forked process for each answer."""
