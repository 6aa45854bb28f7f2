/** Drawing of a call: from the view that the server sends to elements. Words go in as text, never as markup. */

export const byId = (id) => document.getElementById(id);

/** An element: properties by name, `data-`, `aria-` and `for` as attributes, handlers as `onclick`. */
export function make(tag, { ...properties } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties)) {
    if (value === undefined || value === null) continue;
    if (/^(data-|aria-|for$|role$|list$)/.test(name)) element.setAttribute(name, value);
    else element[name] = value;
  }
  element.append(...children.filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

const svg = (tag, attributes, ...children) => {
  const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

export const key = (name) => make("kbd", { textContent: name });
const quoted = (text) => make("q", { textContent: text });
const CHANNELS = { website: "chat", call: "call", email: "e-mail", form: "form", import: "import" };
export const channel = (name) => CHANNELS[name] ?? name;
const button = (text, onclick, name, ...more) =>
  make("button", { type: "button", className: "key-button small", onclick, "data-focus": name }, text, ...more);

/** What a list needs so that a pointer's choice counts at once and keys look first: every letter chooses something, Enter means it. */
function chosenBy(act) {
  let byKeys = false;
  const take = (list) => list.value && act(list.value);
  return {
    onpointerdown: () => (byKeys = false),
    onkeydown: ({ key: pressed, currentTarget: list }) => {
      byKeys = true;
      if (pressed === "Enter") setTimeout(() => take(list)); // an open list takes the value with this very key
    },
    onchange: ({ currentTarget: list }) => byKeys || take(list),
    onblur: ({ currentTarget: list }) => (list.value = ""),
  };
}

/** Everything; `act` holds what the buttons do. */
export function draw(view, act) {
  const names = Object.fromEntries(view.contact.map(({ field, value }) => [field, value]));
  byId("who").textContent = `Call with ${names.name || names.company || view.account.company || "someone new"}`;
  drawQuestion(view, act);
  drawWaiting(view, act);
  drawFacts(view, act);
  drawContact(view, act);
  drawDecision(view);
  drawAccount(view.account);
}

function drawQuestion({ question, questions }, act) {
  byId("topic").textContent = question ? question.title : "";
  byId("question").textContent = question ? question.say : "Everything worth asking is answered. Wrap up when you are ready.";
  byId("about").replaceChildren(
    ...(question
      ? [
          make("dt", {}, "Why"), make("dd", {}, question.why),
          ...(question.listen_for ? [make("dt", {}, "Listen for"), make("dd", {}, question.listen_for)] : []),
          ...(question.known ? [make("dt", {}, "So far"), make("dd", {}, make("b", {}, question.known))] : []),
        ]
      : []),
  );
  byId("chips").replaceChildren(
    ...(question?.chips ?? []).map((chip, index) =>
      make(
        "button",
        {
          type: "button", className: "key-button", "aria-pressed": String(chip.chosen), "data-chip": index, "data-focus": `chip ${index}`,
          onclick: () => act.choose(chip),
        },
        `${chip.label} `, index < 10 && key(String((index + 1) % 10)),
      ),
    ),
  );
  byId("chips").hidden = !question?.chips.length;
  const jump = make(
    "select",
    {
      id: "jump", "aria-label": "Jump to another question: choose, then Enter", "data-focus": "jump", ...chosenBy(act.pick),
    },
    make("option", { value: "" }, "Jump (J)"),
    ...questions.map(({ name, title, answered }) => make("option", { value: name }, `${answered ? "✓ " : ""}${title}`)),
  );
  byId("ways").replaceChildren(
    ...(question
      ? [
          button("Next ", () => act.leave("skip"), "next", key("N")),
          button("Don't know ", () => act.leave("dont_know"), "dont_know", key("K")),
          button("Won't say ", () => act.leave("refused"), "refused", key("R")),
          ...(question.form ? [button("By hand ", act.byHand, "by_hand", key("E"))] : []),
        ]
      : []),
    jump,
  );
}

/** What was read in the note that is being typed, each with a box that Enter goes by. */
export function drawReadings(readings, topic, chosen, act) {
  const rows = readings.map((one, index) =>
    make(
      "div", { className: "read" },
      make(
        "label", {},
        make("input", { type: "checkbox", checked: chosen.has(one.id), "data-focus": `read ${one.id}`, onchange: () => act.tick(one.id) }),
        make("span", {}, `${one.label}: `, make("b", {}, one.words)), index < 9 && key(`Alt ${index + 1}`),
      ),
      !one.sure && make("span", { className: "mark doubt" }, "doubtful"),
      one.form && button("Correct", () => act.correct(one), `correct ${one.id}`),
      one.before && before(one.before),
    ),
  );
  byId("readings").replaceChildren(...rows, ...(topic ? [answerTo(topic)] : []));
}

const before = ({ words, quote, channel: from }) =>
  make("p", { className: "sub" }, `The ${channel(from)} said `, make("b", {}, words), quote ? ": " : "", quote ? quoted(quote) : "");

function answerTo(id) {
  const topic = byId(`faq-${id}`);
  if (!topic) return "";
  return make(
    "p", { className: "from-faq" }, make("b", {}, `${topic.querySelector("summary").textContent} `), topic.querySelector("p").textContent,
  );
}

function drawWaiting({ waiting, call }, act) {
  const offset = byId("readings").querySelectorAll(".read").length;
  const rows = waiting.map((one, index) =>
    make(
      "li", {},
      make("p", { className: "fact" }, make("span", { className: "label" }, one.label), make("b", {}, one.words), make("span", { className: "mark doubt" }, "doubtful")),
      one.quote && make("p", { className: "sub" }, quoted(one.quote)),
      one.before && before(one.before),
      make(
        "p", { className: "fact" },
        button("Accept ", () => act.settle(one, true), `accept ${one.id}`, offset + index < 9 && key(`Alt ${offset + index + 1}`)),
        button("Correct", () => act.correctWaiting(one), `fix ${one.id}`), button("Drop", () => act.settle(one, false), `drop ${one.id}`),
      ),
    ),
  );
  byId("waiting").replaceChildren(
    ...(rows.length ? [make("h2", {}, "Heard, not sure"), make("ul", { className: "facts" }, ...rows)] : []),
    ...(call.unread ? [make("p", { className: "sub" }, `${call.unread} kept ${call.unread === 1 ? "note is" : "notes are"} not read yet.`)] : []),
  );
}

function drawFacts({ facts, not_known: notKnown }, act) {
  const first = facts.findIndex((fact) => fact.confirm);
  const rows = [...facts.filter((fact) => fact.confirm), ...facts.filter((fact) => !fact.confirm)].map((fact) =>
    make(
      "li", { className: fact.conflict ? "conflict" : "" },
      make(
        "p", { className: "fact" },
        make("span", { className: "label" }, fact.name), make("b", {}, fact.words),
        fact.confirm && make("span", { className: "mark doubt" }, `confirm: ${fact.confirm}`),
        fact.conflict && make("span", { className: "mark conflicts" }, "conflict"),
        fact.confirm && button("Confirm ", () => act.confirm(fact.fact), `confirm ${fact.fact}`, fact === facts[first] && key("Y")),
      ),
      make("p", { className: "sub" }, fact.quote ? quoted(fact.quote) : "", `${fact.quote ? " · " : ""}${channel(fact.channel)}${fact.confirmed ? ", confirmed" : ""}`,
        button("Change", () => act.change(fact), `change ${fact.fact}`, make("span", { className: "sr" }, ` ${fact.name}`))),
      ...fact.before.slice(0, 2).map((old) =>
        make(
          "p", { className: "sub" }, `Before, ${channel(old.channel)}: `, make("b", {}, old.words), old.quote ? " " : "", old.quote ? quoted(old.quote) : "", " ",
          fact.conflict && button("Keep this", () => act.keep(fact.fact, old.value), `keep ${fact.fact}`),
        ),
      ),
    ),
  );
  const left = notKnown.map(({ name, how }) => make("li", {}, make("span", { className: "label" }, `${name}: `), how.toLowerCase()));
  byId("facts").replaceChildren(...(rows.length + left.length ? [...rows, ...left] : [make("li", {}, "Nothing yet.")]));
}

function drawContact({ contact }, act) {
  const form = byId("contact");
  if (!form.children.length) {
    for (const { field, name } of contact) {
      const id = `contact-${field}`;
      form.append(
        make("label", { for: id }, name),
        field === "consent"
          ? make("select", { id, name: field, onchange: ({ target }) => act.contact(field, target.value) },
              make("option", { value: "" }, "not asked"), make("option", { value: "yes" }, "yes"), make("option", { value: "no" }, "no"))
          : make("input", { id, name: field, maxLength: 200, type: field === "email" ? "email" : field === "phone" ? "tel" : "text",
              oninput: ({ target }) => act.draft(field, target.value), onchange: ({ target }) => act.contact(field, target.value) }),
      );
    }
  }
  for (const { field, value } of contact) {
    const input = byId(`contact-${field}`);
    const shown = field === "consent" ? (value.startsWith("refused") ? "no" : value ? "yes" : "") : value;
    if (input !== document.activeElement) input.value = act.drafted(field) ?? shown;
  }
}

function drawDecision({ scores, flags, stage, route, priority, why, next_step: next, changes }) {
  byId("scores").replaceChildren(
    ...scores.map((score) =>
      make(
        "div", { className: `score ${score.band}` },
        make("span", {}, score.name[0].toUpperCase() + score.name.slice(1)), make("b", {}, String(score.points)),
        make("span", { className: "fact" }, make("span", { className: "level" }, score.band)),
        make("div", { className: "track sub" }, bar(score)),
        make("p", { className: "sub" }, `${score.coverage} % known · ${score.lowest} to ${score.highest} possible`),
      ),
    ),
  );
  byId("route").replaceChildren(
    make("p", {}, make("span", { className: "tag stage" }, stage.length > 3 ? stage[0].toUpperCase() + stage.slice(1) : stage.toUpperCase()), " ",
      make("b", {}, route), priority ? " " : "", priority ? make("span", { className: "tag hot" }, "Priority") : ""),
    make("p", { className: "sub" }, why),
    make("p", {}, make("b", {}, "Next: "), next),
  );
  byId("flags").replaceChildren(...flags.map(({ reason, quote }) => make("p", { className: "flags" }, reason, quote ? " " : "", quote ? quoted(quote) : "")));
  byId("changes").replaceChildren(
    ...(changes.length
      ? changes.map((change) => make("li", {}, change.if, " → ", make("b", {}, change.then)))
      : [make("li", {}, "No single answer changes the route now.")]),
  );
}

/** What is reached, and in a lighter colour what is still possible. */
function bar({ points, lowest, highest, name }) {
  return svg(
    "svg", { viewBox: "0 0 100 10", preserveAspectRatio: "none", role: "img", "aria-label": `${name} ${points} of 100` },
    svg("rect", { x: lowest, y: 0, width: Math.max(0, highest - lowest), height: 10, fill: "#b9d8d6" }),
    svg("rect", { x: 0, y: 2, width: points, height: 6, fill: "#0f6e6e" }),
  );
}

function drawAccount({ company, domain, departments, people }) {
  const state = { known: "we know somebody", named: "named, nobody known", missing: "missing" };
  byId("account").replaceChildren(
    make("p", { className: "sub" }, company || domain ? [company, domain].filter(Boolean).join(" · ") : "No organization yet."),
    make("ul", { className: "departments", "aria-label": "Departments" },
      ...departments.map((one) => make("li", { className: one.state, title: state[one.state] }, one.name, make("span", { className: "sr" }, `: ${state[one.state]}`)))),
    ...people.map((one) =>
      make("p", { className: "sub" }, make("a", { href: `/console/leads/${one.lead_id}`, target: "_blank", rel: "noopener" }, one.name),
        [one.title, one.department, one.role].filter(Boolean).map((part) => ` · ${part}`).join(""))),
  );
}

/** The fields to enter a value by hand, and how to read it back. */
export function handFields(form, value) {
  const name = "hand";
  if (form.kind === "closed" || form.kind === "list") {
    const held = Array.isArray(value) ? value : [value];
    const boxes = form.choices.map((choice) => make("input", { type: form.kind === "list" ? "checkbox" : "radio", name, value: choice.value, checked: held.includes(choice.value) }));
    const rows = form.choices.map((choice, index) => make("label", { className: "check" }, boxes[index], make("span", {}, choice.label)));
    return {
      fields: [make("fieldset", { className: "hand-choices" }, make("legend", { className: "sr" }, form.name), ...rows)],
      read: () => {
        const chosen = boxes.filter((box) => box.checked).map((box) => box.value);
        return form.kind === "list" ? chosen : chosen[0];
      },
    };
  }
  const parts = { size: ["sites", "beds", "providers", "members", "employees"], amount: ["min", "max"] }[form.kind];
  if (!parts) {
    const input = make("input", { id: "hand-value", type: form.kind === "date" ? "date" : "text", value: value ?? "", maxLength: 120 });
    return { fields: [make("p", { className: "field" }, make("label", { for: "hand-value" }, form.name), input)], read: () => input.value.trim() || undefined };
  }
  const inputs = Object.fromEntries(parts.map((part) => [part, make("input", { id: `hand-${part}`, type: "number", min: 0, step: 1, value: value?.[part] ?? "" })]));
  const words = { min: "From, $ a year", max: "To, $ a year" };
  return {
    fields: parts.map((part) => make("p", { className: "field" }, make("label", { for: `hand-${part}` }, words[part] ?? part[0].toUpperCase() + part.slice(1)), inputs[part])),
    read: () => {
      const filled = Object.fromEntries(parts.filter((part) => inputs[part].value !== "").map((part) => [part, Number(inputs[part].value)]));
      return Object.keys(filled).length ? filled : undefined;
    },
  };
}
