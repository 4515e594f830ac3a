# %% exercise [markdown]
# title: Two requests, one token
# stage: worked
# kind: predict
# minutes: 5
# concepts: [rotation]
#
# Two workers are brought the same refresh token at the same moment. A worker that *wins* hands out a new token. Here are two
# ways to decide, with the statements in the order in which they reached the database:
#
# ```python
# # 1. Look, then write                       # 2. One statement
# look_a = unused("jti-1")                    won_a = spend("jti-1")
# look_b = unused("jti-1")                    won_b = spend("jti-1")
# if look_a: mark_used("jti-1")
# if look_b: mark_used("jti-1")
# ```
#
# ```sql
# unused:     SELECT count(*) FROM tokens WHERE jti = ? AND used = 0     -- true if it is 1
# mark_used:  UPDATE tokens SET used = 1 WHERE jti = ?
# spend:      UPDATE tokens SET used = 1 WHERE jti = ? AND used = 0      -- won if it changed 1 row
# ```
#
# How many win in the first, and how many in the second?

# %% option a -> both-saw-the-same | misconception: check-then-write-is-safe [markdown]
# 1 and 1: the token is marked before anything is handed out, in both

# %% option b [markdown]
# 2 and 1: the first lets in whoever has looked before the mark

# %% option c -> second-changes-nothing | misconception: a-blacklist-detects-reuse [markdown]
# 2 and 2: an `UPDATE` does not fail because somebody was there before

# %% option d -> first-is-served | misconception: every-reuse-is-theft [markdown]
# 2 and 0: in the second the database sees two holders and refuses both

# %% check
import sqlite3


def check(learner, site):
    return {(1, 1): "a", (2, 1): "b", (2, 2): "c", (2, 0): "d"}[winners()]


def winners():
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE tokens (jti TEXT, used INTEGER)")
    base.executemany("INSERT INTO tokens VALUES (?, 0)", [("jti-1",), ("jti-2",)])

    def unused(jti):
        return (
            base.execute("SELECT count(*) FROM tokens WHERE jti = ? AND used = 0", [jti]).fetchone()[0] == 1
        )

    looks = [unused("jti-1"), unused("jti-1")]
    for _ in filter(None, looks):
        base.execute("UPDATE tokens SET used = 1 WHERE jti = ?", ["jti-1"])

    def spend(jti):
        return base.execute("UPDATE tokens SET used = 1 WHERE jti = ? AND used = 0", [jti]).rowcount == 1

    return sum(looks), sum([spend("jti-2"), spend("jti-2")])


# %% message: both-saw-the-same [markdown]
# In the first, both have looked before anybody writes
#
# What does `look_b` see, one line before the first mark? Notebook 06, *How many can win a race for one token?*

# %% message: second-changes-nothing [markdown]
# The second `UPDATE` finds no row to change
#
# It does not fail, and it says how many rows it changed. Notebook 06, *What does a family remember?*

# %% message: first-is-served [markdown]
# The first `UPDATE` finds its row, and wins
#
# What a reuse means is decided by your code afterwards, not by the database. Notebook 06, *What does a family remember?*

# %% hint 1 [markdown]
# Go down each column, line by line, and write down what is in the row after it.

# %% hint 2 [markdown]
# The mark of the first column comes after both looks. In the second, looking and marking are one thing.

# %% hint 3 [markdown]
# The `WHERE` of `spend` is read anew by the second. By then `used` is 1.

# %% proven [markdown]
# Both columns were run on SQLite, in that order. Every database with transactions answers so: one statement cannot be
# interrupted by another on the same row.

# %% not checked [markdown]
# That the first order happens. Under load it does, a few times in a thousand; the next exercise brings it about.
