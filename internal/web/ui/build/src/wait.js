// Looks again at a payment whose answer is not there yet. Reloading the page by
// itself, as it does without scripts, would make a screen reader start anew each
// time (WCAG 2.2.1); so we ask quietly, and move on only when the page at this
// address no longer waits, or the address leads elsewhere.
"use strict";

import "./enhance.js";

const looksBeforeReload = 12; // then the page is fetched once, for it may have more to say

/** Asks every so many seconds. */
function keepLooking(seconds) {
  let looks = 0;
  const look = async () => {
    looks += 1;
    if (looks >= looksBeforeReload || (await isDecided())) {
      window.location.reload();
    }
  };
  window.setInterval(look, seconds * 1000);
}

/** Tells whether the page at this address has stopped waiting. */
async function isDecided() {
  try {
    const answer = await fetch(window.location.href, { redirect: "manual", cache: "no-store" });
    if (answer.type === "opaqueredirect") {
      return true;
    }
    return answer.ok && !(await answer.text()).includes("data-look-again");
  } catch {
    return false; // no network just now; the next look may have one
  }
}

const main = document.querySelector("[data-look-again]");
keepLooking(Number(main.dataset.lookAgain));
