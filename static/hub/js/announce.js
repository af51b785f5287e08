// A free time of a clash warning fills the form: data-fill="day=…&start=…".
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-fill]");
    const form = button?.closest("form");
    if (!form) return;
    for (const [name, value] of new URLSearchParams(button.dataset.fill)) {
      const field = form.elements[name];
      if (field) field.value = value;
    }
    const first = form.elements.start ?? form.elements.day;
    first.dispatchEvent(new Event("change", { bubbles: true }));
    first.scrollIntoView({ block: "center" });
    first.focus({ preventScroll: true });
  });
})();
