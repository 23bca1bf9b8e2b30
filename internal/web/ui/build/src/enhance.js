// Small comforts for every page. Pages work without them: each one only adds to
// what the markup already does. Nothing here makes markup, reads what is typed,
// or talks to the network.
"use strict";

const patience = 20000; // milliseconds after which a button that was pressed may be pressed again

/** Lets a form go once: a second press while the first is under way does nothing. */
function onceOnly(form) {
  form.addEventListener("submit", (event) => {
    if (form.dataset.sent === "true") {
      event.preventDefault();
      return;
    }
    if (event.defaultPrevented) {
      return;
    }
    hold(form, event.submitter);
  });
}

/** Marks a form as on its way, and its button as busy. */
export function hold(form, button) {
  form.dataset.sent = "true";
  button?.setAttribute("aria-busy", "true");
  say(form, true);
  window.setTimeout(() => release(form), patience);
}

/** Lets a form be sent again. */
export function release(form) {
  delete form.dataset.sent;
  say(form, false);
  for (const button of form.querySelectorAll("[aria-busy]")) {
    button.removeAttribute("aria-busy");
  }
}

/** Says that a form is on its way, or no longer. */
function say(form, sending) {
  for (const words of form.querySelectorAll("[data-sending]")) {
    words.hidden = !sending;
  }
}

/** Shows the buttons that print; without scripts they would do nothing. */
function offerPrinting(button) {
  button.hidden = false;
  button.addEventListener("click", () => window.print());
}

/** Shows a box only while its choice is made. What is not shown is not sent. */
function followChoice(box) {
  const choice = document.getElementById(box.dataset.shownBy);
  if (!choice) {
    return;
  }
  const follow = () => {
    box.hidden = !choice.checked;
    for (const field of box.querySelectorAll("input")) {
      field.disabled = box.hidden;
    }
  };
  for (const other of document.getElementsByName(choice.name)) {
    other.addEventListener("change", follow);
  }
  follow();
}

document.querySelectorAll("form").forEach(onceOnly);
document.querySelectorAll("[data-print]").forEach(offerPrinting);
for (const part of document.querySelectorAll("[data-with-scripts]")) {
  part.hidden = false;
}
document.querySelectorAll("[data-shown-by]").forEach(followChoice);
document.querySelector("[data-focus]")?.focus();

// A page taken from the browser's memory by Back must be ready to be used.
window.addEventListener("pageshow", (event) => {
  if (event.persisted) {
    document.querySelectorAll("form").forEach(release);
  }
});
