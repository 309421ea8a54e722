// Keeps an open page true: puts what changes in its place, says so, and tells the time in the
// reader's own zone. Everything else works without it.
"use strict";

(() => {
  const script = document.currentScript;
  const { build, zone } = script.dataset;
  const icon = document.querySelector("link[rel=icon]");
  const plainIcon = icon && icon.href;
  const siteName = document.title.split(" · ").pop();
  const main = () => document.getElementById("main");
  let seen = script.dataset.page;
  let id = "";

  // Times.
  const lang = document.documentElement.lang;
  const { hour12 } = new Intl.DateTimeFormat([], { hour: "numeric" }).resolvedOptions();
  const ago = new Intl.RelativeTimeFormat(lang);
  const clock = { hour: "numeric", minute: "2-digit", hour12 };
  const day = { month: "short", day: "numeric" };
  const show = (at, more) =>
    new Intl.DateTimeFormat(lang, { ...clock, ...more }).format(at).replace(/[AP]M/, (half) => half.toLowerCase());
  const rounded = (ms) => {
    const minutes = Math.round(ms / 6e4);
    if (!minutes) return "just now";
    if (Math.abs(minutes) < 60) return ago.format(minutes, "minute");
    const hours = Math.round(minutes / 60);
    return Math.abs(hours) < 48 ? ago.format(hours, "hour") : "";
  };
  const tellTimes = () => {
    for (const time of main().querySelectorAll("time[datetime*=T]")) {
      const at = new Date(time.dateTime);
      const words = [rounded(at - Date.now())];
      const full = { ...day, year: "numeric" };
      if (show(at, full) !== show(at, { ...full, timeZone: zone })) {
        const isToday = at.toDateString() === new Date().toDateString();
        words.push(show(at, isToday ? {} : day) + " your time");
      }
      let own = time.querySelector(".own");
      if (!own) time.append((own = Object.assign(document.createElement("span"), { className: "own" })));
      const text = words.filter(Boolean).join(", ");
      own.textContent = text && ` (${text})`;
    }
  };

  // The tab's title and icon.
  const tellTab = () => {
    const { tone } = main().dataset;
    const mark = { info: "○ ", ok: "" }[tone] ?? "● ";
    const what = main().querySelector("h1").textContent.replace(/\.$/, "");
    const isQuietHome = !mark && location.pathname === "/";
    document.title = isQuietHome ? siteName : `${mark}${what} · ${siteName}`;
    if (icon) icon.href = mark ? `/assets/icon-${tone}.svg` : plainIcon;
  };

  // What has changed is said by screen readers, when nothing else is being said.
  const said = document.body.appendChild(document.createElement("p"));
  said.className = "unseen";
  said.setAttribute("role", "status");
  const text = (part, what) => part.querySelector(what)?.textContent.trim().slice(0, 300);
  const words = (part) =>
    part.matches("h1") ? part.textContent : [text(part, "h2, h3"), text(part, ".said, .text") ?? text(part, ".badge")].filter(Boolean).join(": ");

  // What a part says, without what changes as time passes.
  const gist = (part) => {
    const copy = part.cloneNode(true);
    for (const bar of copy.querySelectorAll(".days, .scale")) bar.remove();
    return copy.textContent;
  };
  const isThere = (old, part) => old && main().contains(old) && old.isEqualNode(part);
  // Puts parts in the place of those with their ids. Parts that are the same stay as they are.
  const put = (html) => {
    const box = document.createElement("template");
    box.innerHTML = html;
    const all = box.content;
    const place = document.elementFromPoint(innerWidth / 2, innerHeight / 3)?.closest("#main [id]");
    const top = place?.getBoundingClientRect().top;
    const focused = document.activeElement;
    const holder = focused?.closest("#main [id]")?.id;
    for (const own of main().querySelectorAll(".own, .new")) own.remove();
    const was = (part) => document.getElementById(part.id);
    const news = new Map();
    for (const part of [...all.querySelectorAll("[id]")]) {
      if (!all.contains(part)) continue;
      const old = was(part);
      if (part.dataset.same === undefined && !isThere(old, part)) {
        if (part.matches("h1, li, article") && !part.querySelector("li[id], article[id]")) {
          if (!old) news.set(part, "New");
          else if (gist(old) !== gist(part)) news.set(part, "Updated");
        }
      } else if (part.parentNode === all) {
        part.remove();
      } else if (old) {
        part.replaceWith(old);
      } else {
        return reload(0);
      }
    }
    // The outermost of them are put in their places, the others are in these.
    for (const part of [...all.children]) {
      const old = was(part);
      if (!old) return reload(0);
      old.replaceWith(part);
    }
    if (holder && document.activeElement !== focused) {
      const links = document.getElementById(holder)?.querySelectorAll("a") ?? [];
      const again = focused.isConnected ? focused : [...links].find((link) => link.href === focused.href);
      again?.focus({ preventScroll: true });
    }
    const spoken = [...news.keys()].map(words).filter(Boolean);
    for (const [part, textContent] of news) {
      const mark = Object.assign(document.createElement("span"), { className: "new", textContent });
      part.querySelector("h2, h3")?.append(mark);
    }
    tellTimes();
    tellTab();
    // What is being read stays where it is.
    const now = place && was(place);
    if (now && scrollY) scrollBy({ top: now.getBoundingClientRect().top - top, behavior: "instant" });
    if (spoken.length) said.textContent = spoken.slice(0, 3).join(" — ");
  };

  // A page that can't be brought up to date is loaded anew, but not over and over.
  const reload = (ms) => {
    const last = Number(sessionStorage.lightshipReload) || 0;
    setTimeout(() => {
      if (Date.now() - last < 6e4) return poll();
      sessionStorage.lightshipReload = Date.now();
      location.reload();
    }, ms);
  };

  // Without a stream the page asks now and then whether it has changed.
  const poll = () =>
    setTimeout(async () => {
      try {
        const response = await fetch(location.pathname, { cache: "no-cache" });
        const page = new DOMParser().parseFromString(await response.text(), "text/html");
        const now = page.querySelector("script[data-page]")?.dataset;
        if (now && now.build !== build) return reload(0);
        if (now && now.page !== seen) {
          seen = now.page;
          put(page.getElementById("main").outerHTML);
        }
      } catch {
        // The next time, perhaps.
      }
      start();
    }, 3e4 + Math.random() * 3e4);

  // Each stream takes a connection, and a browser has only six for a site. So at most four of its
  // tabs have one.
  const start = (number = 0) => {
    if (!navigator.locks) return document.hidden ? poll() : listen(poll);
    if (number > 3) return poll();
    navigator.locks.request(`lightship-${number}`, { ifAvailable: true }, (lock) =>
      lock ? new Promise((end) => listen(() => end(poll()))) : void start(number + 1),
    );
  };

  const listen = (fail) => {
    const query = new URLSearchParams({ page: location.pathname, seen, build });
    if (id) query.set("id", id);
    const stream = new EventSource(`/live?${query}`);
    // A browser may have no connection left.
    const patience = setTimeout(() => end(), 15e3);
    const end = () => {
      stream.close();
      clearTimeout(patience);
      fail();
    };
    let hasOpened = false;
    stream.onopen = () => {
      hasOpened = true;
      clearTimeout(patience);
    };
    stream.onmessage = (event) => {
      id = event.lastEventId;
      const at = event.data.indexOf("\n");
      seen = event.data.slice(0, at);
      put(event.data.slice(at + 1));
    };
    stream.addEventListener("reload", (event) => {
      stream.close();
      reload(Number(event.data));
    });
    stream.onerror = () => {
      if (!hasOpened) return end();
      // The server is started anew, perhaps. Not all come back at once.
      stream.close();
      setTimeout(() => listen(fail), 2e3 + Math.random() * 8e3);
    };
  };

  // It does so by itself, so the browser needn't.
  document.documentElement.classList.add("live");
  tellTimes();
  tellTab();
  setInterval(tellTimes, 6e4);
  start();
})();
