/** The screen of a guided call: keys, notes that are read while they are typed, and steps that are kept on the server one by one. */
import { byId, draw, drawReadings, handFields, make } from "./call_draw.js";
import { openDrafts } from "./call_drafts.js";

const READ_AFTER = 400; // milliseconds without a key
const root = byId("call");
const { id, token, by } = root.dataset;
const note = byId("note");
let view = JSON.parse(byId("view").textContent);
let read = { text: "", asked: null, readings: [], topic: null };
let chosen = new Set();
let corrected = {};
let blocked = false;
const drafts = openDrafts(by, id, () => say("This browser keeps no drafts, so keep your notes often."));

/* Which tab this is. A copied tab brings the same name with it, so the tabs ask each other. */
const newName = () => crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
let tab = newName();
try {
  tab = sessionStorage.getItem(`leadtriage tab ${id}`) ?? tab;
} catch {}
const line = new BroadcastChannel(`leadtriage call ${id}`);
line.onmessage = ({ data }) => {
  if (data.asks === tab) line.postMessage({ taken: tab });
  if (data.taken === tab && !settled) tab = newName();
  if (data.leads && data.leads !== tab) elsewhere();
};
let settled = false;

const say = (sentence) => {
  byId("said").textContent = sentence;
};

function banner(sentence, ...more) {
  byId("banner").replaceChildren(make("p", {}, sentence, " ", ...more));
  byId("banner").hidden = !sentence;
}

async function ask(method, step, body) {
  let answer;
  try {
    answer = await fetch(`/console/call/${id}/${step}`, {
      method, cache: "no-store", headers: { "Content-Type": "application/json", "X-Form-Token": token },
      body: body && JSON.stringify(body), signal: AbortSignal.timeout(30_000),
    });
  } catch {
    throw Object.assign(new Error("Not kept: the server cannot be reached. What you typed stays here; try again in a moment."), { status: 0 });
  }
  const content = await answer.json().catch(() => ({}));
  if (answer.ok) return content;
  throw Object.assign(new Error(content.detail ?? "This did not work. Please try again."), { status: answer.status });
}

/** One step after the other: the answer of a slow one must not draw over a later one. */
let queue = Promise.resolve();
function step(name, body) {
  const next = queue.then(async () => {
    byId("kept").textContent = "Keeping …";
    try {
      const answer = await ask("POST", name, { tab, ...body });
      banner("");
      byId("kept").textContent = "Everything is kept";
      show(answer.view);
      return answer;
    } catch (problem) {
      byId("kept").textContent = "";
      if (problem.status === 409) elsewhere();
      else banner(problem.message);
      throw problem;
    }
  });
  queue = next.catch(() => {});
  return next;
}
const quietly = (promise) => promise.catch(() => {}); // the banner has said it

function show(next) {
  const asked = view.question?.name;
  const held = document.activeElement?.dataset?.focus;
  const wasInside = document.activeElement && document.activeElement !== document.body && byId("grid").contains(document.activeElement);
  view = next;
  draw(view, act);
  if (view.question?.name !== asked) {
    say(view.question ? `Kept. Next question: ${view.question.say}` : "Kept. Nothing is left to ask.");
    if (note.value.trim()) readSoon(); // the same words may mean more under the new question
  }
  if (view.call.wrapped_up) finished();
  else if (wasInside && !document.activeElement.closest("#grid")) (held && document.querySelector(`[data-focus="${CSS.escape(held)}"]`) || byId("question")).focus();
}

const act = {
  choose(chip) {
    const { question } = view;
    if (!question.is_list) return quietly(step("answer", { name: question.name, value: chip.value }));
    const held = view.facts.find((fact) => fact.fact === question.name)?.value ?? [];
    const value = !chip.value.length ? [] : chip.chosen ? held.filter((one) => !chip.value.includes(one)) : [...held, ...chip.value];
    return quietly(step("answer", { name: question.name, value, stay: true }));
  },
  leave: (how) => quietly(step("leave", { how })),
  pick: (name) => quietly(step("pick", { name })).then(() => byId("question").focus()),
  confirm: (name) => quietly(step("confirm", { name })),
  keep: (name, value) => quietly(step("answer", { name, value })),
  settle: (one, accepted) => quietly(step("waiting", { id: one.id, accepted })),
  tick(one) {
    if (!chosen.delete(one)) chosen.add(one);
    redraw();
  },
  correct: (one) => enterByHand(one.form, one.value, async (value) => {
    const shown = await describe(one.form, value);
    Object.assign(one, { value, words: shown });
    corrected[one.id] = value;
    chosen.add(one.id);
    redraw();
  }),
  correctWaiting: (one) => enterByHand(one.form, one.value, (value) => step("waiting", { id: one.id, accepted: true, value })),
  change: (fact) => enterByHand(fact.form, fact.value, (value) => step("answer", { name: fact.fact, value }), () => step("remove", { name: fact.fact })),
  byHand() {
    const { question } = view;
    const held = view.facts.find((fact) => fact.fact === question.name)?.value;
    enterByHand(question.form, held, (value) => step("answer", { name: question.name, value }));
  },
  contact(field, value) {
    return quietly(step("contact", { fields: { [field]: value } }).then(() => drafts.keep(field, "")));
  },
  draft: (field, value) => drafts.keep(field, value),
  drafted: (field) => drafts.get(field),
};

const describe = (form, value) => {
  const label = (one) => form.choices.find((choice) => choice.value === one)?.label ?? one;
  if (Array.isArray(value)) return value.map(label).join(", ") || "none";
  if (typeof value === "object") return Object.entries(value).map(([unit, count]) => `${count.toLocaleString("en-US")} ${unit}`).join(", ");
  return label(value);
};

/* Notes: read live, kept by Enter. */
let timer = 0;
function readSoon() {
  clearTimeout(timer);
  timer = setTimeout(readNow, READ_AFTER);
}

async function readNow() {
  const text = note.value.trim();
  const asked = view.question?.name ?? null;
  if (!text) return forgetReading();
  if (text === read.text && asked === read.asked) return;
  let answer;
  try {
    answer = await ask("POST", "read", { text, asked });
  } catch (problem) {
    return banner(problem.message);
  }
  if (text !== note.value.trim() || asked !== (view.question?.name ?? null)) return;
  read = { text, asked, ...answer };
  chosen = new Set(read.readings.filter((one) => one.sure).map((one) => one.id));
  corrected = {};
  redraw();
}

function forgetReading() {
  read = { text: "", asked: null, readings: [], topic: null };
  chosen = new Set();
  corrected = {};
  redraw();
}

function redraw() {
  if (view.call.wrapped_up) return; // a reading that comes later has no place any more
  const held = document.activeElement?.dataset?.focus;
  drawReadings(read.readings, read.topic, chosen, act);
  draw(view, act);
  if (held) document.querySelector(`[data-focus="${CSS.escape(held)}"]`)?.focus();
}

let noteKey = newName();
async function keepNote() {
  const text = note.value.trim();
  if (!text) return;
  const asked = view.question?.name ?? null;
  const isShown = read.text === text && read.asked === asked;
  const answer = await step("notes", {
    text, asked, key: noteKey, ...(isShown && { take: [...chosen], corrected: Object.fromEntries(Object.entries(corrected).filter(([one]) => chosen.has(one))) }),
  });
  if (note.value.trim() === text) note.value = "";
  noteKey = newName();
  drafts.keep("note", note.value && { text: note.value, key: noteKey });
  if (answer.away) banner("The note is kept, but cannot be read now. It is read with your next note; meanwhile choose the answers.");
  forgetReading();
  if (answer.topic) drawReadings([], answer.topic, chosen, act);
}
note.addEventListener("input", () => {
  drafts.keep("note", note.value && { text: note.value, key: noteKey });
  readSoon();
});

/* Entering a value by hand. */
let handDone = null;
function enterByHand(form, value, done, remove) {
  const { fields, read: result } = handFields(form, value);
  byId("by-hand-h").textContent = form.name;
  byId("hand-fields").replaceChildren(...fields, ...(remove ? [make("button", { type: "button", className: "link", onclick: () => handDone(remove) }, "Take this fact back")] : []));
  byId("hand-mistake").textContent = "";
  handDone = async (how) => {
    try {
      await how();
      byId("by-hand").close();
    } catch (problem) {
      byId("hand-mistake").textContent = problem.message;
    }
  };
  byId("hand-form").onsubmit = (event) => {
    event.preventDefault();
    const entered = result();
    if (entered === undefined) byId("hand-mistake").textContent = "Please enter a value, or cancel.";
    else handDone(() => done(entered));
  };
  byId("by-hand").showModal();
}
byId("hand-close").onclick = () => byId("by-hand").close();

/* Answers. */
function search() {
  const words = byId("search").value.toLowerCase().split(/\s+/).filter(Boolean);
  let found = 0;
  for (const topic of document.querySelectorAll(".topics details")) {
    const text = `${topic.textContent} ${topic.dataset.words}`.toLowerCase();
    topic.hidden = !words.every((word) => text.includes(word));
    topic.open = !topic.hidden && words.length > 0 && !found;
    found += !topic.hidden;
  }
  byId("found").textContent = words.length ? `${found} ${found === 1 ? "answer" : "answers"}` : "";
}
byId("search").addEventListener("input", search);
function openAnswers() {
  byId("search").value = "";
  search();
  byId("answers").showModal();
  byId("search").focus();
}

/* Wrapping up. */
const outcomes = () => [...document.querySelectorAll("[name=outcome]")];
function openWrapUp() {
  byId("next-step").value = drafts.get("next") ?? view.next_step;
  byId("follow-up").value = drafts.get("follow") ?? "";
  const before = drafts.get("outcome");
  for (const one of outcomes()) one.checked = one.value === before;
  byId("hand-off").checked = (drafts.get("handoff") ?? (before === "reached" ? "yes" : "no")) === "yes";
  byId("wrap-mistake").textContent = "";
  byId("wrap-up").showModal();
  (outcomes().find((one) => one.checked) ?? outcomes()[0]).focus();
}
byId("wrap-form").addEventListener("input", ({ target }) => {
  if (target.name === "outcome" && drafts.get("handoff") === null) byId("hand-off").checked = target.value === "reached";
  if (target.id === "hand-off") drafts.keep("handoff", target.checked ? "yes" : "no");
  drafts.keep("outcome", outcomes().find((one) => one.checked)?.value ?? "");
  drafts.keep("next", byId("next-step").value);
  drafts.keep("follow", byId("follow-up").value);
});
byId("wrap-close").onclick = () => byId("wrap-up").close();
byId("wrap-form").addEventListener("submit", async (event) => {
  event.preventDefault();
  try {
    if (note.value.trim()) await keepNote(); // what stands in the field belongs to the call
    await step("wrap-up", {
      outcome: outcomes().find((one) => one.checked).value, next_step: byId("next-step").value,
      follow_up_on: byId("follow-up").value || null, hand_off: byId("hand-off").checked,
    });
  } catch (problem) {
    byId("wrap-mistake").textContent = problem.message;
  }
});

function finished() {
  const { wrapped_up: end } = view.call;
  drafts.forget(["note", "next", "follow", "outcome", "handoff", ...view.contact.map((one) => one.field)]);
  clearInterval(ticking);
  clearTimeout(timer);
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  blocked = true;
  for (const one of document.querySelectorAll(".call-head .key-button")) one.hidden = true;
  const what = end.handed_off ? `Handed over to ${view.lead.owner ?? view.lead.queue ?? "sales"}.` : "Kept; nothing was handed over.";
  byId("grid").replaceWith(
    make(
      "section", { className: "card finished", "aria-labelledby": "done" },
      make("h2", { id: "done", tabIndex: -1 }, "The call is wrapped up"), make("p", {}, what),
      end.next_step && make("p", {}, `Next: ${end.next_step}`), end.follow_up_on && make("p", {}, `Follow up on ${end.follow_up_on}.`),
      make("p", {}, view.lead && make("a", { className: "button", href: `/console/leads/${view.lead.id}` }, "Open the lead"), " ",
        make("a", { className: "button quiet", href: "/console/call" }, "Next call")),
    ),
  );
  byId("done").focus();
  say(`The call is wrapped up. ${what}`);
}

/* Tabs. */
function elsewhere() {
  blocked = true;
  byId("grid").inert = true;
  for (const dialog of document.querySelectorAll("dialog[open]")) dialog.close();
  const here = make("button", { type: "button", className: "key-button", onclick: takeOver }, "Continue here");
  banner("This call is open in another tab. Go on there, or", here);
  here.focus();
}

async function takeOver() {
  try {
    const answer = await ask("POST", "take-over", { tab });
    sessionStorage.setItem(`leadtriage tab ${id}`, tab);
    line.postMessage({ leads: tab });
    blocked = false;
    byId("grid").inert = false;
    banner("");
    show(answer.view);
    goOn();
  } catch (problem) {
    banner(problem.message);
  }
}

/* Keys. */
const usesKeys = () => byId("single-keys").checked;
try {
  byId("single-keys").checked = localStorage.getItem("leadtriage single keys") !== "off";
} catch {}
byId("single-keys").onchange = () => {
  try {
    localStorage.setItem("leadtriage single keys", usesKeys() ? "on" : "off");
  } catch {}
};
const focusOn = (name) => () => byId(name).focus();
const KEYS = {
  t: focusOn("note"), n: () => view.question && act.leave("skip"), k: () => view.question && act.leave("dont_know"),
  r: () => view.question && act.leave("refused"), e: () => view.question?.form && act.byHand(), j: focusOn("jump"),
  c: focusOn("contact-name"), f: openAnswers, w: openWrapUp, "?": () => byId("keys").showModal(),
  y: () => {
    const fact = view.facts.find((one) => one.confirm);
    if (fact) act.confirm(fact.fact);
  },
};
byId("open-answers").onclick = openAnswers;
byId("open-keys").onclick = KEYS["?"];
byId("open-wrap-up").onclick = openWrapUp;
const isTyping = ({ target }) => target.matches("textarea, select, input:not([type=radio], [type=checkbox])");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || blocked) return;
  const digit = /^Digit(\d)$/.exec(event.code)?.[1] ?? (/^\d$/.test(event.key) ? event.key : null);
  if (byId("wrap-up").open) {
    if (digit && !isTyping(event) && !event.altKey) outcomes()[Number(digit) - 1]?.click();
    return;
  }
  if (document.querySelector("dialog[open]")) return;
  if (event.altKey && !event.ctrlKey && !event.metaKey && digit > 0) {
    event.preventDefault();
    const waiting = Number(digit) - 1 - read.readings.length;
    if (waiting < 0) act.tick(read.readings[Number(digit) - 1].id);
    else if (view.waiting[waiting]) act.settle(view.waiting[waiting], !event.shiftKey);
    return;
  }
  if (event.target === note && event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    quietly(keepNote());
  } else if (event.key === "Escape" && byId("grid").contains(event.target)) {
    byId("question").focus();
  } else if (!isTyping(event) && !event.altKey && !event.ctrlKey && !event.metaKey && usesKeys()) {
    const does = digit && !event.shiftKey ? () => document.querySelector(`[data-chip="${(Number(digit) + 9) % 10}"]`)?.click() : KEYS[event.key.toLowerCase()];
    if (does) {
      event.preventDefault();
      does();
    }
  }
});
byId("contact").addEventListener("submit", (event) => event.preventDefault());
byId("contact").addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || event.target.localName !== "input") return;
  const fields = [...byId("contact").elements];
  (fields[fields.indexOf(event.target) + 1] ?? byId("question")).focus(); // leaving the field keeps it
});

/* Time on the call. */
function tick() {
  const seconds = Math.max(0, Math.floor((Date.now() - Date.parse(view.call.opened_at)) / 1000));
  const hours = Math.floor(seconds / 3600);
  const minutes = Math.floor(seconds / 60) % 60;
  byId("timer").textContent = `${hours ? `${hours}:${String(minutes).padStart(2, "0")}` : minutes}:${String(seconds % 60).padStart(2, "0")}`;
}
const ticking = setInterval(tick, 1000);

/** Draw the page, then find out whether this tab leads the call; never fails. */
async function begin() {
  drafts.sweep();
  tick();
  draw(view, act);
  if (view.call.wrapped_up) return finished();
  line.postMessage({ asks: tab });
  await new Promise((done) => setTimeout(done, 120));
  settled = true;
  let now;
  try {
    now = await ask("GET", `view?${new URLSearchParams({ tab })}`);
  } catch (problem) {
    return banner(problem.message);
  }
  if (now.led === "elsewhere") elsewhere();
  else if (now.led === "nowhere") await takeOver();
  else {
    show(now.view);
    goOn();
  }
}

/** Bring back what was typed before a reload or a crash. */
function goOn() {
  const draft = drafts.get("note");
  if (draft && !note.value) {
    note.value = draft.text;
    noteKey = draft.key;
    readSoon();
  }
  byId("question")?.focus();
}
queue = begin(); // whoever types at once is kept behind it
