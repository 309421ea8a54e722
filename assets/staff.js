// Makes the staff pages nicer; everything works without it.
"use strict";

// The time that an update will carry goes on while it is written.
for (const place of document.querySelectorAll("[data-clock]")) {
  const format = new Intl.DateTimeFormat("en-GB", {
    timeZone: place.dataset.clock,
    hour: "numeric",
    minute: "2-digit",
  });
  const tick = () => (place.textContent = format.format(new Date()).replace(/^0/, ""));
  // The first time shown is the server's, which stands until a minute has gone by.
  setInterval(tick, 60_000);
}

// A window in the zone of whoever looks, where it isn't the site's or UTC.
function tellOwnZone() {
  for (const place of document.querySelectorAll(".own-zone")) {
    const { from, until, zone } = place.dataset;
    const words = {
      weekday: "long",
      month: "long",
      day: "numeric",
      hour: "numeric",
      minute: "2-digit",
      hourCycle: "h23",
    };
    const format = new Intl.DateTimeFormat("en-US", { ...words, timeZoneName: "short" });
    const [start, end] = [new Date(from ?? until), new Date(until ?? from)];
    const clocks = (timeZone) => {
      const plain = new Intl.DateTimeFormat("en-US", { ...words, timeZone });
      return plain.format(start) + plain.format(end);
    };
    const isTold = [zone, "UTC"].some((known) => clocks(known) === clocks());
    if (end >= start && !isTold) place.textContent = `Where you are: ${format.formatRange(start, end)}`;
  }
}
tellOwnZone();

// A window that begins at another time lasts as long as it did.
for (const starts of document.querySelectorAll("[name=starts]")) {
  const { ends } = starts.form.elements;
  let before = starts.valueAsNumber;
  starts.addEventListener("change", () => {
    const moved = starts.valueAsNumber - before;
    if (!Number.isNaN(moved) && ends.value) {
      ends.valueAsNumber += moved;
      ends.dispatchEvent(new Event("change"));
    }
    if (starts.value) before = starts.valueAsNumber;
  });
}

// The day of the week beside a date.
for (const shown of document.querySelectorAll("output.weekday")) {
  const field = document.getElementById(shown.htmlFor.value);
  const format = new Intl.DateTimeFormat("en-US", { weekday: "long", timeZone: "UTC" });
  const tell = () => {
    const day = field.valueAsNumber;
    shown.textContent = Number.isNaN(day) ? "" : format.format(new Date(day));
  };
  field.addEventListener("input", tell);
  field.addEventListener("change", tell);
}

// A component either returns or becomes what is chosen; the one follows the other.
for (const tick of document.querySelectorAll('[name^="return."]')) {
  const state = tick.form.elements[tick.name.replace("return.", "state.")];
  if (!state) continue;
  const follow = () => {
    if (state.value) tick.checked = false;
  };
  state.addEventListener("change", follow);
  tick.addEventListener("change", () => {
    if (!tick.checked || !state.value) return;
    state.value = "";
    state.dispatchEvent(new Event("input", { bubbles: true }));
  });
  follow();
}

// A file fills the field that takes its text.
for (const file of document.querySelectorAll("[data-into]")) {
  const field = document.getElementById(file.dataset.into);
  file.addEventListener("change", async () => {
    const [chosen] = file.files;
    if (chosen) field.value = await chosen.text();
  });
  file.closest("[hidden]").hidden = false;
}

// The preview follows the text, made by what will publish it.
const shown = document.getElementById("preview");
const form = shown?.closest("form");
if (form) {
  let waiting;
  let asked = 0;
  const look = async () => {
    const mine = ++asked;
    const fields = new URLSearchParams(new FormData(form));
    if (!fields.get("markdown")?.trim() && !fields.get("starts")) {
      shown.replaceChildren();
      return;
    }
    fields.set("do", "part");
    try {
      const answer = await fetch(form.action, { method: "POST", body: fields });
      // Only the last answer counts, and only one that is a part of a page.
      if (answer.ok && !answer.redirected && mine === asked) {
        shown.innerHTML = await answer.text();
        tellOwnZone();
      }
    } catch {
      // Without a connection there is no preview; what was typed stays.
    }
  };
  form.addEventListener("input", () => {
    clearTimeout(waiting);
    waiting = setTimeout(look, 600);
  });
}
