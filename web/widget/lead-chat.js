/**
 * <lead-chat>: a chat panel that speaks LeadTriage's public chat API. No dependency, no build, no side effect at import.
 * Attributes, properties, events and colours: README.md beside this file.
 */

const STYLE = `
:host { all: initial; display: contents;
  --accent: var(--lead-chat-accent, #0f6e6e); --on-accent: var(--lead-chat-on-accent, #fff);
  --surface: var(--lead-chat-surface, #fff); --text: var(--lead-chat-text, #16242e); --muted: var(--lead-chat-muted, #52636f);
  --bubble: var(--lead-chat-bubble, #eff3f5); --line: var(--lead-chat-line, #d9e1e6); --warn: #8f3413; --warn-soft: #fdf1ea;
  --ink: var(--accent); --soft: color-mix(in srgb, var(--accent) 9%, var(--surface));
  --radius: var(--lead-chat-radius, 18px); --offset: var(--lead-chat-offset, 20px); --z: var(--lead-chat-z, 2147483000);
  --font: var(--lead-chat-font, system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif); }
:host([hidden]) { display: none; }
:host([theme="dark"]) { --surface: var(--lead-chat-surface, #16212a); --text: var(--lead-chat-text, #eaf1f5);
  --muted: var(--lead-chat-muted, #a6b6c1); --bubble: var(--lead-chat-bubble, #23313c); --line: var(--lead-chat-line, #384854);
  --warn: #ffc2a6; --warn-soft: #3b2a23; --ink: color-mix(in srgb, var(--accent) 45%, #fff); }
@media (prefers-color-scheme: dark) {
  :host([theme="auto"]) { --surface: var(--lead-chat-surface, #16212a); --text: var(--lead-chat-text, #eaf1f5);
    --muted: var(--lead-chat-muted, #a6b6c1); --bubble: var(--lead-chat-bubble, #23313c); --line: var(--lead-chat-line, #384854);
    --warn: #ffc2a6; --warn-soft: #3b2a23; --ink: color-mix(in srgb, var(--accent) 45%, #fff); }
}
*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }
button, textarea { font: inherit; color: inherit; }
button { cursor: pointer; border: 0; background: none; padding: 0; -webkit-tap-highlight-color: transparent; }
a { color: var(--ink); text-underline-offset: 2px; }
svg { width: 22px; height: 22px; fill: none; stroke: currentColor; stroke-width: 2; stroke-linecap: round; stroke-linejoin: round; flex: none; }
:focus-visible { outline: 3px solid var(--ink); outline-offset: 2px; }
.sr { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

.launcher, .panel { position: fixed; right: var(--offset); z-index: var(--z); font: 400 15px/1.5 var(--font); color: var(--text); }
:host([position="left"]) :is(.launcher, .panel) { right: auto; left: var(--offset); }
.launcher { bottom: calc(var(--offset) + env(safe-area-inset-bottom, 0px)); min-width: 60px; height: 60px; border-radius: 30px;
  display: flex; align-items: center; justify-content: center; gap: 10px; background: var(--accent); color: var(--on-accent); font-weight: 600;
  box-shadow: 0 1px 2px rgb(12 30 40 / .18), 0 8px 24px rgb(12 30 40 / .22); transition: transform .16s ease, box-shadow .16s ease; }
.launcher:hover { transform: translateY(-2px); box-shadow: 0 2px 4px rgb(12 30 40 / .18), 0 12px 30px rgb(12 30 40 / .28); }
.launcher:focus-visible { outline-offset: 3px; }
.launcher svg { width: 27px; height: 27px; }
.launcher .words { padding-right: 4px; }
.launcher.wide { padding: 0 20px; }
.launcher .shut, .launcher[aria-expanded="true"] .talk { display: none; }
.launcher[aria-expanded="true"] .shut { display: block; }
.unread { position: absolute; top: 1px; right: 1px; min-width: 20px; height: 20px; padding: 0 5px; border-radius: 10px; background: #b3261e; color: #fff;
  font-size: 12px; line-height: 20px; text-align: center; box-shadow: 0 0 0 2px #fff; }

.panel { bottom: calc(var(--offset) + 74px); width: min(var(--lead-chat-width, 392px), calc(100vw - 2 * var(--offset)));
  height: min(var(--lead-chat-height, 660px), calc(100dvh - var(--offset) - 94px)); display: flex; flex-direction: column; overflow: hidden;
  background: var(--surface); border-radius: var(--radius); outline: none;
  box-shadow: 0 0 0 1px rgb(12 30 40 / .07), 0 4px 12px rgb(12 30 40 / .08), 0 24px 60px rgb(12 30 40 / .22); }
header { display: flex; align-items: center; gap: 12px; padding: 14px 10px 14px 18px; background: var(--accent); color: var(--on-accent); }
header :focus-visible { outline-color: var(--on-accent); outline-offset: -3px; }
.face { display: grid; place-items: center; width: 38px; height: 38px; border-radius: 50%; background: color-mix(in srgb, var(--on-accent) 17%, var(--accent)); flex: none; }
.names { flex: 1; min-width: 0; }
h2 { margin: 0; font: 600 16px/1.3 var(--font); display: flex; align-items: center; gap: 8px; }
h2 .name { overflow: hidden; text-overflow: ellipsis; white-space: nowrap; }
.mark { font: 600 11px/18px var(--font); padding: 0 8px; border-radius: 9px; background: var(--on-accent); color: var(--accent); flex: none; }
.names p { margin: 1px 0 0; font-size: 13px; line-height: 1.35; }
.tool { width: 44px; height: 44px; border-radius: 12px; display: grid; place-items: center; flex: none; }
.tool:hover { background: color-mix(in srgb, var(--on-accent) 15%, transparent); }
.tool + .tool { margin-left: -10px; }

.way { display: flex; align-items: center; gap: 12px; padding: 8px 18px; font-size: 13px; color: var(--muted); border-bottom: 1px solid var(--line); }
progress { flex: 1; height: 6px; appearance: none; border: 0; border-radius: 3px; background: var(--bubble); overflow: hidden; }
progress::-webkit-progress-bar { background: var(--bubble); border-radius: 3px; }
progress::-webkit-progress-value { background: var(--accent); border-radius: 3px; transition: inline-size .35s ease; }
progress::-moz-progress-bar { background: var(--accent); border-radius: 3px; }

.scroll { flex: 1; min-height: 0; overflow-y: auto; overscroll-behavior: contain; padding: 18px 16px 14px; outline: none; display: flex; flex-direction: column; }
.scroll:focus-visible { box-shadow: inset 0 0 0 2px var(--ink); }
.log { display: flex; flex-direction: column; }
.row { max-width: 86%; margin-top: 16px; }
.row:first-child, .row.bot + .row.bot, .row.visitor + .row.visitor { margin-top: 5px; }
.row.visitor { align-self: flex-end; text-align: right; }
.row p { margin: 0; padding: 9px 14px; border-radius: 18px; background: var(--bubble); white-space: pre-wrap; overflow-wrap: anywhere;
  text-align: left; display: inline-block; max-width: 100%; }
.row.bot p { border-bottom-left-radius: 6px; }
.row.visitor p { background: var(--accent); color: var(--on-accent); border-bottom-right-radius: 6px; }
.row.waiting p { background: var(--surface); color: var(--text); box-shadow: inset 0 0 0 1.5px var(--warn); }
.row small { display: block; margin: 3px 4px 0; font-size: 12.5px; color: var(--warn); }
.row.notice p { background: var(--soft); }
.done { align-self: stretch; display: flex; align-items: center; gap: 10px; margin-top: 18px; font-size: 13px; color: var(--muted); text-align: center; }
.done::before, .done::after { content: ""; flex: 1; border-top: 1px solid var(--line); }
.typing { align-self: flex-start; display: flex; gap: 5px; margin-top: 16px; padding: 14px 16px; border-radius: 18px 18px 18px 6px; background: var(--bubble); }
.typing i { width: 7px; height: 7px; border-radius: 50%; background: var(--muted); animation: bob 1.2s infinite; }
.typing i:nth-child(2) { animation-delay: .15s; } .typing i:nth-child(3) { animation-delay: .3s; }
.quick { display: flex; flex-wrap: wrap; gap: 8px; margin-top: 14px; }
.pill { min-height: 44px; padding: 8px 16px; border-radius: 22px; border: 1.5px solid var(--ink); background: var(--surface); color: var(--ink);
  font-weight: 500; line-height: 1.3; text-align: left; transition: background-color .12s; }
.pill:hover { background: var(--soft); }
.solid { min-height: 44px; padding: 10px 20px; border-radius: 12px; background: var(--accent); color: var(--on-accent); font-weight: 600; }
.solid:hover { background: color-mix(in srgb, var(--accent) 88%, #000); }
.solid:disabled, .send:disabled { cursor: default; opacity: .55; }

.welcome { margin: auto 0; padding: 8px 10px; text-align: center; }
.welcome .face { width: 64px; height: 64px; margin: 0 auto 16px; background: var(--soft); color: var(--ink); }
.welcome .face svg { width: 32px; height: 32px; }
.welcome .hello { margin: 0 0 10px; font-size: 20px; font-weight: 600; line-height: 1.35; text-wrap: balance; }
.welcome .consent { margin: 0 0 22px; color: var(--muted); text-wrap: pretty; }
.welcome .solid { width: 100%; }
.welcome .other { margin: 14px 0 0; font-size: 14px; color: var(--muted); }
.welcome .other a { display: inline-block; padding: 11px 6px; }

.alert { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 12px; padding: 10px 16px; background: var(--warn-soft); color: var(--text);
  border-top: 1px solid var(--line); font-size: 14px; line-height: 1.4; }
.alert.calm { background: var(--soft); }
.alert p { margin: 0; flex: 1 1 210px; overflow-wrap: anywhere; }
.alert .buttons { display: flex; flex-wrap: wrap; gap: 8px; }
.alert button { min-height: 44px; padding: 6px 14px; border-radius: 10px; font-weight: 600; background: var(--surface); box-shadow: inset 0 0 0 1px var(--line); }
form { padding: 10px 12px 6px; border-top: 1px solid var(--line); background: var(--surface); }
.field { display: flex; align-items: flex-end; gap: 4px; padding: 3px; border: 1.5px solid #7f909b; border-radius: 24px; background: var(--surface); }
.field:focus-within { border-color: var(--ink); box-shadow: 0 0 0 3px color-mix(in srgb, var(--ink) 22%, transparent); }
textarea { flex: 1; min-width: 0; resize: none; border: 0; outline: 0; background: none; padding: 10px 4px 10px 14px; font-size: 16px; line-height: 24px; max-height: 164px; }
textarea:focus-visible { outline: 0; }
textarea::placeholder { color: var(--muted); opacity: 1; }
.send { width: 44px; height: 44px; border-radius: 50%; background: var(--accent); color: var(--on-accent); display: grid; place-items: center; flex: none; }
.send:disabled { background: var(--bubble); color: var(--muted); opacity: 1; }
.small { margin: 4px 6px 0; padding: 0; font-size: 12.5px; line-height: 1.4; color: var(--muted); display: flex; align-items: center; justify-content: space-between; gap: 10px; }
.small a { padding: 6px 2px; color: inherit; }

@media (max-width: 520px), (max-height: 460px) {
  .panel, :host([position="left"]) .panel { inset: var(--top, 0px) 0 auto 0; width: 100%; height: var(--height, 100dvh); border-radius: 0; box-shadow: none; }
  .launcher[aria-expanded="true"] { display: none; }
  header { padding-top: calc(10px + env(safe-area-inset-top, 0px)); padding-bottom: 10px; }
  form { padding-bottom: calc(6px + env(safe-area-inset-bottom, 0px)); }
}
@media (prefers-reduced-motion: no-preference) {
  .panel:not([hidden]) { animation: rise .2s cubic-bezier(.2, .8, .3, 1); }
  .row.fresh, .quick.fresh { animation: come .2s ease-out; }
  .scroll { scroll-behavior: smooth; }
}
@media (prefers-reduced-motion: reduce) { .typing i, .launcher, .pill, progress::-webkit-progress-value { animation: none; transition: none; } }
@media (forced-colors: active) { .row p, .launcher, .solid, .panel, .send { border: 1px solid; } }
@keyframes rise { from { opacity: 0; transform: translateY(14px); } }
@keyframes come { from { opacity: 0; transform: translateY(6px); } }
@keyframes bob { 0%, 60%, 100% { opacity: .35; transform: none; } 30% { opacity: 1; transform: translateY(-3px); } }
`;

const ICONS = {
  talk: "M21 11.5a8.4 8.4 0 0 1-8.6 8.2 9 9 0 0 1-3.6-.7L3.5 20.5l1.6-4.3a7.9 7.9 0 0 1-1.3-4.7 8.4 8.4 0 0 1 8.6-8.2 8.4 8.4 0 0 1 8.6 8.2Z",
  down: "m6 9.5 6 6 6-6",
  close: "M6 6l12 12M18 6 6 18",
  again: "M4 11a8 8 0 1 1 1.6 5.8M4 5.5V11h5.5",
  send: "M12 19.5v-15M5.5 11 12 4.5l6.5 6.5",
};

const ANSWER_SECONDS = 30; // a turn takes well under a second; past this the line is taken for dead and the same key is sent again
const AUTOMATIC_TRIES = 6;
const OVER = new Set([401, 403, 404, 409, 410]); // the server takes nothing more for this conversation

/** A request that failed: its status (0 when nothing came back), a sentence for the visitor, and whether the same request may work later. */
class ChatProblem extends Error {
  constructor(status, detail, retryAfter = null) {
    super(detail);
    this.status = status;
    this.retryAfter = retryAfter; // seconds, or null when the server named none
    this.passing = status === 0 || status === 408 || status === 425 || status === 429 || status >= 500;
  }
}

/** An element with attributes and children; strings become text nodes, never markup. */
function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null && value !== undefined) made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children);
  return made;
}

function icon(name, cssClass = "") {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  for (const [key, value] of [["viewBox", "0 0 24 24"], ["aria-hidden", "true"], ["class", cssClass]]) svg.setAttribute(key, value);
  svg.append(path);
  return svg;
}

/** crypto.randomUUID exists on https and localhost only; an intranet page on plain http gets random hex instead. */
function newKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** The text as nodes, with http(s) addresses as links. Punctuation that ends a sentence is not part of an address. */
function linked(text) {
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

let sharedSheet = null;

export class LeadChat extends HTMLElement {
  static observedAttributes = ["title", "greeting", "demo", "label"];

  /** Every word the widget says by itself; a page may replace any of them before the element is on the page. */
  static text = {
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
    placeholderDone: "Add a note or correct something…",
    send: "Send",
    hint: "Please leave out patient details.",
    privacy: "Privacy",
    demo: "Demo",
    suggestions: "Suggested answers",
    conversation: "Conversation",
    region: "Chat",
    typing: "The assistant is typing",
    you: "You: ",
    assistant: "Assistant: ",
    notSent: "Not sent yet",
    tryAgain: "Try again",
    offline: "You seem to be offline. Nothing is lost: we send it when you are back.",
    unreachable: "We can't reach the chat right now. Nothing is lost: we keep trying.",
    failed: "That didn't work. Please try again.",
    restart: "Start over",
    restartAsk: "Begin again? What you told us so far stays with our team.",
    restartNo: "Keep chatting",
    newChat: "Start a new chat",
    done: "All done. You can still add or correct something.",
    stopped: "This chat has ended.",
  };

  /** Contact data the page already knows, sent when the visitor starts: {name?, email?, phone?, company?, title?}. */
  prefill = null;

  #parts = null;
  #viewport = null;
  #listeners = null;
  #session = null; // {id, token, visitor} once the visitor has agreed and a conversation exists
  #outbox = []; // {key, text | quick_reply, label, row?}: said and not yet answered, oldest first
  #epoch = 0; // raised by a restart or removal, so that a late answer of an older conversation is dropped
  #sending = false;
  #loaded = false; // the log shows the conversation of #session
  #ended = false; // the visitor stopped: no field to write in, only a new chat
  #lost = false; // the server no longer knows this conversation, so neither does this tab's storage
  #offered = null; // the message whose quick replies were shown last
  #announcedFinish = false;
  #startKey = null;
  #unread = 0;
  #opener = null; // what had the focus when the panel opened, and gets it back
  #again = null; // what "Try again" does
  #timer = 0;
  #tries = 0;
  #request = null; // AbortController of the request under way

  get isOpen() {
    return Boolean(this.#parts) && !this.#parts.panel.hidden;
  }

  connectedCallback() {
    if (!this.#parts) this.#build();
    this.#listeners = new AbortController();
    const { signal } = this.#listeners;
    addEventListener("online", () => this.#online(), { signal });
    addEventListener("offline", () => this.#offline(), { signal });
    document.addEventListener("click", (event) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || event.shiftKey) return;
      if (!event.target.closest?.("[data-lead-chat-open]")) return;
      event.preventDefault();
      this.open();
    }, { signal });
    for (const name of ["resize", "scroll"]) globalThis.visualViewport?.addEventListener(name, () => this.#fit(), { signal });
    const kept = this.#recall();
    if (kept) {
      this.#session = { id: kept.id, token: kept.token, visitor: kept.visitor };
      this.#outbox = kept.outbox ?? [];
      this.#parts.input.value = kept.draft ?? "";
      this.#visit();
    }
    this.#view();
    if (kept?.open) this.open({ focus: false });
  }

  disconnectedCallback() {
    this.#listeners?.abort();
    this.#drop();
    this.#typing(false);
    this.#loaded = false;
  }

  attributeChangedCallback() {
    if (this.#parts) this.#name();
  }

  /** Shows the panel and puts the focus where the visitor goes on; the first time it starts or resumes what is needed. */
  open({ focus = true } = {}) {
    const { panel, launcher } = this.#parts;
    if (panel.hidden) {
      panel.hidden = false;
      this.#opener = this.contains(document.activeElement) || document.activeElement === document.body ? launcher : document.activeElement;
      launcher.setAttribute("aria-expanded", "true");
      this.#unread = 0;
      this.#name();
      this.#fit();
      this.#save();
      this.#grow();
      this.#emit("open");
      if (this.#session && !this.#loaded) this.#resume();
      else this.#toEnd(true);
    }
    if (focus) this.#focus();
  }

  /** Hides the panel and gives the focus back to the launcher, or to the link that opened it. The conversation goes on where it was at the next open. */
  close() {
    const { panel, launcher } = this.#parts;
    if (panel.hidden) return;
    const hadFocus = this.shadowRoot.activeElement !== null;
    panel.hidden = true;
    launcher.setAttribute("aria-expanded", "false");
    this.#name();
    this.#save();
    this.#emit("close");
    if (hadFocus) (this.#opener?.isConnected && this.#opener !== this ? this.#opener : launcher).focus();
  }

  /** Leaves this conversation and begins a new one; the visitor has agreed already, so it begins at once. */
  async restart() {
    if (this.#session) await this.#begin(this.#session.visitor);
  }

  // Building ------------------------------------------------------------------------------------------------------

  #build() {
    const words = LeadChat.text;
    const root = this.attachShadow({ mode: "open" });
    if (!sharedSheet) {
      sharedSheet = new CSSStyleSheet();
      sharedSheet.replaceSync(STYLE);
    }
    this.#viewport = new CSSStyleSheet();
    root.adoptedStyleSheets = [sharedSheet, this.#viewport];

    const base = this.#base();
    const privacy = this.getAttribute("privacy") ?? new URL("privacy", base).href;
    const contact = this.getAttribute("contact") ?? new URL("contact", base).href;
    const away = { target: "_blank", rel: "noopener" };
    const p = (this.#parts = {
      name: element("span", { class: "name" }),
      mark: element("span", { class: "mark" }, words.demo),
      again: element("button", { class: "tool", type: "button", "aria-label": words.restart, title: words.restart, hidden: true }, icon("again")),
      shut: element("button", { class: "tool", type: "button", "aria-label": words.close, title: words.close }, icon("close")),
      progress: element("progress", { "aria-labelledby": "way" }),
      wayWords: element("span", { id: "way" }),
      hello: element("p", { class: "hello" }),
      start: element("button", { class: "solid", type: "button" }, words.start),
      log: element("div", { class: "log", role: "log", "aria-live": "polite", "aria-label": words.conversation }),
      typing: element("div", { class: "typing", "aria-hidden": "true", hidden: true }, element("i"), element("i"), element("i")),
      status: element("div", { class: "sr", role: "status" }),
      quick: element("div", { class: "quick", role: "group", "aria-label": words.suggestions, hidden: true }),
      alert: element("div", { role: "alert" }),
      input: element("textarea", { rows: 1, "aria-label": words.message, placeholder: words.placeholder, enterkeyhint: "send", autocomplete: "off" }),
      send: element("button", { class: "send", type: "submit", "aria-label": words.send, disabled: true }, icon("send")),
      launcherWords: element("span", { class: "words" }),
      unread: element("span", { class: "unread", "aria-hidden": "true", hidden: true }),
    });
    p.way = element("div", { class: "way", hidden: true }, p.progress, p.wayWords);
    p.welcome = element("div", { class: "welcome" },
      element("div", { class: "face" }, icon("talk")), p.hello,
      element("p", { class: "consent" }, words.consent, element("a", { href: privacy, ...away }, words.privacyNotice), words.consentEnd),
      p.start,
      element("p", { class: "other" }, element("a", { href: contact }, words.contact)));
    p.scroll = element("div", { class: "scroll", tabindex: 0, role: "region", "aria-label": words.region }, p.welcome, p.log, p.typing, p.quick);
    p.form = element("form", { novalidate: true },
      element("div", { class: "field" }, p.input, p.send),
      element("p", { class: "small" }, element("span", {}, words.hint), element("a", { href: privacy, ...away }, words.privacy)));
    // The empty titles keep the host's title attribute from popping up as a tooltip over the whole panel.
    p.panel = element("section", { class: "panel", role: "dialog", "aria-labelledby": "title", tabindex: -1, hidden: true, title: "" },
      element("header", {},
        element("div", { class: "face" }, icon("talk")),
        element("div", { class: "names" }, element("h2", { id: "title" }, p.name, p.mark), element("p", {}, words.subtitle)),
        p.again, p.shut),
      p.way, p.scroll, p.alert, p.form, p.status);
    p.launcher = element("button", { class: "launcher", type: "button", "aria-expanded": "false", "aria-haspopup": "dialog", title: "" },
      icon("talk", "talk"), icon("down", "shut"), p.launcherWords, p.unread);
    root.append(p.launcher, p.panel);

    p.launcher.addEventListener("click", () => (this.isOpen ? this.close() : this.open()));
    p.shut.addEventListener("click", () => this.close());
    p.again.addEventListener("click", () => this.#askRestart());
    p.start.addEventListener("click", () => this.#begin());
    p.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#say();
    });
    p.input.addEventListener("input", () => this.#typed());
    p.input.addEventListener("keydown", (event) => {
      // While an input method composes a character, Enter chooses it.
      if (event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229) return;
      event.preventDefault();
      this.#say();
    });
    p.panel.addEventListener("keydown", (event) => this.#key(event));
    this.#name();
  }

  #name() {
    const words = LeadChat.text;
    const p = this.#parts;
    p.name.textContent = this.getAttribute("title") || words.title;
    p.hello.textContent = this.getAttribute("greeting") || words.greeting;
    p.mark.hidden = !this.hasAttribute("demo");
    const label = this.getAttribute("label") ?? "";
    p.launcherWords.textContent = label;
    p.launcherWords.hidden = !label;
    p.launcher.classList.toggle("wide", Boolean(label));
    p.unread.hidden = !this.#unread;
    p.unread.textContent = String(this.#unread);
    // The visible words come first in the accessible name, so that "click Chat with us" works by voice.
    const doing = this.isOpen ? words.close : words.open;
    p.launcher.setAttribute("aria-label", (label ? `${label}: ${doing}` : doing) + (this.#unread ? ` (${this.#unread} new)` : ""));
  }

  /** Shows the welcome before the visitor has agreed, the conversation after. */
  #view() {
    const p = this.#parts;
    const chatting = Boolean(this.#session);
    p.welcome.hidden = chatting;
    p.log.hidden = !chatting;
    p.form.hidden = !chatting || this.#ended;
    p.again.hidden = !chatting;
    this.#typed();
  }

  // Talking to the server -----------------------------------------------------------------------------------------

  #base() {
    const api = this.getAttribute("api") || "/";
    return new URL(api.endsWith("/") ? api : api + "/", document.baseURI);
  }

  /** One request; its JSON answer, or a ChatProblem with a sentence that can be shown as it is. */
  async #call(method, path, { body, key, token } = {}) {
    const headers = { Accept: "application/json" };
    if (body) headers["Content-Type"] = "application/json";
    if (token) headers.Authorization = `Bearer ${token}`;
    if (key) headers["Idempotency-Key"] = key;
    const abort = (this.#request = new AbortController());
    const late = setTimeout(() => abort.abort(), ANSWER_SECONDS * 1000);
    let response;
    let answer = null;
    try {
      // No cookie travels: the visitor is known by the token alone, and a colleague signed in to the console stays a visitor here.
      response = await fetch(new URL(`api/chat/${path}`, this.#base()), {
        method, headers, credentials: "omit", cache: "no-store", signal: abort.signal, body: body && JSON.stringify(body),
      });
      answer = await response.json().catch((cause) => {
        if (response.ok) throw cause; // half an answer, or a hotel's sign-in page: not from us
      });
    } catch {
      throw new ChatProblem(0, navigator.onLine ? LeadChat.text.unreachable : LeadChat.text.offline);
    } finally {
      clearTimeout(late);
    }
    if (response.ok) return answer;
    const seconds = Number.parseFloat(response.headers.get("Retry-After"));
    throw new ChatProblem(response.status, answer?.detail || LeadChat.text.failed, Number.isFinite(seconds) ? seconds : null);
  }

  /** Starts a conversation: the click on "Start chat" is the consent. */
  async #begin(visitor = newKey()) {
    const p = this.#parts;
    const epoch = this.#drop();
    p.start.disabled = true;
    this.#calm();
    this.#startKey ??= newKey();
    const query = new URLSearchParams(location.search);
    const utm = Object.fromEntries([...query].filter(([name]) => name.startsWith("utm_")).map(([name, value]) => [name.slice(4), value]));
    const body = {
      // The rest of the query and the fragment stay here: pages put addresses and tokens in them.
      page: { url: location.origin + location.pathname, title: document.title, ...(document.referrer && { referrer: document.referrer.split(/[?#]/)[0] }) },
      utm, visitor, consent: true,
    };
    if (this.prefill) body.prefill = this.prefill;
    if (this.hasAttribute("reference-date")) body.reference_date = this.getAttribute("reference-date");
    this.#typing(true);
    try {
      const answer = await this.#call("POST", "conversations", { body, key: this.#startKey });
      if (epoch !== this.#epoch) return;
      this.#startKey = null;
      this.#session = { id: answer.conversation_id, token: answer.token, visitor };
      this.#outbox = [];
      this.#loaded = true;
      this.#ended = this.#lost = this.#announcedFinish = false;
      this.#calm();
      p.log.replaceChildren();
      this.#view();
      this.#save();
      this.#receive(answer);
      this.#focus();
    } catch (problem) {
      if (epoch !== this.#epoch) return;
      this.#trouble(problem, () => this.#begin(visitor));
    } finally {
      if (epoch === this.#epoch) {
        p.start.disabled = false;
        this.#typing(false);
      }
    }
  }

  /** Reads the conversation back after a reload. What was said and not answered is sent first, under its old key, so it cannot double. */
  async #resume() {
    const epoch = this.#epoch;
    const { log } = this.#parts;
    const path = `conversations/${this.#session.id}`;
    const { token } = this.#session;
    if (this.#sending) return;
    this.#sending = true;
    this.#typing(true);
    let stuck = null;
    try {
      while (this.#outbox.length && !stuck) {
        try {
          await this.#post(this.#outbox[0]);
        } catch (problem) {
          stuck = problem;
        }
        if (epoch !== this.#epoch) return;
        if (!stuck) this.#outbox.shift();
        this.#save();
      }
      const history = await this.#call("GET", path, { token });
      if (epoch !== this.#epoch) return;
      this.#loaded = true;
      this.#calm();
      log.setAttribute("aria-live", "off"); // a screen reader should not be read the whole past
      log.replaceChildren();
      const messages = history.messages ?? [];
      const rows = messages.map((message) => this.#show(message, false));
      const last = messages.findLastIndex((message) => message.from === "visitor");
      this.#outbox.forEach((item, place) => {
        // The server may have taken the oldest one and only its answer was lost: then it is on the screen already.
        const taken = place === 0 && messages[last]?.text === item.label;
        item.row = taken ? rows[last] : this.#show({ from: "visitor", text: item.label }, false);
      });
      this.#state(history.state, true);
      this.#offer(this.#outbox.length ? null : messages.at(-1), false);
      this.#toEnd(true);
      setTimeout(() => log.setAttribute("aria-live", "polite"), 500);
      // While the oldest one is stuck nobody knows if its answer is shown, so the next try reads everything back again.
      this.#loaded = !stuck?.passing;
      if (stuck) this.#refused(stuck);
      else if (this.#outbox.length) this.#timer = setTimeout(() => this.#pump(), 0);
    } catch (problem) {
      if (epoch === this.#epoch) this.#trouble(problem, () => this.#resume());
    } finally {
      if (epoch === this.#epoch) {
        this.#sending = false;
        this.#typing(false);
      }
    }
  }

  #post(item) {
    const { id, token } = this.#session;
    const body = item.quick_reply === undefined ? { text: item.text } : { quick_reply: item.quick_reply };
    return this.#call("POST", `conversations/${id}/messages`, { body, key: item.key, token });
  }

  #deliver() {
    return this.#loaded ? this.#pump() : this.#resume();
  }

  /** Sends what waits, one at a time and in order. Anything that fails stays in the outbox with its key. */
  async #pump() {
    if (this.#sending || !this.#loaded) return;
    const epoch = this.#epoch;
    this.#sending = true;
    clearTimeout(this.#timer);
    this.#typing(true);
    try {
      while (this.#outbox.length) {
        const item = this.#outbox[0];
        const answer = await this.#post(item);
        if (epoch !== this.#epoch) return;
        this.#outbox.shift();
        item.row.classList.remove("waiting");
        item.row.querySelector("small")?.remove();
        this.#calm();
        this.#receive(answer);
        this.#save();
      }
    } catch (problem) {
      if (epoch === this.#epoch) this.#refused(problem);
    } finally {
      if (epoch === this.#epoch) {
        this.#sending = false;
        this.#typing(false);
      }
    }
  }

  /** A message was not taken: keep it for another try, or put its words back where they can be edited. */
  #refused(problem) {
    if (problem.passing) {
      for (const { row } of this.#outbox) {
        row.classList.add("waiting");
        if (!row.querySelector("small")) row.append(element("small", {}, LeadChat.text.notSent));
      }
      this.#toEnd();
      return this.#trouble(problem, () => this.#deliver());
    }
    if (!OVER.has(problem.status)) {
      const [item] = this.#outbox.splice(0, 1);
      this.#giveBack([item]);
      if (item.text === undefined) this.#offer(this.#offered);
    }
    this.#trouble(problem, null);
    this.#focus();
    // The rest of the queue is not at fault; it follows once this run is over.
    if (this.#outbox.length) this.#timer = setTimeout(() => this.#pump(), 0);
  }

  /** Takes bubbles that were not accepted out of the log and puts their words before what stands in the field. */
  #giveBack(items) {
    const { input } = this.#parts;
    for (const { row } of items) row?.remove();
    input.value = [...items.map((item) => item.text ?? ""), input.value].filter(Boolean).join("\n");
    this.#typed();
  }

  /** Says what went wrong in the server's own words and offers what helps: another try, or a new chat. */
  #trouble(problem, again) {
    const words = LeadChat.text;
    this.#emit("error", { status: problem.status, detail: problem.message });
    clearTimeout(this.#timer);
    this.#again = null;
    if (problem.passing && again) {
      this.#again = again;
      this.#tries += 1;
      const wait = problem.retryAfter ?? Math.min(30, 2 ** this.#tries) * (0.8 + 0.4 * Math.random());
      if (this.#tries <= AUTOMATIC_TRIES && wait <= 120) this.#timer = setTimeout(() => this.#again?.(), wait * 1000);
      this.#alert(problem.message, [[words.tryAgain, () => this.#again?.()]]);
    } else if (OVER.has(problem.status) && this.#session) {
      this.#giveBack(this.#outbox.splice(0));
      this.#forget();
      this.#alert(problem.message, [[words.newChat, () => this.restart()]]);
    } else {
      this.#alert(problem.message, again ? [[words.tryAgain, again]] : []);
    }
  }

  #online() {
    this.#tries = 0;
    this.#again?.();
  }

  #offline() {
    if (!this.#session || this.#again) return;
    this.#again = () => this.#calm();
    this.#alert(LeadChat.text.offline, []);
  }

  /** A page view, only once the visitor has agreed in this tab. Losing one costs nothing, so a failure is not shown. */
  #visit() {
    const body = JSON.stringify({ visitor: this.#session.visitor, page: location.origin + location.pathname });
    fetch(new URL("api/chat/visits", this.#base()), {
      method: "POST", headers: { "Content-Type": "application/json" }, credentials: "omit", keepalive: true, body,
    }).catch(() => {});
  }

  // Talking to the visitor ----------------------------------------------------------------------------------------

  #say(quick = null) {
    const { input } = this.#parts;
    const text = input.value.trim();
    if ((!quick && !text) || !this.#session || this.#ended) return;
    const item = quick ? { key: newKey(), quick_reply: quick.value, label: quick.label } : { key: newKey(), text, label: text };
    if (!quick) input.value = "";
    item.row = this.#show({ from: "visitor", text: item.label });
    this.#outbox.push(item);
    this.#offer(null);
    this.#typed();
    this.#toEnd();
    this.#focus();
    this.#deliver();
  }

  #receive({ messages = [], state }) {
    for (const message of messages) {
      this.#show(message);
      if (!this.isOpen && message.from === "bot") this.#unread += 1;
    }
    this.#state(state);
    this.#offer(this.#outbox.length ? null : messages.at(-1));
    this.#name();
    this.#toEnd();
  }

  #show(message, fresh = true) {
    const visitor = message.from === "visitor";
    const kind = ["notice", "handoff", "goodbye"].includes(message.kind) ? ` ${message.kind}` : "";
    const row = element("div", { class: `row ${visitor ? "visitor" : "bot"}${kind}${fresh ? " fresh" : ""}` },
      element("span", { class: "sr" }, visitor ? LeadChat.text.you : LeadChat.text.assistant),
      element("p", {}, ...(visitor ? [message.text] : linked(String(message.text ?? "")))));
    this.#parts.log.append(row);
    if (fresh) this.#emit("message", { from: visitor ? "visitor" : "bot", kind: message.kind ?? null });
    return row;
  }

  #state(state, resumed = false) {
    if (!state) return;
    const words = LeadChat.text;
    const p = this.#parts;
    const { answered = 0, remaining = 0, finished = false, outcome = null } = state;
    p.way.hidden = finished || !answered;
    p.progress.max = Math.max(1, answered + remaining);
    p.progress.value = answered;
    p.wayWords.textContent = remaining ? `${answered} answered, about ${remaining} to go` : `${answered} answered`;
    p.input.placeholder = finished ? words.placeholderDone : words.placeholder;
    this.#ended = outcome === "stopped";
    p.form.hidden = this.#ended;
    if (this.#ended) this.#alert(words.stopped, [[words.newChat, () => this.restart()]], true);
    if (!finished || this.#announcedFinish) return;
    this.#announcedFinish = true;
    if (!this.#ended) p.log.append(element("div", { class: "done" }, words.done));
    if (!resumed) this.#emit("finished", { outcome, conversation_id: this.#session.id });
  }

  /** Quick replies of the newest question. They leave as soon as something is said. */
  #offer(message, fresh = true) {
    const { quick } = this.#parts;
    this.#offered = message ?? this.#offered;
    const replies = message?.from === "bot" && !this.#ended ? (message.quick_replies ?? []) : [];
    quick.replaceChildren(...replies.map((reply) => {
      const button = element("button", { class: "pill", type: "button" }, String(reply.label));
      button.addEventListener("click", () => this.#say(reply));
      return button;
    }));
    quick.classList.toggle("fresh", fresh);
    quick.hidden = !replies.length;
  }

  #askRestart() {
    const words = LeadChat.text;
    const no = () => {
      this.#calm();
      if (this.#outbox.length) this.#deliver();
      this.#focus();
    };
    this.#alert(words.restartAsk, [[words.restart, () => this.restart()], [words.restartNo, no]], true);
    this.#parts.alert.querySelector("button").focus();
  }

  #alert(sentence, buttons, calm = false) {
    const { alert } = this.#parts;
    const kept = alert.querySelector("p")?.textContent === sentence; // said once; a second failed try is not announced again
    alert.className = calm ? "alert calm" : "alert";
    const made = buttons.map(([label, action]) => {
      const button = element("button", { type: "button" }, label);
      button.addEventListener("click", action);
      return button;
    });
    const row = element("div", { class: "buttons", hidden: !made.length }, ...made);
    if (kept) {
      const focused = alert.contains(this.shadowRoot.activeElement);
      alert.lastElementChild.replaceWith(row);
      if (focused) made[0]?.focus();
    } else {
      alert.replaceChildren(element("p", {}, sentence), row);
      this.#toEnd(); // the alert took its room from the log
    }
  }

  #calm() {
    clearTimeout(this.#timer);
    this.#tries = 0;
    this.#again = null;
    const { alert } = this.#parts;
    if (this.#ended && alert.classList.contains("calm")) return;
    const focused = alert.contains(this.shadowRoot.activeElement);
    alert.className = "";
    alert.replaceChildren();
    if (focused) this.#focus();
  }

  #typing(on) {
    const { typing, status } = this.#parts;
    typing.hidden = !on || !this.#session;
    status.textContent = on && this.#session ? LeadChat.text.typing : "";
    if (on) this.#toEnd();
  }

  #typed() {
    const { input, send } = this.#parts;
    send.disabled = !input.value.trim();
    this.#grow();
    this.#save();
  }

  /** Grows the field to its text, six lines at most, by its rows: a height would need an inline style. */
  #grow() {
    const { input } = this.#parts;
    input.rows = 1;
    while (input.rows < 6 && input.scrollHeight > input.clientHeight + 2) input.rows += 1;
  }

  #toEnd(atOnce = false) {
    const { scroll } = this.#parts;
    scroll.scrollTo({ top: scroll.scrollHeight, behavior: atOnce ? "instant" : "auto" });
  }

  /** To the field, or on a touch screen to the panel: there a focused field would throw the keyboard over the answers to choose from. */
  #focus() {
    if (!this.isOpen) return;
    const { input, start, scroll, form } = this.#parts;
    if (!this.#session) start.focus({ preventScroll: true });
    else if (form.hidden || (matchMedia("(pointer: coarse)").matches && this.shadowRoot.activeElement !== input)) scroll.focus({ preventScroll: true });
    else input.focus({ preventScroll: true });
  }

  #key(event) {
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      return this.close();
    }
    if (event.key !== "Tab" || this.#parts.launcher.checkVisibility()) return;
    // Full screen: the page behind is covered, so Tab stays inside.
    const stops = [...this.#parts.panel.querySelectorAll("a, button, textarea, [tabindex='0']")].filter((stop) => !stop.disabled && stop.checkVisibility());
    const edge = event.shiftKey ? stops[0] : stops.at(-1);
    const active = this.shadowRoot.activeElement;
    if (active === edge || (event.shiftKey && !stops.includes(active))) {
      event.preventDefault();
      (event.shiftKey ? stops.at(-1) : stops[0])?.focus();
    }
  }

  /** Keeps the full-screen panel above an on-screen keyboard. A pinch zoom changes the same numbers and is left alone. */
  #fit() {
    const view = globalThis.visualViewport;
    if (!this.isOpen || !view || view.scale > 1.05) return;
    this.#viewport.replaceSync(`:host { --height: ${view.height}px; --top: ${Math.max(0, view.offsetTop)}px; }`);
    this.#toEnd(true);
  }

  #emit(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(`lead-chat:${name}`, { bubbles: true, composed: true, detail }));
  }

  // Memory of this tab --------------------------------------------------------------------------------------------

  #slot() {
    return `lead-chat:${this.#base().href}`;
  }

  /** Nothing is written before the visitor has agreed. A full or closed storage only costs the resume after a reload. */
  #save() {
    if (!this.#session || this.#lost || !this.#parts) return;
    const outbox = this.#outbox.map(({ row, ...item }) => item);
    try {
      sessionStorage.setItem(this.#slot(), JSON.stringify({ ...this.#session, open: this.isOpen, draft: this.#parts.input.value, outbox }));
    } catch {
      // The chat itself needs no storage.
    }
  }

  #recall() {
    try {
      const kept = JSON.parse(sessionStorage.getItem(this.#slot()));
      return kept?.id && kept?.token ? kept : null;
    } catch {
      return null;
    }
  }

  /** The conversation is gone on the server: a reload shall not ask for it again. */
  #forget() {
    this.#lost = true;
    try {
      sessionStorage.removeItem(this.#slot());
    } catch {
      // Nothing was stored then.
    }
  }

  /** Cuts what is under way loose, so that no late answer lands in another conversation. Returns the new epoch. */
  #drop() {
    clearTimeout(this.#timer);
    this.#sending = false;
    this.#epoch += 1;
    this.#request?.abort();
    return this.#epoch;
  }
}
