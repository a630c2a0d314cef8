// Fills a list of time zones when its field is first entered; the names weigh too much to send with each page.
"use strict";
for (const list of document.querySelectorAll("datalist[data-zones]")) {
  const fill = async () => {
    const answer = await fetch("/zones", { headers: { "HX-Request": "true" } });
    if (answer.ok) list.innerHTML = await answer.text();
  };
  document.querySelector(`[list="${list.id}"]`)?.addEventListener("focus", fill, { once: true });
}
