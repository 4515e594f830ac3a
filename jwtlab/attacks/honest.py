"""What must go on working on every face: vitor's day, in the page that the site gives him."""

from concurrent.futures import ThreadPoolExecutor

from jwtlab.attacks.actors import Lab, who_is_logged_in
from jwtlab.attacks.registry import Evidence, honest
from jwtlab.browser import BrowserError, Page


@honest("He logs in, and sees his notes.")
def logs_in(lab: Lab) -> Evidence:
    return _logged_in(lab.logged_in_page(lab.visitor()))


@honest("He loads the page again, and is still logged in.")
def loads_the_page_again(lab: Lab) -> Evidence:
    return _logged_in(lab.logged_in_page(lab.visitor()).reload())


@honest("After six minutes his access token has expired, and he adds a note.")
def goes_on_after_six_minutes(lab: Lab) -> Evidence:
    page = lab.logged_in_page(lab.visitor())
    lab.clock.advance(minutes=6)
    title = f"Later, {lab.clock.now:%d %B %Y}"
    try:
        page.fill("Title", title).click("Add note").see(title)
    except BrowserError:
        return Evidence(False, "no note is added")
    return Evidence(True, "the note is there")


@honest("He has two tabs, and both load again at the same moment, three times.")
def has_two_tabs(lab: Lab) -> Evidence:
    vitor = lab.visitor()
    tabs = [lab.logged_in_page(vitor), vitor.open(lab.url + "/app/cookie/")]
    for _ in range(3):
        with ThreadPoolExecutor(2) as pool:
            names = list(pool.map(lambda tab: who_is_logged_in(tab.reload()), tabs))
    return Evidence(names == ["vitor", "vitor"], f"logged in: {' and '.join(names)}")


@honest("He logs out, and the cookie is gone from his browser.")
def logs_out(lab: Lab) -> Evidence:
    vitor = lab.visitor()
    page = lab.logged_in_page(vitor).click("Log out").see("Log in")
    left = [cookie for cookie in vitor.cookies() if "refresh" in cookie.name]
    who = who_is_logged_in(page.reload())
    return Evidence(not left and who == "nobody", f"refresh cookies left: {len(left)}; logged in: {who}")


@honest("He logs in again.")
def logs_in_again(lab: Lab) -> Evidence:
    page = lab.logged_in_page(lab.visitor()).click("Log out").see("Log in")
    return _logged_in(lab.log_in_at(page))


def _logged_in(page: Page) -> Evidence:
    who = who_is_logged_in(page)
    return Evidence(who == "vitor", f"logged in: {who}")
