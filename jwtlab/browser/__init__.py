"""A real browser, driven from a notebook cell: what it holds, what it sends, what a script in a page can do.

    browser = open_browser()
    page = browser.open(site.url + "/app/cookie/")
    page.fill("User name", "vitor").fill("Password", "123").click("Log in")
    browser.cookies()

driven     `open_browser`, the browser and the people at it
page       a page: open, fill, click, run a script, look
records    cookies, storage and requests as tables
traffic    the requests of a page, kept as the browser reports them
engine     what a browser has to do for us
chromium   Chromium, Chrome and Edge do it, through Playwright
firefox    Firefox does it, over WebDriver BiDi
folder     the temporary folder of a browser
"""

from jwtlab.browser.engine import BrowserError
from jwtlab.browser.page import Page
from jwtlab.browser.session import Browser, Person, open_browser
from jwtlab.browser.tables import Cookie, Request

__all__ = ["Browser", "BrowserError", "Cookie", "Page", "Person", "Request", "open_browser"]
