"""The service itself: private notes per user, and a public guest book."""
