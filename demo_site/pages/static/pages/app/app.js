// The page: log in, read and write notes, sign the guest book, log out. Where the tokens are is the business
// of the module that the page names; this one asks it for the access token and sends that along.

import { request } from "./http.js";

const app = document.querySelector("#app");
const tokens = await import(app.dataset.tokens);
const $ = (selector) => app.querySelector(selector);

/** Only a new login helps: there is no refresh token, or it is no longer accepted. */
class LoggedOut extends Error {
  message = "You are no longer logged in.";
}

/** Show the page as it is for whoever is logged in, or for nobody. */
async function start() {
  try {
    if (!tokens.accessToken()) await renew(null);
    await showNotes();
    show("in");
  } catch (error) {
    show("out");
    if (!(error instanceof LoggedOut)) throw error;
  }
}

/** Send a request with the access token; if that is refused, get a new one and send it once more. */
async function withToken(send) {
  const first = tokens.accessToken();
  try {
    return await send(first);
  } catch (error) {
    if (error.status !== 401) throw error;
  }
  await renew(first);
  return send(tokens.accessToken());
}

async function renew(stale) {
  try {
    await tokens.renew(stale);
  } catch (error) {
    throw [400, 401].includes(error.status) ? new LoggedOut() : error;
  }
}

function call(path, options) {
  return withToken((access) => request(path, { ...options, headers: { Authorization: `Bearer ${access}` } }));
}

// What the page shows

/** Show what is for whoever is logged in ("in") or for nobody ("out"). */
function show(session) {
  const before = app.dataset.session;
  app.dataset.session = session;
  for (const part of app.querySelectorAll("[data-when]")) part.hidden = part.dataset.when !== session;
  showToken();
  // What had the focus may be gone. At the first sight of the page, nothing had it.
  if (before !== "unknown" && before !== session) $({ in: "#your-notes", out: "#username" }[session]).focus();
}

function showToken() {
  $("#where-access").textContent = tokens.where.access;
  $("#where-refresh").textContent = tokens.where.refresh;
  $("#claims").textContent = tokens.accessToken() ? summary(tokens.accessToken()) : "none";
}

/** What the token says of itself. Nothing is verified: that takes the key, which only the server has. */
function summary(token) {
  try {
    const payload = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    const { user_id, iat, exp } = JSON.parse(atob(payload));
    const [from, to] = [iat, exp].map((seconds) => new Date(seconds * 1000).toISOString().slice(11, 19));
    return `user ${user_id}, from ${from} to ${to} UTC`;
  } catch {
    return "not a token that can be read";
  }
}

async function showNotes() {
  const notes = await call("/api/notes/");
  $("#notes").replaceChildren(...notes.map(noteItem));
  showToken();
}

function noteItem(note) {
  const item = document.createElement("li");
  const title = document.createElement("h3");
  const body = document.createElement("p");
  title.textContent = note.title; // text, not HTML: this page makes no hole of its own
  body.textContent = note.body;
  item.append(title, body);
  return item;
}

async function showGuestBook() {
  // The server writes this piece of the page, so it has the hole that the server's template has, or none.
  $("#entries").innerHTML = await request("/guestbook/entries/");
}

function showProblem(error) {
  $("#problem").textContent = error ? [error.status, error.message].filter(Boolean).join(" · ") : "";
  $("#problem").hidden = !error;
}

// What the reader does

/** Do `work` when the form is sent, with its fields; while it lasts the form's button waits. */
function onSubmit(selector, work) {
  const form = $(selector);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    attempt(form.querySelector("button"), async () => {
      await work(Object.fromEntries(new FormData(form)));
      form.reset();
    });
  });
}

async function attempt(button, work) {
  button.disabled = true;
  showProblem(null);
  try {
    await work();
  } catch (error) {
    if (error instanceof LoggedOut) show("out");
    showProblem(error);
  } finally {
    button.disabled = false;
  }
}

onSubmit("#log-in", async (credentials) => {
  await tokens.logIn(credentials);
  await start();
  await showGuestBook();
});
onSubmit("#add-note", async (note) => {
  await call("/api/notes/", { method: "POST", body: note });
  await showNotes();
});
onSubmit("#sign", async (entry) => {
  await request("/api/guestbook/", { method: "POST", body: entry });
  await showGuestBook();
});
$("#log-out").addEventListener("click", (event) =>
  attempt(event.currentTarget, async () => {
    await withToken(() => tokens.logOut());
    show("out");
  }),
);

tokens.onChange(() => start().catch(showProblem));
await Promise.allSettled([start(), showGuestBook()]).then((results) =>
  showProblem(results.find((result) => result.reason)?.reason),
);
