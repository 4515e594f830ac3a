# %% exercise [markdown]
# title: A new column, while the old code writes
# stage: faded
# minutes: 12
# concepts: [migration]
# site: seed
# django: true
#
# People begin a title with `URGENT:`. The next release has a column for that. Its migration runs first, so the old code of
# the site meets the new table. It does again, should the release be taken back.
#
# Fill in `Migration`. There: notes get `urgent`, which is true where the title begins with `URGENT:`, and false elsewhere, in
# what the old code will write too. Back: all is as before, titles included. `migrate` does what `manage.py migrate` does.

# %% solution
from django.db import connection, migrations, models
from django.db.migrations.executor import MigrationExecutor


def mark(apps, schema_editor):
    # << notes = ...
    notes = apps.get_model("notes", "Note").objects
    # >>
    # << ...
    notes.filter(title__startswith="URGENT:").update(urgent=True)
    # >>


class Migration(migrations.Migration):
    dependencies = [("notes", "0001_initial")]
    operations = [
        # << migrations.AddField("note", "urgent", models.BooleanField(...)),
        migrations.AddField("note", "urgent", models.BooleanField(db_default=False)),
        # >>
        # << migrations.RunPython(mark),  # and for the way back ...
        migrations.RunPython(mark, migrations.RunPython.noop),
        # >>
    ]


def migrate(back=False):
    migration = Migration("0002_note_urgent", "notes")
    state = MigrationExecutor(connection).loader.project_state(("notes", "0001_initial"))
    with connection.schema_editor() as editor:
        (migration.unapply if back else migration.apply)(state, editor)


# %% also_right: one-by-one [markdown]
# - notes.filter(title__startswith="URGENT:").update(urgent=True)
# + for note in notes.all():
# +     note.urgent = note.title.startswith("URGENT:")
# +     note.save()
# - migrations.RunPython.noop
# + lambda apps, schema_editor: None

# %% also_right: both-defaults [markdown]
# - models.BooleanField(db_default=False)
# + models.BooleanField(default=False, db_default=False)

# %% wrong: the-usual-default -> old-code-fails | misconception: a-default-is-in-the-table [markdown]
# - db_default=False
# + default=False

# %% wrong: may-be-empty -> neither-true-nor-false | slip [markdown]
# - db_default=False
# + null=True

# %% wrong: one-way -> no-way-back | misconception: migrations-undo-themselves [markdown]
# - migrations.RunPython(mark, migrations.RunPython.noop)
# + migrations.RunPython(mark)

# %% wrong: the-model-of-today -> no-way-there | slip [markdown]
# - notes = apps.get_model("notes", "Note").objects
# + from notes.models import Note
# +
# + notes = Note.objects

# %% wrong: marks-before-it-is-there -> no-way-there | slip [markdown]
# - migrations.AddField("note", "urgent", models.BooleanField(db_default=False)),
# - migrations.RunPython(mark, migrations.RunPython.noop),
# + migrations.RunPython(mark, migrations.RunPython.noop),
# + migrations.AddField("note", "urgent", models.BooleanField(db_default=False)),

# %% wrong: says-it-once -> titles-lost | misconception: migrations-undo-themselves [markdown]
# - notes.filter(title__startswith="URGENT:").update(urgent=True)
# + for note in notes.filter(title__startswith="URGENT:"):
# +     note.urgent, note.title = True, note.title.removeprefix("URGENT:").strip()
# +     note.save()

# %% wrong: anywhere-in-it -> other-marks | slip [markdown]
# - title__startswith
# + title__contains

# %% wrong: the-column-alone -> other-marks | slip [markdown]
# - notes.filter(title__startswith="URGENT:").update(urgent=True)

# %% check
RENT, MILK, WAIT, LATE = "URGENT: pay the rent", "buy milk", "not URGENT: wait", "by the old code"


def check(learner, site):
    vitor = site.tokens("vitor").good()

    def write(title, key):
        site.post("/api/notes/", bearer=vitor, json={"title": title, "body": ""}).expect(
            201, key=key, crash=key
        )

    for title in (RENT, MILK, WAIT):
        write(title, "old-code-fails")
    there(learner)
    marks_are(learner, {RENT: True, MILK: False, WAIT: False})
    write(LATE, "old-code-fails")
    marks_are(learner, {LATE: False})

    back = learner.call("migrate", back=True)
    if back.error:
        back.fail("no-way-back", wanted="the table as it was", saw=back.error)
    asked(learner, "SELECT urgent FROM notes_note").expect(raises="OperationalError", key="no-way-back")
    notes = asked(learner, "SELECT title FROM notes_note ORDER BY id").value.call("fetchall")
    if [title for (title,) in notes.value][-4:] != [RENT, MILK, WAIT, LATE]:
        back.fail(
            "titles-lost", wanted=f"{RENT}, {MILK}, …", saw=", ".join(title for (title,) in notes.value[-4:])
        )
    write("after the way back", "no-way-back")
    there(learner)


def there(learner):
    called = learner.call("migrate")
    if called.error:
        called.fail("no-way-there", wanted="a table with the column")


def marks_are(learner, wanted):
    rows = asked(learner, "SELECT title, urgent FROM notes_note").value.call("fetchall")
    marks = {title: urgent for title, urgent in rows.value if title in wanted}
    if marks.keys() != wanted.keys():
        rows.fail("titles-lost", wanted=str(wanted), saw=str(marks))
    if marks != wanted:
        key = "neither-true-nor-false" if None in marks.values() else "other-marks"
        rows.fail(key, wanted=str(wanted), saw=str(marks))


def asked(learner, query):
    cursor = learner.value("connection").value.call("cursor").value
    return cursor.call("execute", query)


# %% message: no-way-there [markdown]
# The migration stops on its way there
#
# A migration works on the models as they were at its point in the row, and in the order of its operations. Django's
# documentation, *Writing database migrations*

# %% message: other-marks [markdown]
# The notes that are there are not marked as they should be
#
# Compare title by title. Django's documentation, *Field lookups*

# %% message: old-code-fails [markdown]
# After the migration the old code cannot write a note
#
# It leaves out the new column. Which default does the table itself know? Notebook 08, *Can a table change while people
# write?*

# %% message: neither-true-nor-false [markdown]
# A note is neither urgent nor not
#
# Nothing was said, and the column takes that for an answer. Notebook 08, *Can a table change while people write?*

# %% message: no-way-back [markdown]
# There is no way back to the table as it was
#
# Django knows how to take back a column, and not what your function did. Its documentation, `RunPython`

# %% message: titles-lost [markdown]
# A title is another than before
#
# Old code shows titles as they stand, before and after the way back. Notebook 08, *Can a table change while people write?*

# %% hint 1 [markdown]
# Three things: where the default lives, which models `mark` may use, and what undoes it.

# %% hint 2 [markdown]
# `apps.get_model` gives the model as this migration knows it. `RunPython` takes a second function, for the way back; one that
# does nothing comes with it.

# %% hint 3 [markdown]
# `notes.filter(...).update(...)`, on the manager of the model that `apps` knows.

# %% proven [markdown]
# The old code wrote a note after the migration, and again after the way back. Marks were right, titles stayed, and the second
# time there worked as the first.

# %% not checked [markdown]
# How long a table with millions of rows is locked meanwhile, and how the marks come to what is written before the new code
# runs.
