// Forms: the first error gets the focus, letters are counted, conditional questions open.
(() => {
  document.querySelector("[data-error-summary]")?.focus();

  // a link of the summary leads to the field itself
  document.addEventListener("click", (event) => {
    const link = event.target.closest("[data-error-summary] a");
    if (!link) return;
    const target = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!target) return;
    event.preventDefault();
    const field = target.matches("fieldset") ? target.querySelector("input:checked, input, select, textarea") : target;
    target.scrollIntoView({ block: "center" });
    field.focus({ preventScroll: true });
  });

  // «88 из 300»
  for (const counter of document.querySelectorAll("[data-count-of]")) {
    const field = document.getElementById(counter.dataset.countOf);
    const used = counter.querySelector("b");
    if (!field || !used) continue;
    const count = () => {
      const length = [...field.value].length;
      used.textContent = length.toLocaleString(document.documentElement.lang);
      counter.classList.toggle("is-over", length > Number(counter.dataset.limit));
    };
    field.addEventListener("input", count);
    count();
  }

  // <div class="hub-cond" data-when="premises" data-is="free rent">: shown while the answer is one of these
  const answers = (form, name) =>
    new FormData(form)
      .getAll(name)
      .map(String)
      .filter((value) => value !== "");
  const refresh = (form) => {
    for (const part of form.querySelectorAll("[data-when]")) {
      const given = answers(form, part.dataset.when);
      const wanted = part.dataset.is ? part.dataset.is.split(" ") : null;
      const shown = wanted ? given.some((value) => wanted.includes(value)) : given.length > 0;
      part.hidden = part.dataset.not === undefined ? !shown : shown;
    }
  };
  for (const form of document.querySelectorAll("form:has([data-when])")) {
    refresh(form);
    form.addEventListener("change", () => refresh(form));
  }

  // the browser's own file button speaks the browser's language; ours speaks the page's
  for (const box of document.querySelectorAll("[data-file]")) {
    const field = box.querySelector('input[type="file"]');
    const name = box.querySelector("output");
    for (const node of box.querySelectorAll("[hidden]")) node.hidden = false;
    box.classList.add("hub-file--ours");
    const nothing = name.textContent;
    field.addEventListener("change", () => {
      name.textContent = [...field.files].map((file) => file.name).join(", ") || nothing;
    });
  }

  // a row of the review that is returned asks for the reason
  document.addEventListener("change", (event) => {
    const row = event.target.closest("[data-diff-row]");
    if (!row || event.target.type !== "radio") return;
    const back = event.target.value === "return";
    row.classList.toggle("hub-diff__row--back", back);
    if (back) row.querySelector("textarea")?.focus();
  });

  // filters answer at once; the button stays for those without scripts
  for (const form of document.querySelectorAll("form[data-instant]")) {
    form.addEventListener("change", () => form.requestSubmit());
  }
})();
