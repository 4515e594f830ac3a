"""Exercises: one text per exercise, and what is built from it.

The text (course/exercises/NN/slug.py) is read by `reading` into a `source`, with `percent_format` (its cells),
`cuts` (the starter is cut out of the solution) and `answer_patches` (other answers are the solution with lines
replaced). `build` writes what learners get: `notebooks` and `checkfile` make it. What must hold of the texts
is in authoring/lint, and of the answers in authoring/proofs. course/exercises/README.md is the guide.
"""
