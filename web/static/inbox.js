// The inbox while it is open: keys to go through it, and rows that are kept up to date. Without this script it is a page of forms and links.
const EVERY_MS = 10_000;
const rows = document.getElementById("rows");
const news = document.getElementById("news");
const search = document.getElementById("q");
let tag = "";

function links() {
  return [...rows.querySelectorAll(".who > a")];
}

function step(by) {
  const all = links();
  const at = all.indexOf(document.activeElement);
  const next = all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.focus();
}

function typing(target) {
  return target.matches("input:not([type=checkbox]), select, textarea");
}

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape" && event.target === search) links()[0]?.focus();
  if (typing(event.target)) return;
  if (event.key === "j") step(1);
  else if (event.key === "k") step(-1);
  else if (event.key === "x") document.activeElement?.closest("tr")?.querySelector("input[type=checkbox]")?.click();
  else if (event.key === "/") search.select();
  else return;
  event.preventDefault();
});

// What somebody ticked or stands on stays so when the rows are exchanged.
function exchange(html) {
  const fresh = new DOMParser().parseFromString(html, "text/html");
  const before = new Set([...rows.querySelectorAll("tr[id]")].map((row) => row.id));
  const ticked = [...rows.querySelectorAll("input:checked")].map((box) => box.closest("tr").id);
  const stood = document.activeElement?.closest("#rows tr[id]")?.id;
  const onBox = document.activeElement?.matches("input[type=checkbox]");
  rows.replaceChildren(...fresh.body.childNodes);
  for (const id of ticked) {
    const box = document.getElementById(id)?.querySelector("input[type=checkbox]");
    if (box) box.checked = true;
  }
  if (stood) document.getElementById(stood)?.querySelector(onBox ? "input" : ".who > a")?.focus();
  const arrived = [...rows.querySelectorAll("tr[id]")].filter((row) => !before.has(row.id)).length;
  if (arrived) news.textContent = arrived === 1 ? "One more lead in this list." : `${arrived} more leads in this list.`;
}

// How many notices are unread, on the bell of the header; one that has just come is said too.
function ring(unread) {
  const bell = document.querySelector("[data-unread]");
  if (!bell || unread === Number(bell.dataset.unread)) return;
  if (unread > Number(bell.dataset.unread)) news.textContent = "There is a new notice.";
  bell.dataset.unread = unread;
  bell.setAttribute("aria-label", unread ? `Notices, ${unread} unread` : "Notices");
  const count = bell.querySelector(".unread");
  count.textContent = unread < 100 ? unread : "99+";
  count.hidden = !unread;
}

async function refresh() {
  if (document.hidden) return;
  try {
    const answer = await fetch(rows.dataset.from, { headers: tag ? { "If-None-Match": tag } : {}, cache: "no-store", redirect: "manual" });
    if (answer.type === "opaqueredirect") return location.reload(); // signed out meanwhile
    ring(Number(answer.headers.get("X-Unread") || 0));
    if (answer.status !== 200) return;
    tag = answer.headers.get("ETag") || "";
    exchange(await answer.text());
  } catch {
    // The server is away for a moment: the next round asks again.
  }
}

setInterval(refresh, EVERY_MS);
document.addEventListener("visibilitychange", refresh);
