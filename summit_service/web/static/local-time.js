// Adds the reader's own time after each <time data-local>, when it differs from the time shown.
"use strict";
(() => {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const clock = new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit" });
  const day = new Intl.DateTimeFormat("en-GB", { weekday: "long", day: "numeric", month: "long" });

  // Minutes that the written time is ahead of UTC: +60 for "...T12:30+01:00", 0 for "...Z".
  const written = (stamp) => {
    const found = /([+-])(\d\d):(\d\d)$/.exec(stamp);
    return found ? Number(found[1] + 1) * (Number(found[2]) * 60 + Number(found[3])) : 0;
  };

  const readersTime = (moment, knownDay) =>
    (moment.getDate() === knownDay ? "" : day.format(moment) + ", ") + clock.format(moment);

  const add = (time) => {
    time.removeAttribute("data-local");
    const start = new Date(time.dateTime);
    const ahead = written(time.dateTime);
    if (Number.isNaN(start.getTime()) || -start.getTimezoneOffset() === ahead) return;
    const shownDay = new Date(start.getTime() + ahead * 60000).getUTCDate();
    const end = time.dataset.end ? "–" + readersTime(new Date(time.dataset.end), start.getDate()) : "";
    const note = document.createElement("span");
    note.className = "local";
    note.textContent = `(your time ${readersTime(start, shownDay)}${end}, ${zone.replaceAll("_", " ")})`;
    time.after(" ", note);
  };

  const addAll = () => document.querySelectorAll("time[data-local]").forEach(add);
  addAll();
  document.addEventListener("htmx:afterSwap", addAll);
})();
