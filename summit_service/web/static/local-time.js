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

  const readersTime = (stamp) => {
    const moment = new Date(stamp);
    const shownDay = new Date(moment.getTime() + written(stamp) * 60000).getUTCDate();
    return (moment.getDate() === shownDay ? "" : day.format(moment) + ", ") + clock.format(moment);
  };

  const add = (time) => {
    time.removeAttribute("data-local");
    const offset = -new Date(time.dateTime).getTimezoneOffset();
    if (Number.isNaN(offset) || offset === written(time.dateTime)) return;
    const end = time.dataset.end ? "–" + readersTime(time.dataset.end) : "";
    const note = document.createElement("span");
    note.className = "local";
    note.textContent = `(your time ${readersTime(time.dateTime)}${end}, ${zone.replaceAll("_", " ")})`;
    time.after(" ", note);
  };

  const addAll = () => document.querySelectorAll("time[data-local]").forEach(add);
  addAll();
  document.addEventListener("htmx:afterSwap", addAll);
})();
