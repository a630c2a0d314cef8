// Moves the focus to what a form's answer says: at load, and after htmx has put new content in.
"use strict";
(() => {
  const move = () => document.querySelector("[data-focus]")?.focus();
  move();
  document.addEventListener("htmx:afterSettle", move);
})();
