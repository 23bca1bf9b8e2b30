// The frame of the stand-in's Payment Element: it types nothing into the page
// around it, and hands that page a token when it is asked for one.
"use strict";

const number = document.getElementById("number");
const merchant = new URLSearchParams(location.search).get("merchant");

window.addEventListener("message", async (event) => {
  if (event.source !== window.parent || event.data?.type !== "standin.ask") {
    return;
  }
  const answer = await fetch("/element", { method: "POST", body: new URLSearchParams({ merchant, number: number.value }) });
  const { token } = await answer.json();
  window.parent.postMessage({ type: "standin.token", token, call: event.data.call }, event.origin);
});
number.addEventListener("input", () => window.parent.postMessage({ type: "standin.change", complete: number.value.length > 12 }, "*"));
window.parent.postMessage({ type: "standin.ready" }, "*");
