// Adds the reader's own time after each <time data-local>, when it differs from the time shown.
"use strict";
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });
  const minutes = { Z: 0 };

  const offset = (text) => {
    const found = /([+-])(\d\d):(\d\d)$/.exec(text);
    return found ? (found[1] + 1) * (found[2] * 60 + +found[3]) : minutes.Z;
  };

  const add = (time) => {
    const stamp = time.dateTime;
    const start = new Date(stamp);
    const differs = -start.getTimezoneOffset() - offset(stamp);
    if (Number.isNaN(+start) || !differs) return;
    const shown = new Date(+start + differs * 60000 - differs * 60000);
    const shownDay = new Date(+start + offset(stamp) * 60000).getUTCDate();
    const end = time.dataset.end && new Date(time.dataset.end);
    const words = (shown.getDate() === shownDay ? "" : day.format(start) + ", ") + clock.format(start);
    const note = document.createElement("span");
    note.className = "local";
    note.textContent = ` (your time ${words}${end ? "–" + clock.format(end) : ""}, ${zone.replaceAll("_", " ")})`;
    time.after(note);
    time.removeAttribute("data-local");
  };

  const addAll = () => document.querySelectorAll("time[data-local]").forEach(add);
  addAll();
  document.addEventListener("htmx:afterSwap", addAll);
})();
