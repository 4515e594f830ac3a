"""A package, so that each test module has a name of its own: pytest and the type checker see the same."""
