// The announcement of an event: a free time of a clash warning fills it in (data-fill="day=…&start=…"),
// and the weekday of the first date is ticked by itself until somebody chooses other ones.
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

  const CODES = ["SU", "MO", "TU", "WE", "TH", "FR", "SA"];
  const form = document.querySelector("form:has([name=weekdays])");
  if (!form) return;
  const boxes = [...form.querySelectorAll("[name=weekdays]")];
  const weekday = () => CODES[new Date(`${form.elements.day.value}T12:00`).getDay()] ?? "";
  let was = weekday();
  form.addEventListener("change", (event) => {
    if (boxes.includes(event.target)) return;
    const now = weekday();
    const ticked = boxes.filter((box) => box.checked).map((box) => box.value);
    if (!ticked.length || String(ticked) === was) for (const box of boxes) box.checked = box.value === now;
    was = now;
  });
})();
