// One request to this site, JSON both ways.

/** An answer other than 2xx: `status`, what the server said in `message`, and the whole `body`. */
export class Refused extends Error {
  constructor(status, body) {
    super(words(body) || `The site answers with status ${status}.`);
    this.status = status;
    this.body = body;
  }
}

/** Send a request and return the body of its answer. Throws Refused, or Error when there is no answer. */
export async function request(path, { method = "GET", body, headers = {}, ...options } = {}) {
  const answer = await fetch(path, {
    method,
    headers: body === undefined ? headers : { "Content-Type": "application/json", ...headers },
    body: body === undefined ? undefined : JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
    ...options,
  }).catch(() => {
    throw new Error("The site does not answer. Is it running?");
  });
  const isJson = answer.headers.get("Content-Type")?.startsWith("application/json");
  const content = isJson ? await answer.json() : await answer.text();
  if (!answer.ok) throw new Refused(answer.status, content);
  return content;
}

/** The words of a refusal: `error`, `detail`, or what is wrong with each field. A page of HTML has none. */
function words(body) {
  if (typeof body !== "object") return "";
  if (body.error ?? body.detail) return body.error ?? body.detail;
  return Object.entries(body).map(([field, problems]) => `${field}: ${problems}`).join(" ");
}
