// Our side of the card fields. The fields live in a frame of the processor's
// origin, which this page cannot read. The two speak by messages:
//
//   from the frame  clearwell.ready          the fields can be typed into
//                   clearwell.enter          Enter was pressed in a field: as if the button were
//                   clearwell.height {height}  the frame wants so many pixels
//                   clearwell.token  {token}   here is what stands for the card
//                   clearwell.invalid          something typed is not right; the frame says what and has the focus
//   to the frame    clearwell.hello          this page listens now: say ready again
//                   clearwell.submit         the resident pressed the button
//
// Messages are taken only from that frame's window and that exact origin. The
// token goes into the hidden field and the form is sent, once. Everything this
// script can show is in the page already, hidden: it makes no markup.
"use strict";

import { hold, release } from "./enhance.js";

const loadingLimit = 15000; // milliseconds for the fields to appear
const answerLimit = 30000; // milliseconds for a token after the button
const heights = { least: 120, most: 1200 }; // CSS pixels

/** Says hello once the frame has left the empty page it begins with, which is ours. */
function greet(frame, origin) {
  const hello = () => frame.contentWindow.postMessage({ type: "clearwell.hello" }, origin);
  frame.addEventListener("load", hello);
  if (frame.contentDocument === null) {
    hello();
  }
}

/** Runs the card fields of one pay form. */
function run(form) {
  const holder = form.querySelector("[data-card-fields]");
  const frame = holder?.querySelector("iframe");
  const button = form.querySelector("[data-card-button]");
  const token = form.querySelector("[data-card-token]");
  if (!frame || !button || !token) {
    return;
  }
  const origin = holder.dataset.origin;
  let timer = 0;
  let asked = false;
  let done = false;

  const email = form.querySelector("input[type=email]");
  const secondWay = form.querySelector("[data-second-way]");
  const say = (name) => {
    for (const message of form.querySelectorAll("[data-card-message]")) {
      message.hidden = message.dataset.cardMessage !== name;
    }
    if (secondWay && (name === "slow" || name === "unloaded")) {
      secondWay.open = true;
    }
  };
  const expect = (limit, name) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      asked = false;
      release(form);
      say(name);
    }, limit);
  };

  const answers = {
    ready() {
      if (!asked) {
        window.clearTimeout(timer);
        say("");
      }
    },
    height(data) {
      const asks = Number(data.height);
      if (asks >= heights.least && asks <= heights.most) {
        frame.style.height = `${Math.ceil(asks)}px`;
      }
    },
    enter() {
      form.requestSubmit(button);
    },
    invalid() {
      window.clearTimeout(timer);
      asked = false;
      release(form);
      say("invalid");
    },
    token(data) {
      if (!asked || done || typeof data.token !== "string" || data.token === "") {
        return;
      }
      window.clearTimeout(timer);
      done = true;
      token.value = data.token;
      release(form);
      form.requestSubmit(button);
    },
  };

  window.addEventListener("message", (event) => {
    if (event.source !== frame.contentWindow || event.origin !== origin) {
      return;
    }
    const name = typeof event.data?.type === "string" ? event.data.type.replace(/^clearwell\./, "") : "";
    if (Object.hasOwn(answers, name)) {
      answers[name](event.data);
    }
  });

  // Before the guard against double presses, which listens on the way up.
  form.addEventListener(
    "submit",
    (event) => {
      if (done || event.submitter !== button) {
        return;
      }
      event.preventDefault();
      if (asked) {
        return;
      }
      if (email && !email.checkValidity()) {
        say("email"); // before the card is taken: it would have to be typed again
        email.focus();
        return;
      }
      asked = true;
      say("");
      hold(form, button);
      expect(answerLimit, "slow");
      frame.contentWindow.postMessage({ type: "clearwell.submit" }, origin);
    },
    true,
  );

  // Back from the review page: the token is spent, the card must be asked again.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) {
      done = false;
      asked = false;
      token.value = "";
    }
  });

  holder.hidden = false;
  button.hidden = false;
  for (const part of form.querySelectorAll("[data-without-scripts]")) {
    part.hidden = true;
  }
  if (secondWay) {
    secondWay.open = false;
  }
  expect(loadingLimit, "unloaded");
  greet(frame, origin);
}

document.querySelectorAll("form[data-pay]").forEach(run);
