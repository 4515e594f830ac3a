// Where the tokens are: both in localStorage. FLAW, kept: every script that runs on this page can read them.
// Read it beside tokens_cookie.js: the page and app.js are the same, the difference is here.

import { Refused, request } from "./http.js";

export const where = {
  access: "localStorage, key “access”. Every script on this page can read it.",
  refresh: "localStorage, key “refresh”. Every script on this page can read it.",
};

/** The access token, or null. */
export function accessToken() {
  return localStorage.getItem("access");
}

/** Log in. Throws Refused. */
export async function logIn(credentials) {
  keep(await post("/api/token/", credentials));
}

/** Put a new access token in the place of `stale`, unless that has happened. Throws Refused: log in again. */
export async function renew(stale) {
  if (accessToken() !== stale) return;
  const refresh = localStorage.getItem("refresh");
  if (!refresh) throw new Refused(401, { detail: "There is no refresh token here." });
  keep(await post("/api/token/refresh/", { refresh }));
}

/** Log out. FLAW, kept: the server is not told, so a copy of either token works until it expires. */
export async function logOut() {
  localStorage.removeItem("access");
  localStorage.removeItem("refresh");
}

/** Call `react` when another tab has logged in or out. */
export function onChange(react) {
  addEventListener("storage", (event) => event.key === "refresh" && react());
}

function keep(tokens) {
  for (const [name, token] of Object.entries(tokens)) localStorage.setItem(name, token);
}

function post(path, body) {
  // "omit": this page proves who it is with what it stores, not with a cookie the other front end has left.
  return request(path, { method: "POST", body, credentials: "omit" });
}
