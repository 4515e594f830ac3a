"""Notes are private to their owner; the guest book is open to all, to read and to sign."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client

from notes.models import GuestBookEntry, Note

pytestmark = pytest.mark.django_db

ALICES_NOTE = "/api/notes/3/"


def test_a_user_sees_only_their_own_notes(api):
    response = api("vitor").get("/api/notes/")
    assert response.status_code == 200
    assert [(note["id"], note["title"]) for note in response.json()] == [(1, "Shopping"), (2, "Talk")]
    assert [note["id"] for note in api("alice").get("/api/notes/").json()] == [3, 4, 5]


def test_a_note_has_these_fields(api):
    note = api("vitor").get("/api/notes/1/").json()
    assert list(note) == ["id", "title", "body", "created_at"]


def test_an_owner_makes_changes_and_deletes_a_note(api):
    vitor = api("vitor")
    made = vitor.post("/api/notes/", {"title": "New", "body": "text"})
    assert made.status_code == 201
    path = f"/api/notes/{made.json()['id']}/"
    assert vitor.put(path, {"title": "Newer"}).json()["title"] == "Newer"
    assert vitor.patch(path, {"body": "changed"}).json()["body"] == "changed"
    assert vitor.delete(path).status_code == 204
    assert vitor.get(path).status_code == 404


@pytest.mark.parametrize("method", ["get", "put", "patch", "delete"])
def test_anothers_note_does_not_exist(api, method):
    response = getattr(api("mallory"), method)(ALICES_NOTE, {"title": "mine now"})
    assert response.status_code == 404
    assert Note.objects.get(id=3).title == "Diary"


def test_a_note_cannot_be_given_away(api):
    made = api("mallory").post("/api/notes/", {"title": "gift", "owner": 2, "owner_id": 2}).json()
    assert Note.objects.get(id=made["id"]).owner.username == "mallory"


@pytest.mark.parametrize(
    ("method", "path"), [("get", "/api/notes/"), ("post", "/api/notes/"), ("get", ALICES_NOTE)]
)
def test_notes_are_closed_without_a_token(client, method, path):
    assert getattr(client, method)(path).status_code == 401


@pytest.mark.parametrize("path", ["/api/notes/999/", "/api/notes/word/"])
def test_what_is_not_there_is_404(api, path):
    assert api("vitor").get(path).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"title": ""}, {"title": "x" * 101}, {"title": "x", "body": "y" * 2001}]
)
def test_a_note_that_does_not_fit_is_400(api, body):
    assert api("vitor").post("/api/notes/", body).status_code == 400


def test_everyone_reads_and_signs_the_guest_book(client):
    signed = client.post("/api/guestbook/", {"name": "bob", "message": "Hi."}, "application/json")
    assert signed.status_code == 201
    newest, *older = client.get("/api/guestbook/").json()
    assert (newest["name"], newest["message"]) == ("bob", "Hi.")
    assert [entry["name"] for entry in older] == ["mallory", "vitor", "alice"]


@pytest.mark.parametrize("body", [{"name": "bob"}, {"message": "Hi."}, {"name": "bob", "message": "x" * 501}])
def test_an_entry_that_does_not_fit_is_400(client, body):
    assert client.post("/api/guestbook/", body, "application/json").status_code == 400


@pytest.mark.parametrize(("username", "status"), [(None, 401), ("vitor", 403), ("admin", 204)])
def test_staff_alone_takes_an_entry_out(client, api, username, status):
    visitor = api(username) if username else client
    assert visitor.delete("/api/guestbook/1/").status_code == status
    assert GuestBookEntry.objects.filter(id=1).exists() is (status != 204)


def test_whether_one_is_staff_is_asked_of_the_database_and_not_of_the_token(api):
    admin = api("admin")
    User.objects.filter(username="admin").update(is_staff=False)
    assert admin.delete("/api/guestbook/1/").status_code == 403


def test_nobody_changes_an_entry(api):
    admin = api("admin")
    assert admin.delete("/api/guestbook/999/").status_code == 404
    assert admin.put("/api/guestbook/").status_code == 405
    assert [admin.get("/api/guestbook/1/").status_code, admin.put("/api/guestbook/1/").status_code] == [
        405,
        405,
    ]


def test_the_guest_book_page_is_signed_with_a_form(client):
    response = client.post("/guestbook/", {"name": "bob", "message": "Hi."})
    assert (response.status_code, response["Location"]) == (302, "/guestbook/")
    assert GuestBookEntry.objects.latest("id").name == "bob"


def test_a_form_that_does_not_fit_is_shown_again_with_what_is_wrong(client):
    page = client.post("/guestbook/", {"name": "", "message": "Hi."})
    assert page.status_code == 200
    assert "This field is required." in page.text
    assert GuestBookEntry.objects.count() == 3


def test_the_form_needs_the_csrf_token_that_the_page_carries():
    visitor = Client(enforce_csrf_checks=True)
    entry = {"name": "bob", "message": "Hi."}
    assert visitor.post("/guestbook/", entry).status_code == 403
    (token,) = re.findall('name="csrfmiddlewaretoken" value="([^"]+)"', visitor.get("/guestbook/").text)
    assert visitor.post("/guestbook/", entry | {"csrfmiddlewaretoken": token}).status_code == 302
