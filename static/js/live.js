// What changes on the server shows by itself. One tab of this browser holds the stream of events and tells the others, because a browser
// opens few connections to one host; when that tab closes, another takes over. Lists are never moved: they say what came. Parts that show a
// connector are loaded again, unless somebody works in one: then as soon as nobody does. A tab that nobody looks at asks for nothing, and
// catches up when it is looked at.
{
  const address = document.body.dataset.address ?? "";
  const base = address.replace(/\/events$/, ""); // the path below which the workbench stands
  const place = "workbench " + address;

  // Somebody works in an element: a menu of it is open, a field of it has the focus, something in it is pressed, or is being selected. A button
  // that was pressed keeps the focus for as long as nobody goes elsewhere, so that what it led to would never show: the focus moves along.
  const movable = "a[href], button, summary";
  const busy = (element) => {
    const selection = getSelection(), focused = document.activeElement;
    return element.contains(focused) && !focused.matches(movable) || element.matches(":active") || element.querySelector("details[open]:not([data-keep]), dialog[open]") !== null
      || selection !== null && !selection.isCollapsed && selection.containsNode(element, true);
  };

  const later = new Set();
  const refresh = (element) => {
    if (!element.isConnected || !element.dataset.address) return;
    if (busy(element)) { later.add(element); return; }
    // The line above a list stays the same element, so that a screen reader announces what is new in it.
    const how = element.dataset.live === "stories" ? { swap: "innerHTML", select: `#${element.id} > *` } : { swap: "outerHTML" };
    // Without a source all requests would be the body's, which keeps only the last of those that wait.
    htmx.ajax("GET", element.dataset.address, { source: element, target: element, ...how })?.catch(() => {});
  };

  // Many events in a row are one refresh, a moment after the first; not all browsers ask at the same moment.
  const waiting = new Map();
  const soon = (key, work, spread = 600) => {
    if (!waiting.has(key)) waiting.set(key, setTimeout(() => { waiting.delete(key); work(); }, 200 + Math.random() * spread));
  };

  const free = () => {
    if (later.size > 0) soon("later", () => {
      const elements = [...later];
      later.clear();
      elements.forEach(refresh);
    }, 0);
  };
  for (const name of ["focusout", "pointerup", "pointercancel", "selectionchange"]) document.addEventListener(name, free);
  for (const name of ["toggle", "close"]) document.addEventListener(name, free, true); // these don't bubble

  // An answer to a refresh never touches what somebody began to work in meanwhile, leads nowhere, and fails without a word.
  const ours = (event) => event.detail.elt?.dataset?.live !== undefined && event.detail.requestConfig?.triggeringEvent === undefined;
  document.addEventListener("htmx:beforeOnLoad", (event) => {
    if (!ours(event) || event.detail.xhr.status < 400) return;
    event.preventDefault();
    if (event.detail.xhr.status === 401) end();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!ours(event) || !busy(event.detail.target)) return;
    event.detail.shouldSwap = false;
    later.add(event.detail.elt);
  });

  // The focus goes to the control that does the same in the new part, else to the part itself.
  const does = (control) => `${control.tagName} ${control.getAttribute("href") ?? control.form?.getAttribute("action") ?? control.parentElement?.id}`;
  let focused = null;
  document.addEventListener("htmx:beforeSwap", ({ detail }) => {
    const control = document.activeElement;
    focused = detail.shouldSwap && ours({ detail }) && detail.target.contains(control) ? { control, part: detail.target.id, does: does(control), words: control.textContent } : null;
  });
  document.addEventListener("htmx:afterSwap", () => {
    const part = focused && document.getElementById(focused.part);
    if (part && !focused.control.isConnected) {
      const same = [...part.querySelectorAll(movable)].filter((control) => does(control) === focused.does);
      const next = same.find((control) => control.textContent === focused.words) ?? same[0] ?? part;
      if (next === part) part.tabIndex = -1;
      next.focus({ preventScroll: true });
    }
    focused = null;
  });

  const live = (kind) => [...document.querySelectorAll(`[data-live="${kind}"]`)];

  // newest is the number of the newest change of a story; a line that was made after it has nothing new to say.
  const stories = (newest) => {
    for (const element of live("stories")) {
      const since = new URL(element.dataset.address, location).searchParams.get("since");
      if (newest === undefined || since === null || Number(newest) > Number(since)) refresh(element);
    }
  };

  const changed = new Set(); // ids of connectors
  const connectors = () => {
    const whole = changed.has("*");
    for (const element of live("connector")) {
      const shown = element.dataset.connectors?.split(" ");
      if (whole || !shown || shown.includes("*") || shown.some((id) => changed.has(id))) refresh(element);
    }
    changed.clear();
  };

  let missed = false;
  const hear = ({ kind, data, fresh }) => {
    if (kind === "over") { end(); return; }
    mend();
    if (document.visibilityState === "hidden") { missed = true; return; }
    if (kind === "hello") {
      soon("stories " + data, () => stories(data));
      if (!fresh) hear({ kind: "connectors", data: "*" });
    }
    if (kind === "stories") soon("stories", () => stories());
    if (kind === "connectors") {
      for (const id of data.split(" ")) changed.add(id);
      soon("connectors", connectors, 200);
    }
  };

  // The session has ended: no tab asks again until somebody looks at it again.
  let ended = null;
  const end = () => {
    if (ended) return;
    ended = document.createElement("p");
    ended.className = "problem-line";
    ended.setAttribute("role", "alert");
    const words = document.createElement("span");
    words.textContent = "Your session has ended, so what you see may be old. ";
    const link = document.createElement("a");
    link.className = "link";
    link.href = base + "/sign-in?return=" + encodeURIComponent(location.pathname.slice(base.length) + location.search);
    link.target = "_blank"; // what was typed here stays
    link.textContent = "Sign in again";
    words.append(link);
    ended.append(words);
    document.getElementById("notice")?.replaceChildren(ended);
  };
  const mend = () => {
    ended?.remove();
    ended = null;
  };

  if (address && window.EventSource) {
    const channel = window.BroadcastChannel ? new BroadcastChannel(place) : null;
    let newest; // set in the tab that holds the stream
    channel?.addEventListener("message", ({ data }) => {
      if (data.kind !== "who") hear(data);
      else if (newest !== undefined) channel.postMessage({ kind: "hello", data: newest, fresh: true });
    });
    const tell = (message) => {
      hear(message);
      channel?.postMessage(message);
    };

    // It holds the stream until the tab closes or the session has ended. The browser itself tries again where the connection breaks.
    const hold = () => new Promise((done) => {
      let pause = 5_000;
      const open = () => {
        const source = new EventSource(address);
        source.addEventListener("hello", ({ data }) => {
          const fresh = newest === undefined && performance.now() < 5_000; // the page itself is as new
          newest = data;
          pause = 5_000;
          tell({ kind: "hello", data, fresh });
        });
        source.addEventListener("stories", ({ data }) => {
          newest = data;
          tell({ kind: "stories", data });
        });
        source.addEventListener("connectors", ({ data }) => tell({ kind: "connectors", data }));
        source.addEventListener("error", () => {
          if (source.readyState === EventSource.CLOSED) ask();
        });
      };
      // The server gave no stream, and only an ordinary request learns why. One that is signed out is led to the sign-in page.
      const ask = async () => {
        const stop = new AbortController();
        let over = false;
        try {
          const answer = await fetch(address, { headers: { Accept: "text/event-stream" }, cache: "no-store", redirect: "manual", signal: stop.signal });
          over = answer.type === "opaqueredirect" || [204, 401, 403].includes(answer.status);
        } catch {
          // no answer at all: that is tried again
        }
        stop.abort();
        if (over) {
          newest = undefined;
          tell({ kind: "over" });
          done();
          return;
        }
        setTimeout(open, pause * (1 + Math.random()));
        pause = Math.min(2 * pause, 300_000);
      };
      open();
    });

    let joined = false; // holds the stream, or waits for its turn
    const join = async () => {
      if (joined) return;
      joined = true;
      channel?.postMessage({ kind: "who" });
      try {
        await (navigator.locks && channel ? navigator.locks.request(place, hold) : hold());
      } finally {
        joined = false;
      }
    };
    join();

    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "hidden") return;
      if (ended) join();
      if (!missed) return;
      missed = false;
      hear({ kind: "stories" });
      hear({ kind: "connectors", data: "*" });
    });
  }
}
