"""What is proven of each exercise by running its answers.

properties       what must hold, one function each
mutants          solutions with one fault each
survivors        those that a check is known to let through, each with its reason
exercise_report  all of it for one exercise, for `python -m authoring check`
"""
