// Search that suggests (combobox pattern): <… data-suggest="address">; the address answers with components/suggest.html.
(() => {
  const WAIT = 160;
  for (const form of document.querySelectorAll("[data-suggest]")) {
    const field = form.querySelector('[role="combobox"]');
    const list = form.querySelector('[role="listbox"]');
    let timer = 0;
    let asked = null;
    let at = -1;

    const options = () => [...list.querySelectorAll('[role="option"]')];
    const close = () => {
      list.hidden = true;
      at = -1;
      field.setAttribute("aria-expanded", "false");
      field.removeAttribute("aria-activedescendant");
    };
    const mark = (index) => {
      const all = options();
      at = all.length ? (index + all.length) % all.length : -1;
      all.forEach((option, i) => option.setAttribute("aria-selected", String(i === at)));
      if (at < 0) return;
      field.setAttribute("aria-activedescendant", all[at].id);
      all[at].scrollIntoView({ block: "nearest" });
    };
    const ask = async () => {
      const q = field.value.trim();
      asked?.abort();
      if (q.length < 2) return close();
      asked = new AbortController();
      try {
        const answer = await fetch(`${form.dataset.suggest}?${new URLSearchParams({ q })}`, {
          signal: asked.signal,
          headers: { "HX-Request": "true" },
        });
        if (!answer.ok) return close();
        list.innerHTML = await answer.text();
        options().forEach((option, i) => (option.id = `${list.id}-${i}`));
        at = -1;
        list.hidden = !options().length;
        field.setAttribute("aria-expanded", String(!list.hidden));
      } catch (error) {
        if (error.name !== "AbortError") close();
      }
    };

    field.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(ask, WAIT);
    });
    field.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      if (event.key === "ArrowDown") mark(at + 1);
      else if (event.key === "ArrowUp") mark(at - 1);
      else if (event.key === "Escape") close();
      else if (event.key === "Enter" && at >= 0) location.assign(options()[at].dataset.href);
      else return;
      event.preventDefault();
    });
    list.addEventListener("pointerdown", (event) => {
      const option = event.target.closest('[role="option"]');
      if (!option) return;
      event.preventDefault();
      location.assign(option.dataset.href);
    });
    field.addEventListener("blur", () => setTimeout(close, 120));
  }
})();
