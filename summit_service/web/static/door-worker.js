// Keeps the page of a door, without any name on it, for when the network is gone. Served at /doors/sw.js.
"use strict";
const STORE = "door", PATIENCE = 4000;

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));

self.addEventListener("message", (event) => {
  const keep = async () => {
    const store = await caches.open(STORE);
    await Promise.all(event.data.keep.map((address) => store.add(address).catch(() => {})));
    event.source.postMessage({ kept: true });
  };
  event.waitUntil(keep());
});

const page = async (request, path) => {
  try {
    const answer = await fetch(request, { signal: AbortSignal.timeout(PATIENCE) });
    if (answer.status === 404) await (await caches.open(STORE)).delete(path);
    return answer;
  } catch (fault) {
    const kept = await caches.match(path);
    if (kept) return kept;
    throw fault;
  }
};

self.addEventListener("fetch", (event) => {
  const { request } = event, url = new URL(request.url);
  if (request.method !== "GET" || url.origin !== location.origin) return;
  if (request.mode === "navigate") event.respondWith(page(request, url.pathname));
  else if (url.pathname.startsWith("/static/")) {
    event.respondWith(caches.match(request).then((kept) => kept || fetch(request)));
  }
});
