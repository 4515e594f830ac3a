"""08.live-table. Built from course/exercises/08/live-table.py by `make exercises`; do not edit."""

EXERCISE = {
    "id": "08.live-table",
    "title": "A new column, while the old code writes",
    "kind": "code",
    "minutes": 12,
    "stage": "faded",
    "concepts": ["migration"],
    "lesson": "08_nginx_in_front",
    "order": 4,
    "site": "seed",
    "django": True,
}
STARTER = (
    "from django.db import connection, migrations, models\n"
    "from django.db.migrations.executor import MigrationExecutor\n"
    "\n"
    "\n"
    "def mark(apps, schema_editor):\n"
    "    notes = ...\n"
    "    ...\n"
    "\n"
    "\n"
    "class Migration(migrations.Migration):\n"
    "    dependencies = [(\"notes\", \"0001_initial\")]\n"
    "    operations = [\n"
    "        migrations.AddField(\"note\", \"urgent\", models.BooleanField(...)),\n"
    "        migrations.RunPython(mark),  # and for the way back ...\n"
    "    ]\n"
    "\n"
    "\n"
    "def migrate(back=False):\n"
    "    migration = Migration(\"0002_note_urgent\", \"notes\")\n"
    "    state = MigrationExecutor(connection).loader.project_state((\"notes\", \"0001_initial\"))\n"
    "    with connection.schema_editor() as editor:\n"
    "        (migration.unapply if back else migration.apply)(state, editor)\n"
)
HINTS = [
    "Three things: where the default lives, which models `mark` may use, and what undoes it.",
    "`apps.get_model` gives the model as this migration knows it. `RunPython` takes a second function, for the way back; one that does nothing comes with it.",
    "`notes.filter(...).update(...)`, on the manager of the model that `apps` knows.",
]
MESSAGES = {
    "no-way-there": {
        "title": "The migration stops on its way there",
        "next": "A migration works on the models as they were at its point in the row, and in the order of its operations. Django's documentation, *Writing database migrations*",
    },
    "other-marks": {
        "title": "The notes that are there are not marked as they should be",
        "next": "Compare title by title. Django's documentation, *Field lookups*",
    },
    "old-code-fails": {
        "title": "After the migration the old code cannot write a note",
        "next": "It leaves out the new column. Which default does the table itself know? Notebook 08, *Can a table change while people write?*",
        "misconception": "a-default-is-in-the-table",
    },
    "neither-true-nor-false": {
        "title": "A note is neither urgent nor not",
        "next": "Nothing was said, and the column takes that for an answer. Notebook 08, *Can a table change while people write?*",
    },
    "no-way-back": {
        "title": "There is no way back to the table as it was",
        "next": "Django knows how to take back a column, and not what your function did. Its documentation, `RunPython`",
        "misconception": "migrations-undo-themselves",
    },
    "titles-lost": {
        "title": "A title is another than before",
        "next": "Old code shows titles as they stand, before and after the way back. Notebook 08, *Can a table change while people write?*",
        "misconception": "migrations-undo-themselves",
    },
}
WHY = {
    "proven": "The old code wrote a note after the migration, and again after the way back. Marks were right, titles stayed, and the second time there worked as the first.",
    "not_checked": "How long a table with millions of rows is locked meanwhile, and how the marks come to what is written before the new code runs.",
}

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
