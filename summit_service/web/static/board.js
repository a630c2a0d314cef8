// Drags a session of the draft's grid to other hours or another room. Typing in the form of a session does the same.
"use strict";
(() => {
  let drag = null;

  const addGrips = () => {
    for (const slot of document.querySelectorAll(".board .slot:not(:has(.grip))")) {
      const grip = document.createElement("span");
      grip.className = "grip";
      grip.setAttribute("aria-hidden", "true");
      grip.textContent = "⠿";
      slot.prepend(grip);
    }
  };

  const within = (box, at, from, to) => at >= box[from] && at < box[to];

  const target = (event) => {
    const table = drag.table;
    const head = [...table.tHead.rows[0].cells].find(
      (cell) => cell.dataset.room !== undefined && within(cell.getBoundingClientRect(), event.clientX, "left", "right"),
    );
    const rows = [...table.tBodies[0].rows];
    const index = rows.findIndex((row) => within(row.cells[0].getBoundingClientRect(), event.clientY - drag.above, "top", "bottom"));
    return head && index >= 0 ? { head, row: rows[index], index } : null;
  };

  const show = (place) => {
    drag.mark.hidden = !place;
    if (!place) return;
    const column = place.head.getBoundingClientRect();
    const row = place.row.getBoundingClientRect();
    Object.assign(drag.mark.style, {
      left: `${column.left}px`,
      top: `${row.top}px`,
      width: `${column.width}px`,
      height: `${drag.height}px`,
    });
  };

  const end = () => {
    drag.slot.classList.remove("dragged");
    drag.mark.remove();
    drag = null;
  };

  const clock = (minutes) => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

  const drop = (place) => {
    const [starts, ends, ...room] = drag.slot.dataset.seen.split("/");
    const { day, first, step } = drag.table.dataset;
    const start = clock(Number(first) + Number(step) * place.index);
    const wished = place.head.dataset.room;
    const sameRow = drag.row === place.row;
    if (sameRow && wished === room.join("/")) return;
    const form = document.getElementById("drop");
    const values = {
      id: drag.slot.dataset.id,
      seen: drag.slot.dataset.seen,
      day,
      start: sameRow ? starts.slice(11) : start,
      minutes: Math.round((Date.parse(`${ends}Z`) - Date.parse(`${starts}Z`)) / 60000),
      room: wished,
    };
    for (const [name, value] of Object.entries(values)) form.elements[name].value = value;
    form.requestSubmit();
  };

  document.addEventListener("pointerdown", (event) => {
    const grip = event.target.closest?.(".board .grip");
    if (!grip || event.button !== 0) return;
    event.preventDefault();
    const slot = grip.closest(".slot");
    const box = slot.getBoundingClientRect();
    const mark = document.createElement("div");
    mark.className = "drop-place";
    mark.hidden = true;
    document.body.append(mark);
    slot.classList.add("dragged");
    drag = { slot, mark, row: slot.parentElement, table: slot.closest("table"), height: box.height, above: event.clientY - box.top - 1 };
  });
  document.addEventListener("pointermove", (event) => drag && show(target(event)));
  document.addEventListener("pointerup", (event) => {
    if (!drag) return;
    const place = target(event);
    if (place) drop(place);
    end();
  });
  document.addEventListener("pointercancel", () => drag && end());
  document.addEventListener("keydown", (event) => event.key === "Escape" && drag && end());
  document.addEventListener("htmx:afterSettle", addGrips);
  addGrips();
})();
