"""A real browser, driven from a notebook cell: what it holds, what it sends, what a script in a page can do.

    browser = open_browser()
    page = browser.open(site.url + "/app/cookie/")
    page.fill("User name", "vitor").fill("Password", "123").click("Log in")
    browser.cookies()

session     `open_browser`, the browser and the people at it; `try_out`
page        a page: open, fill, click, run a script, look
tables      cookies, storage and requests as tables
network     the requests of a page, kept as the browser reports them
engine      what a browser has to do for us
chromium    Chromium, Chrome and Edge do it, by the Chrome DevTools Protocol
firefox     Firefox does it, by WebDriver BiDi
controls    fields, buttons and links, found by their names
connection  commands, results and events: the same for both, but for the transport
process     the browser's process, its watchdog and its folder; why it does not start
"""

from jwtlab.browser.page import Page
from jwtlab.browser.session import Browser, Person, open_browser, try_out
from jwtlab.browser.tables import BrowserError, Cookie, Request

__all__ = ["Browser", "BrowserError", "Cookie", "Page", "Person", "Request", "open_browser", "try_out"]
