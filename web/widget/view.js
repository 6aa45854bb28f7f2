/** What the visitor sees of <lead-chat>: words, elements, style. */

export const words = {
  title: "Chat with us",
  subtitle: "Automated assistant",
  greeting: "Tell us what you are looking for",
  consent: "By starting you agree that we keep what you write here so our team can answer you, as our ",
  privacyNotice: "privacy notice",
  consentEnd: " explains.",
  start: "Start chat",
  contact: "Rather write to us? Use the form",
  open: "Open chat",
  close: "Close chat",
  message: "Your message",
  placeholder: "Type your answer…",
  placeholderDone: "Add or correct something…",
  send: "Send",
  hint: "Please leave out patient details.",
  privacy: "Privacy",
  demo: "Demo",
  suggestions: "Suggested answers",
  conversation: "Conversation",
  typing: "The assistant is typing",
  you: "You: ",
  assistant: "Assistant: ",
  done: "All done. You can still add or correct something.",
  stopped: "This chat has ended.",
  forgotten: "Nothing you wrote here was kept.",
  newChat: "Start a new chat",
  slow: "Taking longer than usual…",
  notSent: "Not sent yet",
  notAnswered: "Not answered yet",
  tryAgain: "Try again",
  offline: "You seem to be offline. Nothing is lost: we send it when you are back.",
  unreachable: "We can't reach the chat right now. Nothing is lost: we keep trying.",
  failed: "That didn't work. Please try again.",
  linkOver: "This link has expired. You can start a new chat here.",
  menu: "More",
  back: "Back to the chat",
  wait: "One moment…",
  recap: "What you told me",
  recapEmpty: "Nothing yet.",
  change: "Change",
  device: "Continue on another device",
  deviceHow: "Open this link there to go on where you stopped. Whoever has it can read this chat.",
  until: "It works until ",
  link: "Link to this chat",
  copy: "Copy link",
  copied: "Copied.",
  copyByHand: "Please copy the marked link yourself.",
  share: "Share…",
  restart: "Start over",
  restartAsk: "Begin again? What you told us so far stays with our team.",
  restartNo: "Keep chatting",
};

const ICONS = {
  talk: "M12 4c5 0 9 3.3 9 7.5S17 19 12 19q-1.5 0-3-.5L4 20.5l1.5-4Q3 14 3 11.5C3 7.3 7 4 12 4Z",
  shut: "m6 9.5 6 6 6-6",
  close: "M6 6l12 12M18 6 6 18",
  again: "M4 11a8 8 0 1 1 1.6 5.8M4 5.5V11h5.5",
  send: "M12 19.5v-15M5.5 11 12 4.5l6.5 6.5",
  recap: "M10 6h10M10 12h10M10 18h10M3.5 6l1 1 2-2.5M3.5 12l1 1 2-2.5M3.5 18l1 1 2-2.5",
  more: "M5 12h.01M12 12h.01M19 12h.01",
  device: "M13 5H4v11h8M2 19h10M15.5 9h5v11h-5z",
};

/** Functions become listeners, strings text nodes: never markup. */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value !== false) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.ariaHidden = true;
  svg.classList.add(name);
  svg.append(path);
  return svg;
}

export function button(cssClass, click, ...children) {
  return element("button", { class: cssClass, type: "button", click }, ...children);
}

function tool(name, label, click) {
  const made = button("tool", click, icon(name));
  made.ariaLabel = made.title = label;
  return made;
}

/** Text with its web addresses as links, less the punctuation that ends a sentence. */
export function linked(text) {
  const nodes = [];
  let end = 0;
  for (const found of text.matchAll(/https?:\/\/[^\s<>"']+/gi)) {
    const address = found[0].replace(/[.,;:!?)\]}*_]+$/, "");
    if (!URL.canParse(address)) continue;
    nodes.push(text.slice(end, found.index), element("a", { href: address, rel: "noopener", target: "_blank" }, address));
    end = found.index + address.length;
  }
  return [...nodes, text.slice(end)];
}

/** All parts that change. `act`: what buttons do; `to`: where links lead. */
export function build(act, to) {
  const away = { target: "_blank", rel: "noopener" };
  const p = {
    name: element("span", { class: "name" }),
    mark: element("span", { class: "mark" }, words.demo),
    tools: element("div", { class: "tools" }, tool("recap", words.recap, act.recap), tool("more", words.menu, act.menu)),
    progress: element("progress", { "aria-labelledby": "way" }),
    wayWords: element("span", { id: "way" }),
    hello: element("p", { class: "hello" }),
    start: button("solid", act.start, words.start),
    log: element("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": words.conversation }),
    typing: element("div", { class: "typing", "aria-hidden": "true", hidden: "" }, element("i"), element("i"), element("i")),
    done: element("div", { class: "done", hidden: "" }, element("p"), button("plain", act.recap, words.recap)),
    status: element("div", { class: "sr", role: "status" }),
    quick: element("div", { class: "quick", role: "group", "aria-label": words.suggestions }),
    alert: element("div", { class: "alert", role: "alert" }),
    input: element("textarea", {
      rows: 1, "aria-label": words.message, placeholder: words.placeholder, enterkeyhint: "send", autocomplete: "off", input: act.typed, keydown: act.enter,
    }),
    send: element("button", { class: "go", type: "submit", "aria-label": words.send }, icon("send")),
    label: element("span"),
    unread: element("span", { class: "unread", "aria-hidden": "true" }),
    sheetTitle: element("h3", { id: "sheet" }),
    content: element("div", { class: "content" }),
  };
  p.way = element("div", { class: "way", hidden: "" }, p.progress, p.wayWords);
  p.welcome = element("div", { class: "welcome" },
    element("div", { class: "face" }, icon("talk")), p.hello,
    element("p", { class: "consent" }, words.consent, element("a", { href: to.privacy, ...away }, words.privacyNotice), words.consentEnd),
    p.start,
    element("p", { class: "other" }, element("a", { href: to.contact }, words.contact)));
  p.scroll = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": words.conversation }, p.welcome, p.log, p.typing, p.done, p.quick);
  p.form = element("form", { novalidate: "", submit: act.submit },
    element("div", { class: "field" }, p.input, p.send),
    element("p", { class: "small" }, element("span", {}, words.hint), element("a", { href: to.privacy, ...away }, words.privacy)));
  p.chat = element("div", { class: "chat" },
    element("header", {},
      element("div", { class: "face" }, icon("talk")),
      element("div", { class: "names" }, element("h2", { id: "title" }, p.name, p.mark), element("p", {}, words.subtitle)),
      p.tools, tool("close", words.close, act.close)),
    p.way, p.scroll, p.alert, p.form, p.status);
  p.sheet = element("section", { class: "sheet", role: "dialog", "aria-modal": "true", "aria-labelledby": "sheet", tabindex: -1 },
    element("div", { class: "top" }, p.sheetTitle, tool("close", words.back, act.back)), p.content);
  p.shade = element("div", { class: "shade", hidden: "", click: (event) => event.target === p.shade && act.back() }, p.sheet);
  // title: "" keeps the host's title from popping up as a tooltip.
  p.panel = element("section", { class: "panel", role: "dialog", "aria-labelledby": "title", tabindex: -1, hidden: "", title: "", keydown: act.key },
    p.chat, p.shade);
  p.launcher = element("button", { class: "launcher", type: "button", "aria-expanded": "false", "aria-haspopup": "dialog", title: "", click: act.launch },
    icon("talk"), icon("shut"), p.label, p.unread);
  return p;
}

/** Without `change` nothing can be changed. */
export function recapLines(recap, change) {
  if (!recap.length) return [element("p", {}, words.recapEmpty)];
  const lines = recap.map((line) => {
    const made = element("li", {}, element("div", {}, element("small", {}, line.label), line.text));
    if (change) {
      const press = button("plain", () => change(line), words.change);
      press.ariaLabel = `${words.change} ${line.label}`;
      made.append(press);
    }
    return made;
  });
  return [element("ul", { class: "facts" }, ...lines)];
}

export function choices(...entries) {
  return entries.map(([name, label, click]) => button("choice", click, icon(name), label));
}

/** Plain http has no clipboard: there the link is marked for copying by hand. */
export function linkLines({ url, expires_at }) {
  const field = element("input", { class: "link", readonly: "", value: url, "aria-label": words.link, focus: () => field.select() });
  const until = `${words.until}${new Date(expires_at).toLocaleString([], { dateStyle: "long", timeStyle: "short" })}.`;
  const said = element("p", { role: "status" }, until);
  const copy = async () => {
    const copied = await navigator.clipboard?.writeText(url).then(() => true, () => false);
    if (!copied) field.focus();
    said.textContent = `${copied ? words.copied : words.copyByHand} ${until}`;
  };
  const ways = element("div", { class: "buttons" }, button("solid", copy, words.copy));
  if (navigator.share) ways.append(button("plain", () => navigator.share({ url }).catch(() => {}), words.share));
  return [element("p", {}, words.deviceHow), field, ways, said];
}

export const STYLE = `
:host { all: initial; display: contents; color-scheme: light;
  --accent: var(--lead-chat-accent, #0f6e6e); --on-accent: var(--lead-chat-on-accent, #fff);
  --surface: var(--lead-chat-surface, light-dark(#fff, #16212a)); --text: var(--lead-chat-text, light-dark(#16242e, #eaf1f5));
  --muted: var(--lead-chat-muted, light-dark(#52636f, #a6b6c1)); --bubble: var(--lead-chat-bubble, light-dark(#eff3f5, #23313c));
  --line: var(--lead-chat-line, light-dark(#d9e1e6, #384854)); --warn: light-dark(#8f3413, #ffc2a6); --warn-soft: light-dark(#fdf1ea, #3b2a23);
  --ink: light-dark(var(--accent), color-mix(in srgb, var(--accent) 45%, #fff)); --soft: color-mix(in srgb, var(--accent) 9%, var(--surface));
  --radius: var(--lead-chat-radius, 18px); --offset: var(--lead-chat-offset, 20px);
  --font: var(--lead-chat-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif); }
:host([hidden]) { display: none; }
:host([theme="dark"]) { color-scheme: dark; }
:host([theme="auto"]) { color-scheme: light dark; }
* { box-sizing: border-box; margin: 0; padding: 0; }
[hidden], .quick:empty, .launcher span:empty { display: none !important; }
button, textarea, input { font: inherit; color: inherit; border: 0; background: none; }
button { cursor: pointer; min-width: 44px; min-height: 44px; -webkit-tap-highlight-color: transparent; }
a { color: var(--ink); text-underline-offset: 2px; }
svg { width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; flex: none; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher, .panel { position: fixed; right: var(--right, var(--offset)); left: var(--left, auto); z-index: var(--lead-chat-z, 2147483000); font: 400 15px/1.5 var(--font); color: var(--text); }
:host([position="left"]) { --left: var(--offset); --right: auto; }
.launcher { bottom: calc(var(--offset) + env(safe-area-inset-bottom)); min-width: 60px; height: 60px; padding: 0 16px; border-radius: 30px;
  display: flex; align-items: center; justify-content: center; gap: 10px; background: var(--accent); color: var(--on-accent); font-weight: 600;
  box-shadow: 0 6px 24px rgb(12 30 40 / .3); }
.launcher:hover, .solid:hover { background: color-mix(in srgb, var(--accent) 88%, #000); }
.launcher svg { width: 27px; height: 27px; }
.launcher .shut, .launcher[aria-expanded="true"] .talk { display: none; }
.launcher[aria-expanded="true"] .shut { display: block; }
.unread { position: absolute; top: -2px; right: -2px; min-width: 22px; padding: 0 6px; border-radius: 11px; background: #b3261e; color: #fff;
  font-size: 12px; line-height: 22px; box-shadow: 0 0 0 2px #fff; }

.panel { bottom: calc(var(--offset) + 74px); width: min(var(--lead-chat-width, 392px), calc(100vw - 2 * var(--offset)));
  height: min(var(--lead-chat-height, 660px), calc(100dvh - var(--offset) - 94px)); overflow: hidden; container-type: size;
  background: var(--surface); border-radius: var(--radius); outline: 0;
  box-shadow: 0 0 0 1px rgb(12 30 40 / .08), 0 16px 60px rgb(12 30 40 / .26); }
.chat { height: 100%; display: flex; flex-direction: column; }
header { display: flex; align-items: center; gap: 12px; padding: 14px 8px 14px 18px; background: var(--accent); color: var(--on-accent); }
header :focus-visible { outline-color: var(--on-accent); outline-offset: -3px; }
.face { display: grid; place-items: center; width: 38px; height: 38px; border-radius: 50%; background: color-mix(in srgb, var(--on-accent) 17%, var(--accent)); flex: none; }
.names { flex: 1; min-width: 0; font-size: 13px; line-height: 1.4; }
h2, h3 { font: 600 16px/1.3 var(--font); }
h2 { display: flex; align-items: center; gap: 8px; }
h2 span, .names p { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.mark { font: 600 11px/18px var(--font); padding: 0 8px; border-radius: 9px; background: var(--on-accent); color: var(--accent); flex: none; }
.tools { display: flex; margin: 0 -12px 0 -6px; }
.tool { border-radius: 12px; display: grid; place-items: center; flex: none; }
.tool:hover { background: color-mix(in srgb, currentColor 14%, transparent); }
.more { stroke-width: 3.6; }

.way { display: flex; align-items: center; gap: 12px; padding: 8px 18px; font-size: 13px; color: var(--muted); border-bottom: 1px solid var(--line); }
progress { flex: 1; min-width: 40px; height: 6px; accent-color: var(--ink); }

.scroll { position: relative; flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 18px 16px 14px; display: flex; flex-direction: column; }
.scroll:focus-visible { outline-offset: -3px; }
.log { display: flex; flex-direction: column; }
.row { max-width: 86%; margin-top: 16px; }
.row:first-child, .bot + .bot, .visitor + .visitor { margin-top: 4px; }
.visitor { align-self: flex-end; text-align: right; }
.row p { padding: 9px 14px; border-radius: 18px 18px 18px 6px; background: var(--bubble); white-space: pre-wrap; overflow-wrap: anywhere; text-align: left; display: inline-block; max-width: 100%; }
.visitor p { background: var(--accent); color: var(--on-accent); border-radius: 18px 18px 6px; }
.bot:has(+ .bot) p, .visitor:has(+ .visitor) p { border-radius: 18px; }
.waiting p { background: var(--surface); color: var(--text); box-shadow: inset 0 0 0 1.5px var(--warn); }
.row small { display: block; margin: 3px 4px 0; font-size: 12.5px; color: var(--warn); }
.notice p { background: var(--soft); }
.done { display: grid; justify-items: center; margin-top: 20px; padding-top: 14px; border-top: 1px solid var(--line); font-size: 14px; color: var(--muted); }
.typing { align-self: flex-start; display: flex; gap: 5px; margin-top: 16px; padding: 14px 16px; border-radius: 18px 18px 18px 6px; background: var(--bubble); }
.typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--muted); }
.quick, .buttons { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 14px; }
.pill { max-width: 100%; padding: 8px 16px; border-radius: 22px; border: 1.5px solid var(--ink); color: var(--ink); font-weight: 500; line-height: 1.3; text-align: left; overflow-wrap: anywhere; }
.pill:hover, .plain:hover, .choice:hover { background: var(--soft); }
.solid, .plain { padding: 10px 20px; border-radius: 12px; font-weight: 600; }
.solid { background: var(--accent); color: var(--on-accent); }
.plain { color: var(--ink); }
:disabled { cursor: default; opacity: .55; }

.welcome { margin: auto 0; padding: 8px 10px; text-align: center; }
.welcome svg { width: 32px; height: 32px; }
.welcome .face { width: 64px; height: 64px; margin: 0 auto 16px; background: var(--soft); color: var(--ink); }
.hello { margin-bottom: 10px; font-size: 20px; font-weight: 600; line-height: 1.35; text-wrap: balance; }
.consent, .content p { color: var(--muted); text-wrap: pretty; }
.welcome .solid { width: 100%; margin: 22px 0 14px; }
.other { font-size: 14px; padding: 11px 6px; }

.alert:not(:empty) { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; padding: 10px 16px; background: var(--warn-soft);
  border-top: 1px solid var(--line); font-size: 14px; line-height: 1.4; }
.alert.calm { background: var(--soft); }
.alert p { flex: 1 1 160px; overflow-wrap: anywhere; }
.alert .plain { background: var(--surface); color: var(--text); box-shadow: inset 0 0 0 1px var(--line); }
form { padding: 10px 12px 6px; border-top: 1px solid var(--line); }
.field, .link { border: 1.5px solid #7f909b; border-radius: 26px; }
.field { display: flex; align-items: flex-end; gap: 4px; padding: 3px; }
.field:focus-within { border-color: var(--ink); box-shadow: 0 0 0 3px color-mix(in srgb, var(--ink) 22%, transparent); }
textarea { flex: 1; min-width: 0; resize: none; padding: 10px 4px 10px 14px; font-size: 16px; line-height: 24px; }
textarea:focus-visible { outline: 0; }
textarea::placeholder { color: var(--muted); opacity: 1; }
.go { border-radius: 50%; background: var(--accent); color: var(--on-accent); display: grid; place-items: center; }
.go:disabled { background: var(--bubble); color: var(--muted); opacity: 1; }
.small { margin: 4px 6px 0; font-size: 12.5px; color: var(--muted); display: flex; align-items: center; justify-content: space-between; gap: 10px; }
.small a { padding: 6px 2px; color: inherit; }

.shade { position: absolute; inset: 0; display: flex; align-items: flex-end; background: rgb(8 20 28 / .5); }
.sheet { width: 100%; max-height: calc(100% - 40px); display: flex; flex-direction: column; background: var(--surface); border-radius: var(--radius) var(--radius) 0 0; outline: 0; }
.top { display: flex; align-items: center; justify-content: space-between; padding: 8px 8px 4px 20px; }
.content { overflow-y: auto; overscroll-behavior: contain; padding: 0 20px 20px; }
.facts { list-style: none; }
.facts li { display: flex; align-items: center; padding: 8px 0; border-top: 1px solid var(--line); }
.facts div { flex: 1; min-width: 0; overflow-wrap: anywhere; }
.facts small { display: block; font-size: 13px; color: var(--muted); }
.facts .plain { padding: 10px 12px; margin-right: -12px; }
.choice { display: flex; align-items: center; gap: 14px; width: 100%; min-height: 52px; border-radius: 12px; text-align: left; }
.choice svg { color: var(--ink); }
.link { width: 100%; height: 48px; margin-top: 14px; padding: 0 16px; text-overflow: ellipsis; }
.buttons + p { margin-top: 14px; }

@media (max-width: 520px), (max-height: 460px) {
  .panel { inset: var(--top, 0) 0 auto; width: 100%; height: var(--height, 100dvh); border-radius: 0; box-shadow: none; font-size: 16px; }
  .launcher[aria-expanded="true"] { display: none; }
  header { padding-top: calc(10px + env(safe-area-inset-top)); padding-bottom: 10px; }
  .chat, .sheet { padding: 0 env(safe-area-inset-right) env(safe-area-inset-bottom) env(safe-area-inset-left); }
}
@container (max-width: 360px) { header .face { display: none; } }
@container (max-height: 300px) { .way, .small, .names p { display: none; } header { padding-block: 2px; } form { padding-bottom: 10px; } }
@media (prefers-reduced-motion: no-preference) {
  .panel:not([hidden]), .sheet, .fresh { animation: rise .2s ease-out; }
  .typing i { animation: bob 1.2s infinite; }
  .typing i:nth-child(2) { animation-delay: .15s; } .typing i:nth-child(3) { animation-delay: .3s; }
  .scroll { scroll-behavior: smooth; }
}
@media (forced-colors: active) { .row p, .launcher, .solid, .panel, .go { border: 1px solid; } }
@keyframes rise { from { opacity: 0; transform: translateY(10px); } }
@keyframes bob { 0%, 60%, 100% { opacity: .35; } 30% { opacity: 1; transform: translateY(-3px); } }
`;
