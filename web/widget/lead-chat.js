/** A chat panel over the public chat API. README.md: attributes, events, and how it works inside. */
import { newKey, openTab, request, takeLink } from "./connection.js";
import { build, button, choices, element, linked, linkLines, recapLines, STYLE, words } from "./view.js";

const SLOW_SECONDS = 8;
const LONGEST_PAUSE_SECONDS = 60;

let sharedSheet;

export class LeadChat extends HTMLElement {
  static observedAttributes = ["title", "greeting", "demo", "label"];
  static text = words;

  /** Contact data the page knows: {name?, email?, phone?, company?, title?}. */
  prefill = null;

  #parts;
  #viewport = new CSSStyleSheet();
  #listeners;
  #tab;
  #session; // {id, token, visitor?} after consent; `apart`, so not kept: "link" until it has proved good, "lost" on the server
  #outbox = []; // {key, text | quick_reply, label, row}: not answered yet
  #said; // the log as the server counts it, once it is read
  #stale; // the server may know more
  #life = new AbortController(); // so that no late answer lands in the next conversation
  #busy;
  #finished;
  #ended; // by "stop"
  #unread = 0;
  #opener;
  #sheetOpener;
  #again;
  #timer;
  #tries = 0;

  get isOpen() {
    return this.#parts?.panel.hidden === false;
  }

  connectedCallback() {
    if (!this.#parts) this.#build();
    this.#listeners = new AbortController();
    const on = (target, name, act) => target?.addEventListener(name, act, { signal: this.#listeners.signal });
    on(window, "online", () => this.#again?.());
    on(window, "offline", () => this.#offline());
    on(window, "hashchange", () => this.#followLink());
    on(document, "visibilitychange", () => document.hidden || this.#refresh());
    on(document, "click", (event) => {
      if (event.defaultPrevented || event.metaKey || event.ctrlKey || !event.target.closest?.("[data-lead-chat-open]")) return;
      event.preventDefault();
      this.open();
    });
    for (const name of ["resize", "scroll"]) on(window.visualViewport, name, () => this.#fit());
    this.#tab = openTab(`lead-chat:${this.#url("")}`, (told) => this.#hear(told));
    const kept = this.#session ? null : this.#tab.recall();
    if (kept) this.#adopt(kept);
    this.#view();
    this.#visit();
    if (this.#followLink()) return;
    if (kept?.open) this.open({ focus: false });
    this.#refresh();
    if (!this.#session) this.#tab.tell({ asks: true });
  }

  disconnectedCallback() {
    this.#listeners.abort();
    this.#tab.leave();
    this.#drop();
  }

  attributeChangedCallback() {
    if (this.#parts) this.#name();
  }

  open({ focus = true } = {}) {
    const { panel } = this.#parts;
    if (panel.hidden) {
      panel.hidden = false;
      this.#opener = document.activeElement;
      this.#unread = 0;
      this.#name();
      this.#fit();
      this.#typed();
      this.#emit("open");
      this.#toEnd(true);
      if (this.#stale) this.#deliver();
    }
    if (focus) this.#focus();
  }

  close() {
    const { panel, launcher } = this.#parts;
    if (panel.hidden) return;
    const hadFocus = this.shadowRoot.activeElement;
    this.#closeSheet();
    panel.hidden = true;
    this.#name();
    this.#save();
    this.#emit("close");
    if (!hadFocus) return;
    launcher.focus();
    this.#opener?.focus(); // a link of the page; what can't take the focus leaves it where it is
  }

  /** The visitor has agreed already, so a new chat begins at once. */
  async restart() {
    if (this.#session) await this.#begin(this.#session.visitor);
  }

  #build() {
    const root = this.attachShadow({ mode: "open" });
    if (!sharedSheet) {
      sharedSheet = new CSSStyleSheet();
      sharedSheet.replaceSync(STYLE);
    }
    root.adoptedStyleSheets = [sharedSheet, this.#viewport];
    const page = (name) => this.getAttribute(name) ?? this.#url(name);
    const say = (event) => {
      event.preventDefault();
      this.#say();
    };
    const p = (this.#parts = build({
      launch: () => (this.isOpen ? this.close() : this.open()),
      close: () => this.close(),
      back: () => this.#closeSheet(),
      start: () => this.#begin(),
      recap: () => this.#showRecap(),
      menu: () => this.#showMenu(),
      typed: () => this.#typed(),
      submit: say,
      // Enter in an input method chooses a character.
      enter: (event) => event.key !== "Enter" || event.shiftKey || event.isComposing || event.keyCode === 229 || say(event),
      key: (event) => this.#key(event),
    }, { privacy: page("privacy"), contact: page("contact") }));
    root.append(p.launcher, p.panel);
    this.#name();
  }

  #name() {
    const p = this.#parts;
    const label = this.getAttribute("label") ?? "";
    p.name.textContent = this.getAttribute("title") || words.title;
    p.hello.textContent = this.getAttribute("greeting") || words.greeting;
    p.mark.hidden = !this.hasAttribute("demo");
    p.label.textContent = label;
    p.unread.textContent = this.#unread || "";
    // Visible words first, so that "click Chat with us" works by voice.
    p.launcher.ariaLabel = (label && `${label}: `) + (this.isOpen ? words.close : words.open) + (this.#unread ? ` (${this.#unread} new)` : "");
    p.launcher.ariaExpanded = this.isOpen;
  }

  #view() {
    const p = this.#parts;
    p.welcome.hidden = Boolean(this.#session);
    p.tools.hidden = !this.#session;
    p.form.hidden = !this.#session || this.#ended;
    this.#typed();
  }

  #url(path) {
    const api = this.getAttribute("api") || "/";
    return new URL(path, new URL(api.endsWith("/") ? api : `${api}/`, document.baseURI)).href;
  }

  #call(method, path, rest) {
    return request(method, this.#url(`api/chat/${path}`), { token: this.#session?.token, signal: this.#life.signal, ...rest });
  }

  /** The click on "Start chat" is the consent. */
  async #begin(visitor = newKey()) {
    const { start } = this.#parts;
    const { signal } = this.#drop();
    this.#closeSheet();
    const utm = {};
    for (const [name, value] of new URLSearchParams(location.search)) if (name.startsWith("utm_")) utm[name.slice(4)] = value;
    // Pages put e-mail addresses and tokens in the rest of the query.
    const page = { url: location.origin + location.pathname, title: document.title };
    if (document.referrer) page.referrer = document.referrer.split(/[?#]/)[0];
    const body = { page, utm, visitor, consent: true };
    if (this.prefill) body.prefill = this.prefill;
    if (this.hasAttribute("reference-date")) body.reference_date = this.getAttribute("reference-date");
    start.disabled = true;
    this.#calm();
    this.#typing(true);
    let problem;
    const answer = await this.#call("POST", "conversations", { body, token: null }).catch((failure) => void (problem = failure));
    start.disabled = false;
    if (signal.aborted) return;
    this.#typing(false);
    if (problem) return this.#trouble(problem, () => this.#begin(visitor));
    const was = this.#session?.id;
    this.#adopt({ id: answer.conversation_id, token: answer.token, visitor });
    this.#said = [];
    this.#stale = false;
    this.#receive(answer);
    this.#tab.tell({ session: this.#session, was });
    this.#focus();
  }

  /** Takes over a new conversation, this tab's, another tab's or a link's. */
  #adopt({ outbox = [], draft = "", open, ...session }) {
    const { log, input } = this.#parts;
    this.#drop();
    this.#closeSheet();
    this.#giveBack(this.#outbox.splice(0));
    input.value ||= draft;
    log.replaceChildren();
    this.#session = session;
    this.#said = null;
    this.#stale = true;
    this.#outbox = outbox;
    for (const item of outbox) item.row = this.#row({ from: "visitor", text: item.label });
    this.#state({});
    this.#calm();
    this.#offer();
    this.#view();
  }

  #followLink() {
    const link = takeLink();
    if (!link) return;
    if (link.id !== this.#session?.id) this.#adopt({ ...link, apart: "link" });
    this.open();
    this.#refresh();
    return true;
  }

  /** Another tab asks for a conversation, has one instead of `was`, or has news of ours. */
  #hear({ asks, session, was, news }) {
    const own = this.#session;
    if (asks) {
      if (own && !own.apart) this.#tab.tell({ session: own });
    } else if (!own || own.id === was) {
      this.#adopt(session);
      if (!own) this.#visit();
      this.#refresh();
    } else if (news && own.id === session.id) this.#refresh();
  }

  #refresh() {
    this.#stale = true;
    if (this.isOpen || this.#outbox.length) this.#deliver();
  }

  /** Sends what waits, then reads what is not shown. What fails stays in the outbox with its key. */
  async #deliver() {
    if (this.#busy || !this.#session) return;
    const { signal } = this.#life;
    const path = `conversations/${this.#session.id}`;
    let problem;
    const tried = (call) => call.catch((failure) => void (problem ??= failure));
    this.#busy = true;
    clearTimeout(this.#timer);
    while (!problem && (this.#outbox.length || this.#stale)) {
      const [item] = this.#outbox;
      this.#typing(item || !this.#said);
      if (item) {
        const slow = setTimeout(() => signal.aborted || this.#mark(words.slow), SLOW_SECONDS * 1000);
        const { text, quick_reply, key } = item;
        const answer = await tried(this.#call("POST", `${path}/messages`, { body: { text, quick_reply }, key }));
        clearTimeout(slow);
        if (signal.aborted) return;
        if (answer) {
          this.#mark();
          this.#calm();
          this.#outbox.shift();
          if (this.#said) {
            this.#said.push({ from: "visitor" });
            this.#receive(answer);
          }
          this.#save();
          this.#tab.tell({ session: this.#session, news: true });
        }
      }
      if (this.#stale && !problem?.over && (problem || !this.#outbox.length)) {
        this.#stale = false;
        const history = await tried(this.#call("GET", path));
        if (signal.aborted) return;
        if (history) this.#catchUp(history);
        this.#stale ||= Boolean(problem);
      }
    }
    this.#busy = false;
    this.#typing(false);
    if (problem) this.#refused(problem);
  }

  /** What was not taken waits for another try, or goes back into the field. */
  #refused(problem) {
    const retry = () => this.#deliver();
    if (problem.over) return this.#trouble(problem);
    if (problem.passing) {
      if (this.#said && !this.#outbox.length) return;
      this.#mark(problem.status === 503 ? words.notAnswered : words.notSent, true);
      return this.#trouble(problem, retry);
    }
    const items = this.#outbox.splice(0, 1);
    this.#giveBack(items);
    if (items[0]?.quick_reply !== undefined) this.#parts.quick.hidden = false;
    this.#trouble(problem, this.#said ? null : retry);
    this.#focus();
    if (this.#outbox.length) this.#timer = setTimeout(retry);
  }

  #mark(note, waiting = false) {
    for (const { row } of this.#outbox) {
      row.classList.toggle("waiting", waiting);
      row.querySelector("small")?.remove();
      if (note) row.append(element("small", {}, note));
    }
  }

  #giveBack(items) {
    const { input } = this.#parts;
    for (const { row } of items) row.remove();
    input.value = [...items.map((item) => item.text), input.value].filter(Boolean).join("\n");
    this.#typed();
  }

  #trouble(problem, again) {
    const retry = () => this.#again?.();
    if (!this.#tries) this.#emit("error", { status: problem.status, detail: problem.message });
    clearTimeout(this.#timer);
    this.#again = again;
    if (problem.passing && again) {
      this.#tries += 1;
      const pause = problem.retryAfter || Math.min(LONGEST_PAUSE_SECONDS, 2 ** this.#tries) * (0.8 + 0.4 * Math.random());
      this.#timer = setTimeout(retry, pause * 1000);
    }
    if (!problem.over || !this.#session) return this.#alert(problem.message, again && button("plain", retry, words.tryAgain));
    if (this.#session.apart === "link") {
      this.#session = null;
      const kept = this.#tab.recall();
      if (kept) this.#adopt(kept);
      this.#view();
      this.#alert(words.linkOver);
      this.#focus();
      return this.#refresh();
    }
    this.#giveBack(this.#outbox.splice(0));
    this.#session.apart = "lost";
    this.#tab.keep(null);
    this.#alert(problem.message, button("plain", () => this.restart(), words.newChat));
  }

  #offline() {
    if (!this.#session || this.#again) return;
    this.#again = () => this.#calm();
    this.#alert(words.offline);
  }

  /** A page view, after consent only. */
  #visit() {
    const visitor = this.#session?.visitor;
    if (visitor) this.#call("POST", "visits", { body: { visitor, page: location.origin + location.pathname }, token: null }).catch(() => {});
  }

  #say(quick) {
    const { input, quick: replies } = this.#parts;
    const text = input.value.trim();
    if (!(quick || text) || !this.#session || this.#ended) return;
    const item = quick ? { quick_reply: quick.value, label: quick.label } : { text, label: text };
    item.key = newKey();
    item.row = this.#row({ from: "visitor", text: item.label }, true);
    if (!quick) input.value = "";
    this.#outbox.push(item);
    this.#emit("message", { from: "visitor", kind: null });
    replies.hidden = true;
    this.#typed();
    this.#toEnd();
    this.#focus();
    this.#deliver();
  }

  /** The answer to something said in this tab. */
  #receive({ messages, state }) {
    const finished = this.#finished;
    for (const message of messages) {
      this.#show(message, true);
      this.#emit("message", { from: "bot", kind: message.kind });
      if (!this.isOpen) this.#unread += 1;
    }
    this.#state(state);
    if (this.#finished && !finished) this.#emit("finished", { outcome: state.outcome, conversation_id: this.#session.id });
    this.#offer(messages.at(-1));
    this.#name();
    this.#toEnd();
  }

  /** What only the server knows: after a reload all of it, else what was said in another tab or on another device. */
  #catchUp({ messages, state }) {
    const { log } = this.#parts;
    const first = !this.#said;
    delete this.#session.apart;
    // What waits may have been taken and only its answer lost: then it is on the screen already.
    const last = messages.findLastIndex(({ from }) => from === "visitor");
    const waits = this.#outbox[0]?.label;
    if (waits && last >= 0 && (last + 1 === messages.length || messages[last].text === waits)) messages.length = last;
    // The visitor's texts are stored redacted, so they are not compared.
    const goesOn = !first && this.#said.every(({ from, text }, place) => from === messages[place]?.from && (from === "visitor" || text === messages[place].text));
    // Of people who are not buyers nothing is stored; what they read shall not vanish before their eyes.
    if (first || goesOn || state.outcome !== "not_a_lead") {
      if (!goesOn) {
        log.ariaLive = "off"; // no screen reader should read out the whole past
        log.replaceChildren(...this.#outbox.map((item) => item.row));
        this.#said = [];
        setTimeout(() => (log.ariaLive = "polite"), 500);
      }
      const news = messages.slice(this.#said.length);
      for (const message of news) this.#show(message, goesOn);
      if (news.length) {
        this.#offer(news.at(-1));
        this.#toEnd(!goesOn);
      }
    }
    if (this.#again && !this.#outbox.length) this.#calm();
    this.#state(state);
    this.#save();
  }

  #show(message, fresh) {
    this.#said.push(message);
    this.#row(message, fresh, this.#outbox[0]?.row);
  }

  #row({ from, text, kind }, fresh, before = null) {
    const visitor = from === "visitor";
    const row = element("div", { class: `row ${from} ${kind ?? ""} ${fresh ? "fresh" : ""}` },
      element("span", { class: "sr" }, visitor ? words.you : words.assistant),
      element("p", {}, ...(visitor ? [text] : linked(text))));
    this.#parts.log.insertBefore(row, before);
    return row;
  }

  #state({ asking, answered = 0, remaining = 0, finished = false, outcome }) {
    const p = this.#parts;
    p.way.hidden = finished || !answered;
    p.progress.max = answered + remaining || 1;
    p.progress.value = answered;
    p.wayWords.textContent = `${answered} answered` + (remaining ? `, about ${remaining} to go` : "");
    const forgotten = outcome === "not_a_lead";
    p.input.placeholder = finished && !forgotten ? words.placeholderDone : words.placeholder;
    p.done.firstChild.textContent = forgotten ? words.forgotten : words.done;
    p.done.lastChild.hidden = forgotten;
    this.#finished = finished;
    p.form.hidden = this.#ended = outcome === "stopped";
    p.done.hidden = !finished || this.#ended || Boolean(asking);
    if (this.#ended) this.#alert(words.stopped, button("plain", () => this.restart(), words.newChat), "calm");
  }

  #offer(message) {
    const { quick } = this.#parts;
    const replies = (!this.#outbox.length && message?.quick_replies) || [];
    quick.replaceChildren(...replies.map((reply) => button("pill", () => this.#say(reply), reply.label)));
    quick.hidden = false;
  }

  #alert(sentence, action, kind = "") {
    const { alert } = this.#parts;
    const pressed = alert.contains(this.shadowRoot.activeElement);
    alert.className = `alert ${kind}`;
    // A second failed try is not announced again.
    if (alert.firstChild?.textContent !== sentence) alert.replaceChildren(element("p", {}, sentence));
    alert.querySelector("button")?.remove();
    if (action) alert.append(action);
    if (pressed) action?.focus();
    this.#toEnd();
  }

  #calm() {
    clearTimeout(this.#timer);
    this.#tries = 0;
    this.#again = null;
    if (this.#ended) return;
    const { alert } = this.#parts;
    const focused = alert.contains(this.shadowRoot.activeElement);
    alert.replaceChildren();
    if (focused) this.#focus();
  }

  #typing(on) {
    const { typing, status } = this.#parts;
    typing.hidden = !on || !this.#session;
    status.textContent = typing.hidden ? "" : words.typing;
    if (on) this.#toEnd();
  }

  /** The field grows by rows: a height would need an inline style. */
  #typed() {
    const { input, send } = this.#parts;
    send.disabled = !input.value.trim();
    input.rows = 1;
    while (input.rows < 6 && input.scrollHeight > input.clientHeight + 2) input.rows += 1;
    this.#save();
  }

  /** Never past the start of the last answer: many quick replies shall not hide their question. */
  #toEnd(atOnce) {
    const { scroll, log } = this.#parts;
    const said = [...log.querySelectorAll(".visitor")].at(-1);
    const top = (said?.nextSibling ?? said)?.offsetTop - 12 || scroll.scrollHeight;
    scroll.scrollTo({ top, behavior: atOnce ? "instant" : "auto" });
  }

  #openSheet(title, ...nodes) {
    const p = this.#parts;
    if (p.shade.hidden) this.#sheetOpener = this.shadowRoot.activeElement;
    p.sheetTitle.textContent = title;
    p.content.replaceChildren(...nodes);
    p.shade.hidden = false;
    p.chat.inert = true;
    p.sheet.focus();
  }

  #closeSheet() {
    const { shade, chat } = this.#parts;
    if (shade.hidden) return;
    shade.hidden = true;
    chat.inert = false;
    this.#focus();
    this.#sheetOpener?.focus();
  }

  async #loadSheet(title, load) {
    const wait = element("p", { role: "status" }, words.wait);
    this.#openSheet(title, wait);
    wait.replaceWith(...await load().catch(({ message }) => [
      element("p", { role: "alert" }, message),
      button("solid", () => this.#loadSheet(title, load), words.tryAgain),
    ]));
  }

  #showRecap() {
    const change = ({ field, label }) => {
      this.#closeSheet();
      this.#say({ value: `change:${field}`, label: `${words.change}: ${label}` });
    };
    this.#loadSheet(words.recap, async () => {
      const { recap } = await this.#call("GET", `conversations/${this.#session.id}`);
      return recapLines(recap, !this.#ended && change);
    });
  }

  #showMenu() {
    const link = async () => linkLines(await this.#call("POST", `conversations/${this.#session.id}/link`));
    this.#openSheet(words.menu, ...choices(
      ["recap", words.recap, () => this.#showRecap()],
      ["device", words.device, () => this.#loadSheet(words.device, link)],
      ["again", words.restart, () => this.#askRestart()],
    ));
  }

  #askRestart() {
    const back = () => this.#closeSheet();
    this.#openSheet(words.restart, element("p", {}, words.restartAsk),
      element("div", { class: "buttons" }, button("solid", () => this.restart(), words.restart), button("plain", back, words.restartNo)));
  }

  /** On a touch screen not to the field: its keyboard would cover the answers to choose from. */
  #focus() {
    const { input, start, scroll, form, shade } = this.#parts;
    if (!this.isOpen || !shade.hidden) return;
    const touch = matchMedia("(pointer: coarse)").matches && this.shadowRoot.activeElement !== input;
    (this.#session ? (form.hidden || touch ? scroll : input) : start).focus({ preventScroll: true });
  }

  #key(event) {
    const { panel, launcher, shade } = this.#parts;
    if (event.key === "Escape" && !event.isComposing) {
      event.stopPropagation();
      return shade.hidden ? this.close() : this.#closeSheet();
    }
    if (event.key !== "Tab" || (shade.hidden && launcher.checkVisibility())) return;
    // In a sheet, and full screen, Tab stays inside.
    const stops = [...(shade.hidden ? panel : shade).querySelectorAll("a, button, input, textarea, [tabindex='0']")].filter((stop) => !stop.disabled && stop.checkVisibility());
    const at = stops.indexOf(this.shadowRoot.activeElement);
    event.preventDefault();
    (event.shiftKey ? stops.at(at > 0 ? at - 1 : -1) : (stops[at + 1] ?? stops[0])).focus();
  }

  /** Stays above a keyboard. A pinch zoom changes the same numbers and is left alone. */
  #fit() {
    const view = window.visualViewport;
    if (!this.isOpen || !view || view.scale > 1.05) return;
    this.#viewport.replaceSync(`:host { --height: ${view.height}px; --top: ${Math.max(0, view.offsetTop)}px; }`);
    this.#toEnd(true);
  }

  #emit(name, detail = {}) {
    this.dispatchEvent(new CustomEvent(`lead-chat:${name}`, { bubbles: true, composed: true, detail }));
  }

  /** Nothing is written before consent. */
  #save() {
    if (!this.#session || this.#session.apart) return;
    const outbox = this.#outbox.map(({ row, ...item }) => item);
    this.#tab.keep({ ...this.#session, open: this.isOpen, draft: this.#parts.input.value, outbox });
  }

  #drop() {
    clearTimeout(this.#timer);
    this.#life.abort();
    this.#busy = false;
    this.#typing(false);
    return (this.#life = new AbortController());
  }
}
