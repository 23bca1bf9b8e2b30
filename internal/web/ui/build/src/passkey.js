// Asks the browser for a passkey. What to ask is in the form, and what the browser
// answers goes into its hidden field; the form is then sent like any other. Where
// a browser knows no passkeys, the page says so and the button stays hidden.
"use strict";

import { hold, release } from "./enhance.js";

/** Runs the form of one page that asks for a passkey. */
function run(form) {
  const button = form.querySelector("[data-passkey-button]");
  const answer = form.querySelector("[data-passkey-answer]");
  const making = form.dataset.passkey === "make";
  const able = making ? window.PublicKeyCredential?.parseCreationOptionsFromJSON : window.PublicKeyCredential?.parseRequestOptionsFromJSON;
  if (!button || !answer || !able) {
    return;
  }
  const say = (name) => {
    for (const message of form.querySelectorAll("[data-passkey-message]")) {
      message.hidden = message.dataset.passkeyMessage !== name;
    }
  };
  say("");
  button.hidden = false;
  form.addEventListener("submit", async (event) => {
    if (answer.value !== "") {
      return;
    }
    event.preventDefault();
    hold(form, button);
    try {
      const publicKey = able.call(window.PublicKeyCredential, JSON.parse(form.dataset.options));
      const credential = making ? await navigator.credentials.create({ publicKey }) : await navigator.credentials.get({ publicKey });
      answer.value = JSON.stringify(credential);
      form.submit();
    } catch {
      release(form); // the reader turned back, or the device has none for us
      say("none");
    }
  });
}

document.querySelectorAll("form[data-passkey]").forEach(run);
