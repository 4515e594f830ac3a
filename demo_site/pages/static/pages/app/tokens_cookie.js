// Where the tokens are: the access token in this module's memory, the refresh token in an HttpOnly cookie.
// Read it beside tokens_local.js: the page and app.js are the same, the difference is here.

import { request } from "./http.js";

export const where = {
  access: "A variable of this tab. Gone when the tab is closed or loads again.",
  refresh: "A cookie with HttpOnly. The browser sends it; no script can read it.",
};

let access = null;
const tabs = new BroadcastChannel("session");

/** The access token, or null. */
export function accessToken() {
  return access;
}

/** Log in. Throws Refused. */
export async function logIn(credentials) {
  await alone(async () => {
    access = (await post("/login/", { body: credentials })).access;
  });
  tabs.postMessage("changed");
}

/** Put a new access token in the place of `stale`, unless that has happened. Throws Refused: log in again. */
export async function renew(stale) {
  await alone(async () => {
    if (access === stale) access = (await refresh()).access;
  });
}

/** Log out: the server deletes the cookie. Throws Refused. */
export async function logOut() {
  await alone(() => post("/logout/", { headers: access ? { Authorization: `Bearer ${access}` } : {} }));
  access = null;
  tabs.postMessage("changed");
}

/** Call `react` when another tab has logged in or out. */
export function onChange(react) {
  tabs.onmessage = () => {
    access = null;
    react();
  };
}

// Where each refresh replaces the cookie, whoever sends the old one once more looks like a thief. So all tabs
// share one lock, and whoever had to wait for it sends the new one. `navigator.locks` is there on https and
// on loopback; elsewhere there is no Secure cookie either.
function alone(change) {
  return navigator.locks.request("session", change);
}

// A page may be left in the middle of its refresh. With `keepalive` the request goes on, and the new cookie
// still arrives. But the lock went with the page, so the next page may be too early and send the old one:
// that is the 409, and a moment later the new one is there.
async function refresh(attempts = 6) {
  try {
    return await post("/api/token/refresh/", { keepalive: true });
  } catch (error) {
    if (error.status !== 409 || attempts === 1) throw error;
  }
  await new Promise((resume) => setTimeout(resume, 300));
  return refresh(attempts - 1);
}

function post(path, { headers, ...options } = {}) {
  // A form on another site cannot send a header of its own, and a script there has to ask first (CORS).
  return request(path, { method: "POST", headers: { "X-Auth-Request": "1", ...headers }, ...options });
}
