// Stands for Stripe.js, so far as our page speaks to it: Stripe(key), elements,
// a payment element in a frame of another origin, and createConfirmationToken.
"use strict";

window.Stripe = (key, options) => {
  const merchant = options?.stripeAccount ?? key.replace(/^pk_test_/, "");
  let frame = null;
  const listeners = { ready: [], change: [], loaderror: [] };
  const waiting = new Map();
  window.addEventListener("message", (event) => {
    if (!frame || event.source !== frame.contentWindow || event.origin !== "STANDIN") {
      return;
    }
    if (event.data.type === "standin.token") {
      waiting.get(event.data.call)?.(event.data.token);
    } else {
      listeners[event.data.type.replace("standin.", "")]?.forEach((tell) => tell(event.data));
    }
  });
  const ask = () =>
    new Promise((resolve) => {
      const call = String(Math.random());
      waiting.set(call, resolve);
      frame.contentWindow.postMessage({ type: "standin.ask", call }, "STANDIN");
    });
  return {
    elements: (settings) => ({
      settings,
      create: () => ({
        on: (name, tell) => listeners[name]?.push(tell),
        mount: (holder) => {
          frame = document.createElement("iframe");
          frame.title = "Secure payment input frame";
          frame.src = `STANDIN/element?merchant=${encodeURIComponent(merchant)}`;
          holder.append(frame);
        },
      }),
      submit: async () => ({}),
    }),
    createConfirmationToken: async () => {
      const id = await ask();
      return id ? { confirmationToken: { id } } : { error: { type: "validation_error" } };
    },
  };
};
