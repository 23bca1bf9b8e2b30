// The card fields' half of the protocol with the page around them. What is
// typed goes to our own origin and nowhere else; the page gets a token.
"use strict";

(() => {
  const form = document.getElementById("card");
  const trouble = document.getElementById("trouble");
  const page = form.dataset.parent;
  const fields = ["number", "expiry", "code", "postal"];
  let busy = false;

  const tell = (message) => window.parent.postMessage(message, page);

  const measure = () => {
    tell({ type: "clearwell.height", height: Math.ceil(document.documentElement.getBoundingClientRect().height) });
  };

  const greet = () => {
    tell({ type: "clearwell.ready" });
    measure();
  };

  const show = (field, text) => {
    document.getElementById(field + "-problem").textContent = text;
    const input = document.getElementById(field);
    if (text) input.setAttribute("aria-invalid", "true");
    else input.removeAttribute("aria-invalid");
  };

  const typed = () => ({
    merchant: form.dataset.merchant,
    session: form.dataset.session,
    lang: form.dataset.lang,
    ...Object.fromEntries(fields.map((field) => [field, document.getElementById(field).value])),
  });

  const refuse = (problems) => {
    for (const problem of problems) show(problem.field, problem.text);
    trouble.textContent = problems.length > 0 ? form.dataset.check : form.dataset.trouble;
    if (problems.length > 0) document.getElementById(problems[0].field).focus();
    tell({ type: "clearwell.invalid" });
  };

  const submit = async () => {
    if (busy) return;
    busy = true;
    trouble.textContent = "";
    for (const field of fields) show(field, "");
    try {
      const answer = await fetch("/fields/token", {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(typed()),
      });
      const taken = await answer.json();
      if (taken.token) tell({ type: "clearwell.token", token: taken.token });
      else refuse(taken.problems || []);
    } catch {
      refuse([]);
    } finally {
      busy = false;
    }
  };

  window.addEventListener("message", (event) => {
    if (event.origin !== page || event.source !== window.parent) return;
    const asked = event.data && event.data.type;
    if (asked === "clearwell.hello") greet();
    if (asked === "clearwell.submit") submit();
  });

  form.addEventListener("submit", (event) => event.preventDefault());

  // The button is the page's; Enter, or "Go" on a telephone, presses it.
  form.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    tell({ type: "clearwell.enter" });
  });

  new ResizeObserver(measure).observe(document.documentElement);
  greet();
})();
