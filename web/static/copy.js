// Copies what is shown only once. Without this script it is selected and copied by hand.
for (const button of document.querySelectorAll("[data-copies]")) {
  const shown = document.getElementById(button.dataset.copies);
  const said = button.closest("section").querySelector("[data-copied]");
  shown.addEventListener("focus", () => shown.select());
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(shown.value);
      said.textContent = "Copied.";
    } catch {
      shown.focus();
      said.textContent = "It could not be copied; it is selected, so copy it by hand.";
    }
  });
}
