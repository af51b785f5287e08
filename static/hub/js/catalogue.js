// The catalogue answers to every choice at once; without this file the button «Показать» does the same.
(() => {
  const form = document.querySelector("[data-catalogue]");
  if (!form) return;
  // Going back asks the portal again: a kept copy of the page would have lost its scripts.
  window.htmx.config.historyCacheSize = 0;
  window.htmx.config.refreshOnHistoryMiss = true;
  // Empty answers have no place in the address.
  document.addEventListener("htmx:configRequest", (event) => {
    if (event.target !== form) return;
    const { parameters } = event.detail;
    for (const [name, value] of [...parameters.entries()]) if (value === "") parameters.delete(name);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.target.id !== "results") return;
    const found = document.getElementById("results");
    document.getElementById("found-status").textContent = found.querySelector("[data-found]").textContent;
    const map = document.getElementById("map");
    if (map) map.dispatchEvent(new CustomEvent("hub:points", { detail: found.dataset.source }));
  });
  // In the drawer of a phone the button closes it; what was found is already behind.
  form.querySelector("[data-show]").addEventListener("click", () => {
    if (form.matches(":popover-open")) form.hidePopover();
  });
})();
