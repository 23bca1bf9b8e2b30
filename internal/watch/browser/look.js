// What a page is like, asked in a world that its own scripts cannot reach.
(async () => {
  const facts = [];
  const note = (subject, name, value) => facts.push({ subject, name: String(name), value: value ? String(value) : "" });
  const name = (e) => e.localName + (e.id ? "#" + e.id : "") + [...e.classList].map((c) => "." + c).join("");
  const everything = [];
  const collect = (root) => {
    for (const e of root.querySelectorAll("*")) {
      everything.push(e);
      if (e.shadowRoot) collect(e.shadowRoot);
    }
  };
  collect(document);
  const shown = (e) => e.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true });
  const around = (e) => e.parentElement || (e.getRootNode() instanceof ShadowRoot ? e.getRootNode().host : null);

  // Frames: seen, whole, and nothing over them.
  const frames = everything.filter((e) => e.localName === "iframe");
  if (frames.length > 0 && !frames.some(shown)) note("cover", "no frame is shown");
  for (const frame of frames.filter(shown)) {
    frame.scrollIntoView({ block: "center", behavior: "instant" });
    const box = frame.getBoundingClientRect();
    if (box.width < 200 || box.height < 80) note("cover", "the frame is too small", Math.round(box.width) + " by " + Math.round(box.height));
    for (let e = frame; e; e = around(e)) {
      const style = getComputedStyle(e);
      if (Number(style.opacity) < 0.99) note("cover", name(e), "opacity " + style.opacity);
      for (const property of ["transform", "clipPath", "filter", "maskImage"]) {
        if (style[property] && style[property] !== "none") note("cover", name(e), property + " " + style[property]);
      }
    }
    const inner = { left: box.left + 4, top: box.top + 4, right: box.right - 4, bottom: box.bottom - 4 };
    for (let i = 0; i <= 8; i++) {
      for (let j = 0; j <= 8; j++) {
        const x = inner.left + ((inner.right - inner.left) * i) / 8;
        const y = inner.top + ((inner.bottom - inner.top) * j) / 8;
        if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight) continue;
        const found = frame.getRootNode().elementFromPoint(x, y);
        if (found && found !== frame) note("cover", name(found), "over the frame");
      }
    }
    // What lets clicks through is found by where it lies.
    for (const e of everything) {
      if (e === frame || e.contains(frame) || !shown(e)) continue;
      for (const b of e.getClientRects()) {
        const width = Math.min(b.right, inner.right) - Math.max(b.left, inner.left);
        const height = Math.min(b.bottom, inner.bottom) - Math.max(b.top, inner.top);
        if (width > 2 && height > 2) note("cover", name(e), "over the frame");
      }
    }
  }

  // What is kept in the browser, and what works there unseen.
  const ask = async (read) => {
    try {
      return (await read()) || [];
    } catch {
      return []; // not there, or not allowed: then the page has none
    }
  };
  for (const key of await ask(() => Object.keys(localStorage))) note("storage", "localStorage " + key);
  for (const key of await ask(() => Object.keys(sessionStorage))) note("storage", "sessionStorage " + key);
  for (const kept of await ask(() => indexedDB.databases())) note("storage", "indexedDB " + kept.name);
  for (const key of await ask(() => caches.keys())) note("storage", "caches " + key);
  for (const worker of await ask(() => navigator.serviceWorker.getRegistrations())) {
    const script = worker.active || worker.waiting || worker.installing;
    note("worker", script ? script.scriptURL : worker.scope);
  }
  return JSON.stringify(facts);
})()
