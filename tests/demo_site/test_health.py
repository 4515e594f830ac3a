"""The health endpoints say what whoever restarts, and whoever balances, wants to know, and nothing more."""

import pytest
from django.core.cache import cache
from django.db import OperationalError, connection

from config import health


@pytest.fixture(autouse=True)
def fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """As after a start: whether migrations are applied is not known yet."""
    monkeypatch.setattr(health, "_migrations", health._Migrations())


def test_a_site_lives_without_its_database(client) -> None:  # pytest-django lets nobody at the database here
    assert client.get("/health/live/").json() == {"live": True}


def test_a_site_is_ready_when_all_is_there(client, db, django_assert_num_queries) -> None:
    assert client.get("/health/ready/").json() == {"ready": True}
    with django_assert_num_queries(1):  # of the next ones only a sign of life is asked
        answer = client.get("/health/ready/")
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]


def test_a_site_is_not_ready_before_its_migrations(client, db, caplog) -> None:
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'notes'")
    answer = client.get("/health/ready/")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    assert "manage.py migrate" in caplog.text


@pytest.mark.parametrize(("owner", "name"), [(connection, "cursor"), (cache, "get")])
def test_why_not_is_for_the_log_alone(client, db, monkeypatch, caplog, owner, name) -> None:
    def fail(*args: object) -> None:
        raise OperationalError("no route to 10.0.0.5")

    assert client.get("/health/ready/").status_code == 200
    with monkeypatch.context() as broken:
        broken.setattr(owner, name, fail)
        answer = client.get("/health/ready/")
    assert (answer.status_code, answer.json()) == (503, {"ready": False})
    assert "10.0.0.5" in caplog.text


def test_health_is_asked_and_not_told(client) -> None:
    assert client.post("/health/live/").status_code == 405
