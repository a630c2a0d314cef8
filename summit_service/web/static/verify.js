// Checks the bundle of a published statement: the browser's own cryptography, no library, nothing shared with the publisher.
"use strict";
(() => {
  const HASH = /^[0-9a-f]{64}$/;
  const MOMENT = /^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$/;
  const PEM = /^-----BEGIN PUBLIC KEY-----\n[A-Za-z0-9+/]{59}=\n-----END PUBLIC KEY-----\n$/;
  const RECORD = /^[0-9a-f]{32}$/;
  const ROLE = /^(authoritative|equally_authentic)$/;
  const CAPACITY = /^(organisation|personal)$/;
  const SPKI = "302a300506032b6570032100";
  const NEEDED = ["manifest.json", "manifest.json.sig", "publisher.pem", "keys.json", "VERIFY.txt"];
  const STAMP = "manifest.json.sig.tsr", AUTHORITY = "timestamp-authority.pem";
  const LARGEST = 64000000;

  class Invalid extends Error {}
  class Incomplete extends Error {}
  class Unable extends Error {}
  const must = (holds, sentence) => { if (!holds) throw new Invalid(sentence); };

  // Bytes.
  const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  const utf8 = (text) => new TextEncoder().encode(text);
  const sha256 = async (bytes) => hex(new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)));
  const same = (one, other) => one.length === other.length && one.every((byte, at) => byte === other[at]);
  const decode = (bytes, name) => {
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
    } catch {
      throw new Invalid(`${name} is not UTF-8.`);
    }
  };

  // RFC 8785 for strings, whole numbers, booleans, null, lists and objects.
  const jcs = (value) => {
    if (value === null || typeof value === "boolean") return String(value);
    if (typeof value === "string") {
      must(value.isWellFormed(), "A string is not Unicode.");
      return JSON.stringify(value);
    }
    if (typeof value === "number") {
      must(Number.isSafeInteger(value), "A number is not whole, or too large.");
      return String(value);
    }
    if (Array.isArray(value)) return `[${value.map(jcs).join(",")}]`;
    return `{${Object.keys(value).sort().map((key) => `${jcs(key)}:${jcs(value[key])}`).join(",")}}`;
  };
  const equal = (one, other) => one !== undefined && other !== undefined && jcs(one) === jcs(other);
  const canonicalJson = (bytes, name) => {
    let value, again;
    try {
      value = JSON.parse(decode(bytes, name));
      again = jcs(value);
    } catch {
      throw new Invalid(`${name} cannot be read: it is not canonical JSON.`);
    }
    must(same(utf8(again), bytes) && again.normalize("NFC") === again, `${name} is not in its canonical form.`);
    return value;
  };

  // A shape is a type's name, a pattern, an object of shapes, a list of one shape, or any of several.
  const any = (...shapes) => ({ anyOf: shapes });
  class Parts { constructor(parts) { this.parts = parts; } }
  const parts = (given) => new Parts(given);
  const fits = (value, shape) => {
    if (shape instanceof RegExp) return typeof value === "string" && shape.test(value);
    if (Array.isArray(shape)) return Array.isArray(value) && value.every((part) => fits(part, shape[0]));
    if (shape instanceof Parts) {
      if (!fits(value, "object")) return false;
      const keys = Object.keys(shape.parts);
      return Object.keys(value).length === keys.length &&
        keys.every((key) => Object.hasOwn(value, key) && fits(value[key], shape.parts[key]));
    }
    if (shape.anyOf) return shape.anyOf.some((one) => fits(value, one));
    if (shape === "null") return value === null;
    if (shape === "int") return Number.isSafeInteger(value) && value >= 0;
    if (shape === "object") return typeof value === "object" && value !== null && !Array.isArray(value);
    return typeof value === shape;
  };

  const SHARE = any("null", parts({ count: "int" }), parts({ num: "int", den: "int" }));
  const COUNTS = {
    eligible: "int", waived: "int", asked: "int", signed: "int", personal: "int", declined: "int",
    changes_requested: "int", unanswered: "int", satisfied: "boolean", sentence: "string",
  };
  const TALLY = any(parts(COUNTS), parts({ ...COUNTS, deemed: "int", undeliverable: "int" }));
  const RULE = {
    basis: /^(eligible|responding)$/, counted_as_declined: [/^(declined|changes_requested)$/],
    least_signed: SHARE, most_declined: SHARE, preset: "string", silence: /^no_answer$/,
  };
  const SILENCE = { silence: /^deemed_assent$/, silence_days: "int" };
  const BLOCKING = { blocking: ["string"] };
  const FREE = [BLOCKING, { late_days: "int" }, { early_end_days: "int" }, { consultation_days: "int" }];
  const POLICY = any(...FREE.reduce(
    (rules, part) => rules.flatMap((rule) => [rule, { ...rule, ...part }]), [RULE, { ...RULE, ...SILENCE }],
  ).map(parts));
  const LINE = {
    capacity: CAPACITY, country: "string", entry_sha256: HASH, organisation: "string", organisation_id: "int",
    record: RECORD, seq: "int", signatory: "string", signed_at: MOMENT,
  };
  const CORRECTED_LINE = {
    ...LINE, corrected: any("null", parts({ at: MOMENT, entry_sha256: HASH, seq: "int" })),
  };
  const FIRST = {
    chain: parts({
      domain: "string", head: HASH,
      entries: [any(parts({ body_sha256: HASH, entry_sha256: HASH, seq: "int" }),
        parts({ body: "object", entry_sha256: HASH, seq: "int" }))],
    }),
    closes_at: MOMENT,
    eligible: [parts({ country: "string", name: "string", organisation: "int", waived: "boolean" })],
    files: [parts({ file: "string", sha256: HASH })],
    format: /^summit-statement-manifest\/1$/,
    key_id: HASH, n: "int", network: "string", policy: POLICY, previous: any("null", HASH),
    published_at: MOMENT, signatures: [parts(LINE)],
    statement: parts({ address: "string", slug: "string", title: "string" }),
    tally: TALLY,
    text_set: parts({ content: [parts({ lang: "string", role: ROLE, sha256: HASH })], sha256: HASH }),
    texts: [parts({
      bytes: "int", file: /^statement\.[A-Za-z0-9-]+\.txt$/, lang: "string", role: ROLE, sha256: HASH,
    })],
  };
  // The second format tells who raised no objection and how signing ended, and may have names that were corrected.
  const SECOND = {
    ...FIRST,
    ended: parts({ at: MOMENT, by: /^(deadline|everybody_answered|hand)$/ }),
    format: /^summit-statement-manifest\/2$/,
    no_objection: [parts({ country: "string", name: "string", organisation: "int" })],
    signatures: [parts(CORRECTED_LINE)],
  };
  // A manifest after the first tells what has happened since publication.
  const later = (whole) => ({
    ...whole,
    after: parts({
      errata: [parts({ at: MOMENT, entry_sha256: HASH, seq: "int", text: "string" })],
      joined: whole.signatures,
      superseded_by: any("null", parts({ address: "string", at: MOMENT, entry_sha256: HASH, seq: "int", title: "string" })),
      withdrew: [parts({
        entry_sha256: HASH, organisation: "string", organisation_id: "int", record: RECORD, seq: "int",
        signature: RECORD, withdrew_at: MOMENT,
      })],
    }),
    issued_at: MOMENT,
  });
  const MANIFEST = any(parts(later(FIRST)), parts(later(SECOND)), parts(FIRST), parts(SECOND));
  const isSecond = (manifest) => manifest.format.endsWith("/2");
  const FROZEN_TEXT = parts({ lang: "string", n: "int", role: ROLE, sha256: HASH });
  const KEYS = parts({
    format: /^summit-publisher-keys\/1$/,
    keys: [parts({
      algorithm: /^Ed25519$/, key_id: HASH, public_key: PEM, valid_from: MOMENT, valid_until: any("null", MOMENT),
    })],
  });
  const RECORD_OF = {
    answer: /^(signed|reaffirmed)$/, at: MOMENT, attestation_sha256: HASH, capacity: CAPACITY, commitment: HASH,
    kind: /^response$/, late: "boolean", method: /^mailed_link$/, organisation: "string",
    organisation_id: "int", record: RECORD, salt: RECORD, signatory: "string", signed_at: MOMENT, text_set: HASH,
  };
  const RESPONSE = parts(RECORD_OF);
  const CORRECTION = parts({
    at: MOMENT, commitment: HASH, kind: /^line_corrected$/, of: RECORD, organisation_id: "int", record: RECORD, salt: RECORD,
    signatory: "string", text_set: HASH,
  });
  const TAKEN_BACK = parts({
    ...RECORD_OF, answer: /^withdrawn$/, method: /^(mailed_link|recorded_by_secretariat)$/,
  });
  const SINCE = {
    erratum: parts({ at: MOMENT, kind: "string", salt: RECORD, text: "string" }),
    reissued: parts({ at: MOMENT, kind: "string", n: "int", previous: HASH, salt: RECORD }),
    response: any(RESPONSE, TAKEN_BACK),
    superseded: parts({ address: "string", at: MOMENT, kind: "string", salt: RECORD, title: "string" }),
  };

  // Keys and the publisher's signature.
  const rawKey = (pem, name) => {
    const refusal = `${name} is not an Ed25519 public key in PEM.`;
    must(PEM.test(pem), refusal);
    const der = Uint8Array.from(atob(pem.split("\n")[1]), (sign) => sign.charCodeAt(0));
    must(der.length === 44 && hex(der).startsWith(SPKI), refusal);
    return der;
  };
  const signatureFits = async (der, signature, message) => {
    let key;
    try {
      key = await crypto.subtle.importKey("raw", der.slice(12), "Ed25519", false, ["verify"]);
    } catch (fault) {
      if (fault.name === "NotSupportedError") throw new Unable("This browser cannot check Ed25519 signatures.");
      return false;
    }
    return crypto.subtle.verify("Ed25519", key, signature, message);
  };
  const checkSignature = async (manifest, files) => {
    const der = rawKey(decode(files["publisher.pem"], "publisher.pem"), "publisher.pem");
    must(await sha256(der) === manifest.key_id, "publisher.pem is not the key that the manifest names.");
    must(await signatureFits(der, files["manifest.json.sig"], files["manifest.json"]),
      "The publisher's signature does not fit the manifest.");
  };
  const keyList = async (bytes) => {
    const list = canonicalJson(bytes, "keys.json");
    must(fits(list, KEYS), "keys.json does not have the parts that it should have.");
    for (const key of list.keys) {
      const right = await sha256(rawKey(key.public_key, "keys.json"));
      must(right === key.key_id, "A key in keys.json does not have its fingerprint.");
    }
    return list.keys;
  };
  const signedAt = (manifest) => manifest.issued_at ?? manifest.published_at;
  const checkKeys = async (manifest, files) => {
    const mine = (await keyList(files["keys.json"])).filter((key) => key.key_id === manifest.key_id);
    must(mine.length === 1, "keys.json does not name the key that signed.");
    must(mine[0].public_key === decode(files["publisher.pem"], "publisher.pem"), "keys.json has another key.");
    must(mine[0].valid_until === null || signedAt(manifest) <= mine[0].valid_until, "The key was no longer valid.");
  };

  // Files and texts.
  const copiesOf = (manifest) => manifest.texts.map((line) => `statement.${line.lang}.pdf`);
  const checkFiles = async (manifest, files) => {
    const named = manifest.files.map((line) => line.file), copies = copiesOf(manifest).filter((name) => named.includes(name));
    const wanted = [...new Set(["publisher.pem", "keys.json", "VERIFY.txt", ...manifest.texts.map((t) => t.file), ...copies])].sort();
    must(equal(named, wanted), "The manifest does not name the files that belong to it.");
    const allowed = new Set([...wanted, "manifest.json", "manifest.json.sig", STAMP, AUTHORITY]);
    must(Object.keys(files).every((name) => allowed.has(name)), "There is a file that does not belong there.");
    for (const line of manifest.files) {
      must(await sha256(files[line.file]) === line.sha256, `${line.file} was changed.`);
    }
  };
  const isCanonicalText = (text) =>
    text === text.normalize("NFC") && !/^\ufeff|\r|[ \t]\n|\n\n$/.test(text) && text.endsWith("\n");
  const checkTexts = async (manifest, files) => {
    must(manifest.texts.length > 0, "There is no text.");
    for (const line of manifest.texts) {
      const bytes = files[line.file];
      must(line.file === `statement.${line.lang}.txt`, `${line.file} is not named by its language.`);
      must(await sha256(bytes) === line.sha256, `${line.file} is not the text that was signed.`);
      must(bytes.length === line.bytes, `${line.file} is longer or shorter than the manifest says.`);
      must(isCanonicalText(decode(bytes, line.file)), `${line.file} is not in the form that is signed.`);
    }
    const names = manifest.texts.map((line) => line.file);
    must(new Set(names).size === names.length, "A language is there twice.");
    must(equal(names, [...names].sort()), "The texts are not in their order.");
    const content = manifest.texts.map(({ lang, role, sha256: hash }) => ({ lang, role, sha256: hash }));
    content.sort((one, other) => (one.lang < other.lang ? -1 : 1));
    must(equal(manifest.text_set.content, content), "The text set is not made of these texts.");
    must(await sha256(utf8(jcs(content))) === manifest.text_set.sha256, "The text set does not have its hash.");
  };

  // The chain and what it tells.
  const checkChain = async (manifest) => {
    const { domain, entries, head } = manifest.chain;
    must(domain === `summit-statement-ledger/1:${manifest.statement.slug}`, "The chain is another statement's.");
    let prev = "0".repeat(64);
    for (const [index, entry] of entries.entries()) {
      const seq = index + 1;
      must(entry.seq === seq, `Entry ${seq} of the chain is missing or out of its place.`);
      const body = entry.body ? await sha256(utf8(jcs(entry.body))) : entry.body_sha256;
      const found = await sha256(utf8(jcs({ domain, seq, prev, body_sha256: body })));
      must(found === entry.entry_sha256, `Entry ${seq} of the chain was changed.`);
      prev = entry.entry_sha256;
    }
    must(prev === head, "The head of the chain is not its last entry.");
  };
  const untilPublication = (manifest) => {
    const shown = manifest.chain.entries.filter((entry) => entry.body);
    const end = shown.findIndex((entry) => entry.body.kind === "published");
    return end < 0 ? shown : shown.slice(0, end + 1);
  };
  const checkStory = (manifest) => {
    const shown = untilPublication(manifest);
    const kinds = shown.map((entry) => entry.body.kind);
    const misplaced = "The chain does not tell freezing, signing, adoption and publication in their order.";
    must(kinds.length >= 4, misplaced);
    const steps = [...kinds.slice(0, 2), ...kinds.slice(-2)].join(" ");
    must(steps === "frozen signing adopted published", misplaced);
    const between = kinds.slice(2, -2), corrected = between.indexOf("line_corrected");
    must(between.every((kind) => kind === "response" || (kind === "line_corrected" && isSecond(manifest))), misplaced);
    must(corrected < 0 || !between.slice(corrected).includes("response"), "A name was corrected before signing had ended.");
    const [frozen, opened, adopted, published] = [shown[0], shown[1], shown.at(-2), shown.at(-1)].map((e) => e.body);
    must(frozen.title === manifest.statement.title, "The title is not the one that was frozen.");
    must(fits(frozen.texts, [FROZEN_TEXT]), "The chain does not list the texts that were frozen.");
    const listed = (lines) => lines.map(({ lang, role, sha256: hash }) => jcs([lang, role, hash])).sort();
    must(equal(listed(frozen.texts), listed(manifest.texts)), "The texts are not the ones that were frozen.");
    must([frozen, opened, published].every((body) => body.text_set === manifest.text_set.sha256),
      "The text that was frozen, signed and published is not one and the same.");
    for (const part of ["policy", "eligible", "closes_at"]) {
      must(equal(opened[part], manifest[part]), `The chain has another ${part} than the manifest.`);
    }
    must(equal(adopted.tally, manifest.tally) && equal(published.tally, manifest.tally), "The chain has another tally.");
    must(published.at === manifest.published_at, "The chain has another time of publication.");
    return shown.slice(2, -2);
  };
  const membersOf = (manifest) => new Map(manifest.eligible.map((member) => [member.organisation, member]));
  const lineOf = (manifest, members, entry) => {
    const { body } = entry;
    const member = members.get(body.organisation_id);
    must(member && !member.waived && member.name === body.organisation, `${body.organisation} was not asked to sign.`);
    must(body.text_set === manifest.text_set.sha256, "A signature is for another text.");
    return {
      ...(isSecond(manifest) ? { corrected: null } : {}),
      capacity: body.capacity, country: member.country, entry_sha256: entry.entry_sha256,
      organisation: body.organisation, organisation_id: body.organisation_id, record: body.record,
      seq: entry.seq, signatory: body.signatory, signed_at: body.signed_at,
    };
  };
  const checkSignatures = (manifest, entries) => {
    const members = membersOf(manifest);
    must(members.size === manifest.eligible.length, "An organisation is on the list twice.");
    const lines = entries.filter((entry) => entry.body.kind === "response").map((entry) => {
      const { body } = entry;
      must(fits(body, RESPONSE), "A record does not have the parts that it should have.");
      must(body.signed_at === body.at && body.at < manifest.closes_at && !body.late, "A signature is late.");
      return lineOf(manifest, members, entry);
    });
    for (const { body, entry_sha256, seq } of entries.filter((entry) => entry.body.kind === "line_corrected")) {
      must(fits(body, CORRECTION), "A correction does not have the parts that it should have.");
      const line = lines.find((one) => one.record === body.of);
      must(line && line.organisation_id === body.organisation_id, "A correction is of no signature.");
      must(body.text_set === manifest.text_set.sha256, "A correction is for another text.");
      Object.assign(line, { signatory: body.signatory, corrected: { at: body.at, entry_sha256, seq } });
    }
    must(equal(lines, manifest.signatures), "The signatures are not those in the chain.");
    for (const key of ["organisation_id", "record"]) {
      must(new Set(lines.map((line) => line[key])).size === lines.length, "Somebody signs twice.");
    }
  };

  // The count. Products stay exact: shares are far below 2^53.
  const satisfies = (policy, tally) => {
    const against = [...new Set(policy.counted_as_declined)].reduce((sum, kind) => sum + tally[kind], 0);
    const assenting = tally.signed + (tally.deemed ?? 0);
    const basis = policy.basis === "eligible" ? tally.asked : assenting + tally.declined + tally.changes_requested;
    const { least_signed: least, most_declined: most } = policy;
    const big = BigInt;
    const enough = least === null ||
      ("count" in least ? assenting >= least.count
        : assenting > 0 && big(assenting) * big(least.den) >= big(least.num) * big(basis));
    const peaceful = most === null ||
      ("count" in most ? against <= most.count : big(against) * big(most.den) <= big(most.num) * big(basis));
    return enough && peaceful;
  };
  const checkTally = (manifest) => {
    const { tally, eligible, signatures } = manifest;
    const waived = eligible.filter((member) => member.waived).length;
    const by = (capacity) => signatures.filter((line) => line.capacity === capacity).length;
    const right = {
      eligible: eligible.length, waived, asked: eligible.length - waived,
      signed: by("organisation"), personal: by("personal"),
    };
    for (const [key, number] of Object.entries(right)) must(tally[key] === number, `The tally has another “${key}”.`);
    const answered = tally.signed + tally.personal + tally.declined + tally.changes_requested;
    must(answered + tally.unanswered === tally.asked, "The tally does not add up.");
    const isSilenceCounted = manifest.policy.silence === "deemed_assent";
    must(("deemed" in tally) === isSilenceCounted, "The tally and the policy disagree about silence.");
    must(!isSilenceCounted || tally.deemed + tally.undeliverable <= tally.unanswered,
      "The tally has more silent members than there are.");
    const end = untilPublication(manifest).at(-1).seq;
    const withheld = manifest.chain.entries.slice(0, end).filter((entry) => !entry.body).length;
    must(tally.declined + tally.changes_requested <= withheld, "The tally has more objections than records.");
    must(tally.satisfied && tally.sentence === "The policy is satisfied.", "It was not adopted.");
    must(satisfies(manifest.policy, tally), "The counts do not satisfy the policy.");
  };

  // Who raised no objection, and how signing ended: as the entry of the adoption says, and as the policy lets it.
  const checkOutcome = (manifest) => {
    if (!isSecond(manifest)) return;
    const shown = untilPublication(manifest), { ended, no_objection: told, policy, signatures, closes_at: closes } = manifest;
    const opened = shown[1].body, adopted = shown.at(-2).body, silent = adopted.no_objection;
    must(fits(silent, ["int"]), "The chain does not list who raised no objection.");
    const named = manifest.eligible.filter((member) => silent.includes(member.organisation))
      .map(({ country, name, organisation }) => ({ country, name, organisation }));
    must(equal(told, named) && told.length === silent.length, "The chain names others who raised no objection.");
    must(told.length === (manifest.tally.deemed ?? 0), "The tally has another number of silent members.");
    const others = [...signatures.map((line) => line.organisation_id),
      ...manifest.eligible.filter((member) => member.waived).map((member) => member.organisation)];
    must(!others.some((one) => silent.includes(one)), "Somebody who signed, or was waived, is told as silent.");
    must(equal(adopted.ended, ended), "The chain has another end of signing.");
    must(String(opened.at) <= ended.at && ended.at <= String(adopted.at) && ended.at <= closes,
      "Signing ended at a time when it cannot have.");
    must((ended.by === "deadline") === (ended.at === closes), "Signing ended otherwise than it is told.");
    must(!signatures.some((line) => line.signed_at > ended.at), "Somebody signed after the end.");
    must(!signatures.some((line) => line.corrected && line.corrected.at < ended.at),
      "A name was corrected before signing had ended.");
    if (ended.by !== "hand") return;
    must("early_end_days" in policy, "Signing was ended by hand, which the policy does not allow.");
    must(Date.parse(opened.at) + policy.early_end_days * 86400000 <= Date.parse(ended.at),
      "Signing was ended sooner than the policy allows.");
  };

  // What has happened since publication, as the chain tells it and the manifest must.
  const checkSince = (manifest) => {
    const { entries } = manifest.chain, { n } = manifest;
    const end = untilPublication(manifest).at(-1).seq;
    must(n >= 1 && (n === 1) === (manifest.previous === null), "The manifest before is not told.");
    must((n === 1) === !("after" in manifest), "It does not tell what happened since publication.");
    if (n === 1) return must(end === entries.length, "The chain goes on after publication.");
    const since = entries.slice(end).filter((entry) => entry.body);
    const foreign = (entry) => !Object.hasOwn(SINCE, entry.body.kind) || !fits(entry.body, SINCE[entry.body.kind]);
    must(!since.some(foreign), "An entry of the chain does not belong after publication.");
    const of = (kind) => since.filter((entry) => entry.body.kind === kind);
    const issues = of("reissued"), last = issues.at(-1);
    must(issues.length === n - 1 && issues.every((entry, at) => entry.body.n === at + 2),
      "A manifest before this one is missing in the chain.");
    must(last.seq === entries.length, "The chain goes on after this manifest.");
    must(last.body.previous === manifest.previous && last.body.at === manifest.issued_at,
      "The chain announces another manifest than this one.");
    must(manifest.published_at <= manifest.issued_at, "It was issued before it was published.");
    const told = (entry, ...keys) => Object.fromEntries([
      ...["at", ...keys].map((key) => [key, entry.body[key]]), ["entry_sha256", entry.entry_sha256], ["seq", entry.seq],
    ]);
    const replaced = of("superseded").map((entry) => told(entry, "address", "title"));
    must(replaced.length <= 1, "The statement was superseded twice.");
    const after = {
      ...changesOf(manifest, of("response")), errata: of("erratum").map((entry) => told(entry, "text")),
      superseded_by: replaced[0] ?? null,
    };
    must(equal(after, manifest.after), "What happened since publication is not what the chain tells.");
  };
  const changesOf = (manifest, responses) => {
    const members = membersOf(manifest);
    const standing = new Map(manifest.signatures.map((line) => [line.organisation_id, line.record]));
    const records = new Set(standing.values()), joined = [], withdrew = [];
    const days = manifest.policy.late_days ?? 0, end = Date.parse(manifest.closes_at) + days * 86400000;
    for (const entry of responses) {
      const { body } = entry, who = body.organisation_id, line = lineOf(manifest, members, entry);
      must(body.late && body.at === body.signed_at, "An answer after publication is not marked.");
      must(!records.has(body.record), "Somebody signs twice.");
      records.add(body.record);
      if (body.answer === "withdrawn") {
        must(standing.has(who), "Somebody withdraws who has not signed.");
        withdrew.push({
          entry_sha256: entry.entry_sha256, organisation: body.organisation, organisation_id: who,
          record: body.record, seq: entry.seq, signature: standing.get(who), withdrew_at: body.at,
        });
        standing.delete(who);
      } else {
        must(!standing.has(who), "Somebody signs twice.");
        must(days && manifest.published_at <= body.at && Date.parse(body.at) < end, "Somebody joined when nobody could.");
        standing.set(who, body.record);
        joined.push(line);
      }
    }
    return { joined, withdrew };
  };

  // A timestamp (RFC 3161) is for this signature. Who gave it, and when, is for openssl: see VERIFY.txt.
  const checkStamp = async (files) => {
    must((STAMP in files) === (AUTHORITY in files), "A timestamp and the certificate of its authority come together.");
    if (!(STAMP in files)) return;
    const token = hex(files[STAMP]), hash = await sha256(files["manifest.json.sig"]);
    must(token.includes(`0420${hash}`), "The timestamp is for something else.");
    must(/^-----BEGIN CERTIFICATE-----\n/.test(decode(files[AUTHORITY], AUTHORITY)), "The authority's certificate cannot be read.");
  };

  // The zip as the publisher makes it, and no other: it is made again and compared.
  const crcTable = Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit += 1) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
    return value >>> 0;
  });
  const crc32 = (bytes) => (bytes.reduce((sum, byte) => crcTable[(sum ^ byte) & 255] ^ (sum >>> 8), ~0) ^ ~0) >>> 0;
  const little = (...fields) => fields.flatMap(([value, size]) =>
    Array.from({ length: size }, (_, at) => Math.floor(value / 256 ** at) % 256));
  const zipOf = (files) => {
    const body = [], index = [];
    let at = 0, indexSize = 0;
    for (const name of Object.keys(files).sort()) {
      const data = files[name], raw = utf8(name), size = data.length;
      const facts = [[0, 2], [0, 2], [0, 2], [33, 2], [crc32(data), 4], [size, 4], [size, 4], [raw.length, 2], [0, 2]];
      const place = [[0, 2], [0, 2], [0, 2], [0o100644 * 65536, 4], [at, 4]];
      index.push(little([0x02014b50, 4], [3 * 256 + 20, 2], [20, 2], ...facts, ...place), raw);
      body.push(little([0x04034b50, 4], [20, 2], ...facts), raw, data);
      at += 30 + raw.length + size;
      indexSize += 46 + raw.length;
    }
    const count = Object.keys(files).length;
    const end = little([0x06054b50, 4], [0, 2], [0, 2], [count, 2], [count, 2], [indexSize, 4], [at, 4], [0, 2]);
    const all = [...body, ...index, end], whole = new Uint8Array(at + indexSize + 22);
    let place = 0;
    for (const part of all) { whole.set(part, place); place += part.length; }
    return whole;
  };
  const readZip = (bytes) => {
    must(bytes.length <= LARGEST, "The zip is larger than any bundle.");
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const files = Object.create(null);
    let at = 0;
    while (at + 30 <= bytes.length && view.getUint32(at, true) === 0x04034b50) {
      const start = at + 30 + view.getUint16(at + 26, true), end = start + view.getUint32(at + 18, true);
      must(end <= bytes.length, "The zip is cut off.");
      const name = String.fromCharCode(...bytes.subarray(at + 30, start));
      must(/^[\x20-\x7e]+$/.test(name) && !(name in files), "The zip has a name that no bundle has, or one twice.");
      files[name] = bytes.slice(start, end);
      at = end;
    }
    must(at > 0 && same(zipOf(files), bytes), "This is not a zip as the publisher makes it. Unpack it and give its files.");
    return files;
  };

  const need = (files, names) => {
    const missing = names.filter((name) => !(name in files));
    if (missing.length) throw new Incomplete(`Missing: ${missing.join(", ")}.`);
  };
  const checkAll = async (files) => {
    need(files, NEEDED);
    const manifest = canonicalJson(files["manifest.json"], "manifest.json");
    must(fits(manifest, MANIFEST), "manifest.json does not have the parts that it should have.");
    need(files, manifest.texts.map((line) => line.file));
    const named = new Set(manifest.files.map((line) => line.file));
    need(files, copiesOf(manifest).filter((name) => named.has(name)));
    await checkSignature(manifest, files);
    await checkFiles(manifest, files);
    await checkKeys(manifest, files);
    await checkTexts(manifest, files);
    await checkChain(manifest);
    checkSignatures(manifest, checkStory(manifest));
    checkTally(manifest);
    checkOutcome(manifest);
    checkSince(manifest);
    await checkStamp(files);
    return manifest;
  };

  // files: names and bytes, or the bytes of a zip. trusted: lines of a keys.json. Fails closed.
  const verify = async (given, trusted) => {
    try {
      const files = given instanceof Uint8Array ? readZip(given) : Object.assign(Object.create(null), given);
      const manifest = await checkAll(files);
      const pem = decode(files["publisher.pem"], "publisher.pem");
      const known = trusted.some((key) => key.public_key === pem &&
        (key.valid_until === null || signedAt(manifest) <= key.valid_until));
      const facts = { manifest, stamped: STAMP in files };
      return known
        ? { verdict: "valid", sentence: "The bundle is valid.", ...facts }
        : { verdict: "untrusted", sentence: "The bundle agrees with itself, but was signed by a key that is not trusted.", ...facts };
    } catch (fault) {
      if (fault instanceof Incomplete || fault instanceof Unable) return { verdict: "incomplete", sentence: fault.message };
      return { verdict: "invalid", sentence: fault instanceof Invalid ? fault.message : "The bundle cannot be read." };
    }
  };
  window.summitVerify = { verify, keyList };

  // The page.
  const place = document.getElementById("checker");
  if (!place) return;
  const result = document.getElementById("check-result");
  const WORDS = {
    valid: "It is valid.", invalid: "It is not valid.", incomplete: "It could not be checked.",
    untrusted: "Its key is not trusted.",
  };
  const add = (tag, text) => {
    const element = document.createElement(tag);
    element.textContent = text;
    result.append(element);
  };
  const show = ({ verdict, sentence, manifest, stamped }) => {
    result.replaceChildren();
    result.dataset.verdict = verdict;
    add("h3", WORDS[verdict]);
    add("p", sentence);
    if (!manifest) return;
    const { tally } = manifest;
    add("p", `“${manifest.statement.title}”, published ${manifest.published_at}. ` +
      `${tally.signed} of ${tally.asked} asked have signed; ${tally.personal} in a personal capacity.`);
    if (manifest.after) {
      const { joined, withdrew } = manifest.after;
      add("p", `Manifest ${manifest.n}, of ${manifest.issued_at}: since publication ${joined.length} joined and ` +
        `${withdrew.length} withdrew.`);
    }
    if (stamped) add("p", "A timestamp of the signature is in it; who gave it, and when, openssl tells: see VERIFY.txt.");
    add("p", `Signed by the key ${manifest.key_id}. Last record: ${manifest.chain.head}.`);
  };
  const bytesOf = async (address) => {
    const answer = await fetch(address, { cache: "no-store" });
    if (!answer.ok) throw new Incomplete(`${address} did not come.`);
    return new Uint8Array(await answer.arrayBuffer());
  };
  const published = async () => {
    const names = [...new Set([...NEEDED, ...place.dataset.files.split(" ")])];
    const files = await Promise.all(names.map((name) => bytesOf(`/statements/${place.dataset.slug}/${name}`)));
    return Object.fromEntries(names.map((name, at) => [name, files[at]]));
  };
  const chosen = async (list) => {
    const read = await Promise.all(list.map(async (file) => [file.name, new Uint8Array(await file.arrayBuffer())]));
    return read.length === 1 && read[0][0].endsWith(".zip") ? read[0][1] : Object.fromEntries(read);
  };
  const run = async (given) => {
    result.replaceChildren();
    add("p", "Checking …");
    try {
      show(await verify(await given(), await keyList(await bytesOf("/statements/keys.json"))));
    } catch (fault) {
      show({ verdict: "incomplete", sentence: fault instanceof Incomplete ? fault.message : "The files could not be read." });
    }
  };
  if (!window.isSecureContext) {
    add("p", "This browser does the arithmetic only on pages that come by https. Check by hand instead.");
    return;
  }
  const file = document.getElementById("check-file");
  place.querySelector(".checker-form").hidden = false;
  document.getElementById("check-without").hidden = true;
  document.getElementById("check-here").addEventListener("click", () => run(published));
  file.addEventListener("change", () => file.files.length && run(() => chosen([...file.files])));
})();
