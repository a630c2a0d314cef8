// The door with a script: an answer at once, with a network or without. What is seen is stored before it is sent.
"use strict";
(() => {
  const root = document.getElementById("door"), here = location.pathname;
  const words = JSON.parse(root.dataset.words), tones = JSON.parse(root.dataset.tones);
  const [reader, ...readerParts] = JSON.parse(root.dataset.reader);
  const zone = root.dataset.zone, door = root.dataset.door;
  const TICKET = /^SUMMIT-[0-9]{1,9}-[0-9A-F]{32}$/, SHOWN = 12, AT_ONCE = 100;
  const PATIENCE = 3000, EVERY = 15000, SAME_CODE = 4000;
  const FEW = 3, NO_ANSWER = "The service said nothing of it.";
  const $ = (id) => document.getElementById(id);
  const make = (tag, attributes = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), attributes);
    made.append(...children);
    return made;
  };

  // What this device keeps: the list of this door, and what was seen and not sent yet. Without a store it is memory alone.
  const store = new Promise((settle) => {
    const opening = indexedDB.open("door", 1);
    opening.onupgradeneeded = () => {
      opening.result.createObjectStore("lists");
      opening.result.createObjectStore("queue", { keyPath: "id" });
    };
    opening.onsuccess = () => settle(opening.result);
    opening.onerror = () => settle(null);
  });
  const stored = async (name, act) => {
    const opened = await store;
    if (!opened) return undefined;
    return new Promise((settle, fail) => {
      const work = opened.transaction(name, "readwrite");
      const asked = act(work.objectStore(name));
      work.oncomplete = () => settle(asked.result);
      work.onerror = work.onabort = () => fail(work.error);
    });
  };

  let list = null, tag = "", people = new Map(), tickets = new Map();
  let queue = new Map(), connected = navigator.onLine, sending = null, closed = false, refused = "";
  const waiting = new Map();

  const unsent = () => [...queue.values()].filter((scan) => !scan.reason);
  const strokes = { ł: "l", ø: "o", đ: "d", ð: "d", ħ: "h", ŧ: "t", ı: "i", æ: "ae", œ: "oe", þ: "th" };
  const fold = (text) =>
    text.toLowerCase().normalize("NFKD").replace(/[łøđðħŧıæœþ]/g, (letter) => strokes[letter]).replace(/\p{M}/gu, "");
  const clock = (moment, options) => Number.isNaN(Date.parse(moment)) && typeof moment !== "number" ? ""
    : new Intl.DateTimeFormat("en-GB", { timeZone: zone, ...options }).format(new Date(moment));
  const hour = (moment) => clock(moment, { hour: "numeric", minute: "2-digit", hour12: false }).replace(/^0/, "");
  const day = (moment) => clock(moment, { dateStyle: "short" });
  const digest = async (text) => {
    const bytes = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return Array.from(new Uint8Array(bytes), (byte) => byte.toString(16).padStart(2, "0")).join("").slice(0, 32);
  };
  const mark = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");

  // The list.
  const take = (found) => {
    list = found;
    people = new Map(found.people.map((one) => [one.number, one]));
    tickets = new Map(found.people.map((one) => [one.ticket, one]));
    for (const scan of unsent()) apply(scan);
  };
  const forget = async () => {
    list = null;
    people = new Map();
    tickets = new Map();
    tag = "";
    if (self.caches) await (await caches.open("door")).delete(here);
    await stored("lists", (lists) => lists.delete(here));
  };
  const close = async () => {
    closed = true;
    await forget();
    $("found").replaceChildren();
    tell();
  };
  const isOver = () => list && Date.now() > Date.parse(list.expires_at);
  const load = async () => {
    try {
      const answer = await fetch(`${here}/list.json`, {
        headers: tag ? { "If-None-Match": tag } : {},
        signal: AbortSignal.timeout(PATIENCE * 3),
      });
      connected = answer.ok || answer.status === 304;
      if (answer.status === 404) return close();
      if (answer.status === 200) {
        tag = answer.headers.get("ETag") || "";
        const found = await answer.json();
        found.loaded = Date.now();
        take(found);
        await stored("lists", (lists) => lists.put(found, here));
      } else if (list && connected) list.loaded = Date.now();
    } catch {
      connected = false;
    }
    return tell();
  };

  // What became of somebody, as far as this device knows.
  const apply = (scan) => {
    const person = people.get(scan.number);
    if (!person) return scan.number || !scan.ticket ? "unknown" : "kept";
    if (scan.undo) {
      person.at = null;
      return "undone";
    }
    if (person.at && person.by !== scan.id) return day(person.at) === day(scan.at) ? "already" : "back";
    if (!person.at && person.state !== "confirmed") return person.state === "cancelled" ? "cancelled" : "waiting";
    Object.assign(person, { at: scan.at, door, by: scan.id });
    return "welcome";
  };
  const answerOf = (scan, kind) => {
    const person = people.get(scan.number) || { name: "", organisation: "", attendance: "" };
    return { ...person, id: scan.id, kind, registration_id: scan.number };
  };
  const sentence = (answer) => {
    if (answer.kind === "kept") {
      return ["wait", "Not on this device’s list", "The network is gone. The ticket is kept and judged when it is back; please send them to the secretariat."];
    }
    const parts = {
      name: answer.name,
      organisation: answer.organisation,
      door: answer.door,
      time: answer.at ? hour(answer.at) : "",
      day: answer.at ? clock(answer.at, { weekday: "long" }) : "",
      reason: answer.reason,
    };
    const [title, line] = (words[answer.kind] || words.unknown).map((text) => text.replace(/\{(\w+)\}/g, (_, name) => parts[name] || ""));
    const noted = answer.attendance === "online" && ["welcome", "expected"].includes(answer.kind);
    return [tones[answer.kind], title, `${line} ${noted ? root.dataset.online : ""}`.trim()];
  };
  const show = (answer, note = "") => {
    const [tone, title, line] = sentence(answer);
    const icon = $(`icon-${tone}`).content.cloneNode(true);
    const box = make("div", { className: `answer ${tone}` }, make("p", { className: "big" }, icon, make("span", { textContent: title })));
    for (const text of [line, note]) if (text) box.append(make("p", { textContent: text }));
    if (answer.at) box.append(button("Undo this check-in", () => see({ number: answer.registration_id, undo: true }), "small"));
    $("answer").replaceChildren(box);
    if (navigator.vibrate) navigator.vibrate(tone === "good" ? 80 : [80, 60, 80]);
  };
  const button = (text, press, size = "") => {
    const made = make("button", { type: "button", className: `button outline ${size}`, textContent: text });
    made.addEventListener("click", press);
    return made;
  };

  // Seen: stored first, then sent; the answer is the service's where it comes in time, else this device's.
  const see = async ({ ticket = "", number = null, undo = false, at = new Date().toISOString() }) => {
    if (closed) return;
    if (ticket && crypto.subtle) number = (tickets.get(await digest(ticket)) || {}).number || null;
    const scan = { id: mark(), at, ticket, number, undo, here };
    queue.set(scan.id, scan);
    await stored("queue", (kept) => kept.put(scan)).catch(() => {});
    const answered = new Promise((settle) => waiting.set(scan.id, settle));
    const timeout = new Promise((settle) => setTimeout(settle, connected && navigator.onLine ? PATIENCE : 0));
    send();
    const answer = await Promise.race([answered, timeout]);
    waiting.delete(scan.id);
    if (answer) show(answer);
    else if (!closed) {
      scan.shown = apply(scan);
      show(answerOf(scan, scan.shown), "Kept on this device; it is sent when the network is back.");
    }
    $("q").value = "";
    look();
    tell();
  };
  const send = () => {
    sending = sending || sendAll().finally(() => { sending = null; });
    return sending;
  };
  // What the service does not take as a whole is sent in halves, so that one of them holds up no other; a round ends after a few.
  const sendAll = async () => {
    const passed = new Set();
    let size = AT_ONCE;
    while (!closed && passed.size < FEW) {
      const batch = unsent().filter((scan) => !passed.has(scan.id)).slice(0, size);
      if (!batch.length) return;
      let answer, told;
      try {
        answer = await fetch(`${here}/uploads`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ sent_at: new Date().toISOString(), scans: batch.map(({ id, at, ticket, number, undo }) => ({ id, at, ticket, number: ticket ? null : number, undo })) }),
          signal: AbortSignal.timeout(PATIENCE * 3),
        });
        told = answer.ok ? [...(await answer.json()).answers] : [];
      } catch {
        connected = false;
        return;
      }
      if (answer.status === 404) return close();
      connected = answer.status <= 500 && answer.status !== 429;
      refused = answer.ok || !connected ? "" : String(answer.status);
      if (!connected) return;
      if (!answer.ok) {
        if (batch.length === 1) {
          passed.add(batch[0].id);
          queue.delete(batch[0].id);
          queue.set(batch[0].id, batch[0]);
        }
        size = Math.max(1, batch.length >> 1);
        continue;
      }
      size = Math.min(AT_ONCE, size * 2);
      for (const [place, scan] of batch.entries()) await settled(scan, told[place] || { kind: "refused", reason: NO_ANSWER });
      tell();
    }
  };
  const settled = async (scan, told) => {
    const person = people.get(told.registration_id);
    if (told.kind === "refused") await keep(scan, told.reason);
    else await drop(scan);
    if (person) Object.assign(person, { at: told.at, door: told.door, by: "" });
    if (waiting.has(scan.id)) waiting.get(scan.id)(told.kind === "refused" ? { ...answerOf(scan, "refused"), at: null, reason: told.reason } : told);
    else if (scan.shown !== told.kind && !["welcome", "undone", "refused"].includes(told.kind)) {
      const [, title, line] = sentence(told);
      $("differences").append(make("li", { textContent: `${title}. ${line} (seen here at ${hour(scan.at)})` }));
      $("differing").hidden = false;
    }
  };
  const drop = async (scan) => {
    queue.delete(scan.id);
    await stored("queue", (kept) => kept.delete(scan.id)).catch(() => {});
  };

  // What the service cannot take: kept with its reason and not sent any more, until somebody says what becomes of it.
  const keep = async (scan, reason) => {
    scan.reason = reason;
    await stored("queue", (kept) => kept.put(scan)).catch(() => {});
    listRefused();
  };
  const listRefused = () => {
    const lines = [...queue.values()].filter((scan) => scan.reason);
    $("refused").hidden = !lines.length;
    $("refusals").replaceChildren(...lines.map((scan) => {
      const number = scan.number || Number((scan.ticket || "").split("-")[1]) || "";
      const who = (people.get(number) || {}).name || (number ? `Number ${number}` : "Somebody"), seen = hour(scan.at);
      const item = make("li", {}, make("strong", { textContent: who }), `${scan.undo ? ", taken back" : ""}${seen && ` at ${seen}`}. ${scan.reason} `);
      item.append(make("div", { className: "actions" }, button("Try again", () => retry(scan), "small"), button("Remove", () => remove(scan), "small")));
      return item;
    }));
  };
  const retry = async (scan) => {
    if (closed) return;
    const { ticket, number, undo, at } = scan, seen = Number.isNaN(Date.parse(at)) ? {} : { at };
    await see({ ticket, number, undo, ...seen });
    await remove(scan);
  };
  const remove = async (scan) => {
    await drop(scan);
    listRefused();
    tell();
  };

  // Looking somebody up.
  const look = () => {
    const typed = $("q").value.trim(), wanted = fold(typed).split(/\s+/).filter(Boolean);
    const hits = !wanted.length ? [] : [...people.values()].filter((one) => {
      const text = fold(`${one.name} ${one.organisation}`);
      return typed === String(one.number) || wanted.every((word) => text.includes(word));
    });
    const far = new Map(hits.map((one) => [one, Number(!wanted.every((word) => fold(one.name).includes(word)))]));
    hits.sort((one, other) => far.get(one) - far.get(other) || one.name.localeCompare(other.name));
    $("found").replaceChildren(...hits.slice(0, SHOWN).map(line));
    $("none").hidden = !list || !wanted.length || hits.length > 0;
    $("more").hidden = hits.length <= SHOWN;
  };
  const line = (one) => {
    const text = make("div", {}, make("strong", { textContent: one.name }), " ");
    text.append(make("span", { className: "muted", textContent: [one.number, one.organisation].filter(Boolean).join(", ") }));
    const state = one.at ? ["Checked in", "wait"]
      : one.state === "cancelled" ? ["Cancelled", "wrong"]
      : one.state !== "confirmed" ? ["Waiting list", "wrong"]
      : one.attendance === "online" ? ["Online", "plain"] : null;
    if (state) text.append(make("br"), make("span", { className: `badge ${state[1]}`, textContent: state[0] }));
    const item = make("li", {}, text);
    if (one.at || one.state === "confirmed") item.append(button("Check in", () => see({ number: one.number })));
    return item;
  };
  const tell = () => {
    const left = unsent().length, stuck = queue.size - left;
    const waits = (left ? ` ${left} ${left === 1 ? "check-in waits" : "check-ins wait"} to be sent.` : "")
      + (stuck ? ` ${stuck} could not be taken: see below.` : "");
    const loaded = list ? `The list of ${hour(list.loaded)} has ${list.people.length} people.` : "There is no list on this device yet.";
    $("line").textContent = closed
      ? `This door is closed, and its list is gone from this device.${waits && ` ${queue.size} were not sent: open the next link on this device, and they are.`}`
      : refused && left
        ? `The service does not take what this device sent (${refused}). Nothing is lost: keep this page, go on, and tell the secretariat.${waits}`
        : `${connected ? "The network is here." : "No network: this page goes on working."} ${loaded}${waits}`;
  };

  $("search").addEventListener("submit", (event) => {
    const typed = $("q").value.trim().toUpperCase();
    if (TICKET.test(typed)) {
      event.preventDefault();
      see({ ticket: typed });
    } else if (list) {
      event.preventDefault();
      look();
    }
  });
  $("q").addEventListener("input", () => { if (list) look(); });
  $("leave").addEventListener("submit", async (event) => {
    event.preventDefault();
    await send();
    if (queue.size) {
      tell();
      return;
    }
    await forget();
    event.target.submit();
  });

  // The camera.
  let stream = null, last = ["", 0];
  const detector = async () => {
    if ("BarcodeDetector" in self && (await BarcodeDetector.getSupportedFormats()).includes("qr_code")) {
      const native = new BarcodeDetector({ formats: ["qr_code"] });
      return async (video) => ((await native.detect(video))[0] || {}).rawValue;
    }
    const { default: decode } = await import(reader), canvas = make("canvas");
    const ink = canvas.getContext("2d", { willReadFrequently: true });
    return async (video) => {
      const scale = Math.min(1, 720 / Math.max(video.videoWidth, video.videoHeight));
      canvas.width = video.videoWidth * scale;
      canvas.height = video.videoHeight * scale;
      ink.drawImage(video, 0, 0, canvas.width, canvas.height);
      try {
        return decode(ink.getImageData(0, 0, canvas.width, canvas.height));
      } catch {
        return undefined;
      }
    };
  };
  const watch = async () => {
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const video = $("video"), read = await detector();
      video.srcObject = stream;
      $("camera").hidden = false;
      await video.play();
      while (stream) {
        const code = video.videoWidth ? await read(video) : "";
        if (code && (code !== last[0] || Date.now() - last[1] > SAME_CODE)) {
          last = [code, Date.now()];
          if (TICKET.test(code)) await see({ ticket: code });
          else show({ kind: "unknown" });
          last[1] = Date.now();
        }
        await new Promise((settle) => setTimeout(settle, 120));
      }
    } catch {
      stop();
      $("line").textContent = "The camera cannot be used. Allow it in the browser’s settings, or look people up by name.";
    }
  };
  const stop = () => {
    for (const track of stream ? stream.getTracks() : []) track.stop();
    stream = null;
    $("camera").hidden = true;
  };
  $("stop").addEventListener("click", stop);
  if (navigator.mediaDevices && navigator.mediaDevices.getUserMedia) {
    $("scan").hidden = false;
    $("scan").addEventListener("click", watch);
  }

  // Without a network this very page opens again.
  const keepPage = async () => {
    if (!navigator.serviceWorker) return;
    await navigator.serviceWorker.register("/doors/sw.js");
    const ready = await navigator.serviceWorker.ready;
    const parts = [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon]")].map((one) => one.href);
    const scripts = [...document.scripts].map((one) => one.src).filter(Boolean);
    const own = "BarcodeDetector" in self ? [] : [reader, ...readerParts];
    ready.active.postMessage({ keep: [here, ...parts, ...scripts, ...own] });
  };
  if (navigator.serviceWorker) {
    navigator.serviceWorker.addEventListener("message", () => { root.dataset.kept = "yes"; });
  }

  const begin = async () => {
    const doors = (await stored("lists", (lists) => lists.getAllKeys())) || [];
    for (const scan of (await stored("queue", (kept) => kept.getAll())) || []) {
      // Also what a door that is gone from this device could not send any more.
      if (scan.here === here || !doors.includes(scan.here)) queue.set(scan.id, scan);
    }
    const found = await stored("lists", (lists) => lists.get(here));
    if (found) take(found);
    if (isOver()) await close();
    listRefused();
    tell();
    await load();
    listRefused();
    await send();
    tell();
    keepPage();
    root.dataset.ready = "yes";
  };
  const again = async () => {
    if (isOver()) return close();
    await send();
    return load();
  };
  addEventListener("online", again);
  addEventListener("offline", () => { connected = false; tell(); });
  setInterval(again, EVERY);
  begin();
})();
