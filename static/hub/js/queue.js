// The coordinator's keys: j k move through the queue, other letters press what carries data-key.
// Physical keys count, so the Russian layout works without switching.
(() => {
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
    if (event.target.closest("input:not([type=radio], [type=checkbox]), textarea, select, dialog[open], [contenteditable]")) return;
    const key = event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
    if (key === "j" || key === "k") {
      const items = [...document.querySelectorAll(".hub-queue__item[href]")];
      if (!items.length) return;
      const here = items.findIndex((item) => item.hasAttribute("aria-current"));
      const next = items[Math.min(items.length - 1, Math.max(0, here + (key === "j" ? 1 : -1)))];
      if (next && items.indexOf(next) !== here) next.click();
      event.preventDefault();
      return;
    }
    if (key === "Enter") {
      // on a link or a button Enter does what it always does
      if (!event.target.closest("a, button, summary, label, input")) document.querySelector(".hub-review--list .hub-queue__item[aria-current]")?.click();
      return;
    }
    const target = document.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (target) {
      event.preventDefault();
      target.click();
    }
  });
  document.querySelector(".hub-queue__item[aria-current]")?.scrollIntoView({ block: "nearest" });
})();
