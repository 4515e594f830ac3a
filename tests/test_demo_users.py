"""What jwtlab knows of the demo site's users is what the demo site makes of them."""

from jwtlab.site.demo_users import NOTES, PASSWORDS
from notes.demo_data import USERS


def test_names_and_passwords_are_those_of_the_site_in_the_order_of_its_ids() -> None:
    assert list(PASSWORDS.items()) == [(user.username, user.password) for user in USERS]


def test_a_note_tells_its_author_from_everybody_else() -> None:
    written = {user.username: "\n".join(body for _, body in user.notes) for user in USERS}
    assert list(NOTES) == list(written)
    for name, words in NOTES.items():
        assert [author for author, text in written.items() if words in text] == [name]
