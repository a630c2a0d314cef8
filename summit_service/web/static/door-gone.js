// A door that is closed or left: what this device kept of it goes, but for what was not sent yet.
"use strict";
(async () => {
  const here = location.pathname.replace(/\/leave$/, "");
  if (self.caches) await (await caches.open("door")).delete(here);
  const opening = indexedDB.open("door", 1);
  opening.onupgradeneeded = () => {
    opening.result.createObjectStore("lists");
    opening.result.createObjectStore("queue", { keyPath: "id" });
  };
  opening.onsuccess = () => opening.result.transaction("lists", "readwrite").objectStore("lists").delete(here);
})();
