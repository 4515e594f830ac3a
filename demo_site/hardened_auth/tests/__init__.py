"""The package's own tests. They bring their own settings, so they run in any project."""
