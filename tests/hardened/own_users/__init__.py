"""An app as a reader may have it: a user model of its own, whose managers do not show every row."""
