/** What is typed in a call and not kept yet: in this browser, by call and person, until it is kept, for twelve hours at most. */

const HOURS = 12;
const OURS = "leadtriage call ";

/** Drafts of one call; `refused` is called when the browser keeps nothing. */
export function openDrafts(by, id, refused) {
  const mine = `${OURS}${by} `;
  const name = (field) => `${mine}${id} ${field}`;
  return {
    keep(field, value) {
      try {
        if (value) localStorage.setItem(name(field), JSON.stringify({ at: Date.now(), value }));
        else localStorage.removeItem(name(field));
      } catch {
        refused();
      }
    },
    get(field) {
      try {
        return JSON.parse(localStorage.getItem(name(field)))?.value ?? null;
      } catch {
        return null;
      }
    },
    forget(fields) {
      for (const field of fields) this.keep(field, "");
    },
    /** Remove what is too old, and what somebody else left on this machine. */
    sweep() {
      try {
        for (const other of Object.keys(localStorage).filter((one) => one.startsWith(OURS))) {
          const age = Date.now() - (JSON.parse(localStorage.getItem(other))?.at ?? 0);
          if (!other.startsWith(mine) || age > HOURS * 3.6e6) localStorage.removeItem(other);
        }
      } catch {}
    },
  };
}
