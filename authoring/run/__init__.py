"""Running lessons and solutions, and comparing what they print with what is stored."""
