/** Requests, this tab's memory, and its line to the other tabs. */
import { words } from "./view.js";

const ANSWER_SECONDS = 30; // then the line is taken for dead

/** `status` 0: no answer; `passing`: the same may work later; `over`: nothing more is taken for this conversation. */
function problem(status, sentence, retryAfter) {
  return Object.assign(new Error(sentence), {
    status,
    retryAfter, // seconds or NaN
    passing: !status || [408, 425, 429].includes(status) || status >= 500,
    over: [401, 403, 404, 409, 410].includes(status),
  });
}

/** The JSON answer, or a problem with a sentence for the visitor. */
export async function request(method, url, { body, key, token, signal }) {
  const headers = { "Content-Type": "application/json" };
  if (token) headers.Authorization = `Bearer ${token}`;
  if (key) headers["Idempotency-Key"] = key;
  let response;
  let answer;
  try {
    response = await fetch(url, {
      method, headers, credentials: "omit", cache: "no-store", body: body && JSON.stringify(body),
      signal: AbortSignal.any([signal, AbortSignal.timeout(ANSWER_SECONDS * 1000)]),
    });
    answer = await response.json().catch((cause) => {
      if (response.ok && response.status !== 204) throw cause; // half an answer, a hotel's sign-in page
    });
  } catch {
    throw problem(0, navigator.onLine ? words.unreachable : words.offline);
  }
  if (response.ok) return answer;
  throw problem(response.status, answer?.detail || words.failed, Number.parseFloat(response.headers.get("Retry-After")));
}

/** randomUUID is missing on plain http. */
export function newKey() {
  return crypto.randomUUID?.() ?? Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Memory until the tab is closed, and what other tabs tell. Listening stores nothing. */
export function openTab(name, hear) {
  const channel = new BroadcastChannel(name);
  channel.onmessage = ({ data }) => hear(data);
  return {
    tell: (what) => channel.postMessage(what),
    leave: () => channel.close(),
    /** null forgets. A full or closed storage costs only the resume after a reload. */
    keep(what) {
      try {
        if (what) sessionStorage.setItem(name, JSON.stringify(what));
        else sessionStorage.removeItem(name);
      } catch {}
    },
    recall() {
      try {
        return JSON.parse(sessionStorage.getItem(name));
      } catch {}
    },
  };
}

/** A link's id and token, taken out of the address so that nobody copies them with it. */
export function takeLink() {
  const [, id, token] = /^#lead-chat=([\w-]+)\.(.+)$/.exec(location.hash) ?? [];
  if (token) history.replaceState(history.state, "", location.pathname + location.search);
  return token && { id, token };
}
