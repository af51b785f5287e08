// The questionnaire: saves while you write, keeps the words in the browser until the portal has them.
(() => {
  const form = document.querySelector("form[data-census]");
  if (!form) return;
  const PAUSE = 1500; // between the last letter and saving
  const AGAIN = 15000; // after a failure
  const key = `census:${form.dataset.census}`;
  const words = (name) => form.dataset[`words${name}`];
  const badges = document.querySelectorAll("[data-saved]");
  const base = form.elements.base;
  const NEVER = ["csrfmiddlewaretoken", "step", "version", "base", "do", "consent", "show_name"];
  const kept = (name) => !NEVER.includes(name) && !/^(public_|keep_|seen_)/.test(name);

  // --- the browser's copy ------------------------------------------------------------------------
  const typed = () => {
    const values = {};
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && kept(name)) (values[name] ||= []).push(value);
    return values;
  };
  const shelf = {
    put(extra = {}) {
      try {
        localStorage.setItem(key, JSON.stringify({ values: typed(), stood: Number(form.dataset.stood), at: Date.now(), ...extra }));
      } catch {
        // a full or forbidden store: the portal's own copy has to do
      }
    },
    get() {
      try {
        return JSON.parse(localStorage.getItem(key));
      } catch {
        return null;
      }
    },
    drop() {
      try {
        localStorage.removeItem(key);
      } catch {
        // nothing was there
      }
    },
  };

  const fill = (values) => {
    for (const field of form.elements) {
      if (!field.name || !kept(field.name) || field.type === "file" || field.type === "submit" || field.type === "hidden") continue;
      const wanted = values[field.name] || [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = wanted.includes(field.value);
      else field.value = wanted[0] ?? "";
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
    for (const field of form.querySelectorAll("textarea, input")) field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const empty = (values) => Object.values(values).every((list) => list.every((value) => value === ""));
  const same = (one, other) => {
    const flat = (values) =>
      JSON.stringify(
        Object.entries(values)
          .map(([name, list]) => [name, list.filter((v) => v !== "").map((v) => v.replace(/\r\n/g, "\n").trim())])
          .filter(([, list]) => list.length)
          .sort(),
      );
    return flat(one) === flat(other);
  };

  const restore = document.querySelector("[data-restore]");
  const left = shelf.get();
  if (left) {
    const arrived = left.sent && Number(form.dataset.stood) > left.stood;
    if (arrived || empty(left.values) || same(left.values, typed())) shelf.drop();
    else {
      restore.hidden = false;
      restore.querySelector("[data-restore-yes]").addEventListener("click", () => {
        restore.hidden = true;
        fill(left.values);
        changed();
        form.querySelector("h1")?.scrollIntoView();
      });
      restore.querySelector("[data-restore-no]").addEventListener("click", () => {
        restore.hidden = true;
        shelf.drop();
      });
    }
  }

  // --- autosave ----------------------------------------------------------------------------------
  const say = (text, tone) => {
    for (const badge of badges) {
      badge.className = `hub-saved${tone ? ` hub-saved--${tone}` : ""}`;
      const icon = badge.querySelector("svg");
      badge.replaceChildren(...(icon ? [icon] : []), text);
    }
  };

  let timer = 0;
  let edits = 0;
  let busy = false;
  let leaving = false;

  const save = async () => {
    clearTimeout(timer);
    if (leaving) return;
    if (busy) return later(PAUSE);
    busy = true;
    const began = edits;
    say(words("Busy"), "busy");
    const data = new FormData(form);
    for (const [name, value] of [...data]) if (typeof value !== "string") data.delete(name);
    try {
      const answer = await fetch(form.dataset.autosave, {
        method: "POST",
        body: new URLSearchParams(data),
        headers: { Accept: "application/json" },
        redirect: "manual",
        keepalive: true,
      });
      const told = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      if (!answer.ok) return failed(told.message, answer.status);
      base.value = JSON.stringify({ ...JSON.parse(base.value || "{}"), ...told.base });
      if (told.conflicts.length) {
        const note = form.querySelector("[data-stale]");
        note.querySelector("[data-stale-labels]").textContent = told.conflicts.join(", ");
        note.hidden = false;
        say(words("Stale"), "off");
      } else {
        say(told.text);
        if (began === edits) shelf.drop();
      }
    } catch {
      failed();
    } finally {
      busy = false;
    }
  };
  const failed = (message, status) => {
    say(message || words("Off"), "off");
    // signed out or already submitted: trying again changes nothing
    if (!status || status >= 500) later(AGAIN);
  };
  const later = (pause) => {
    clearTimeout(timer);
    timer = setTimeout(save, pause);
  };
  const changed = () => {
    edits += 1;
    shelf.put();
    later(PAUSE);
  };

  form.addEventListener("input", (event) => event.target.type !== "file" && event.isTrusted && changed());
  form.addEventListener("change", (event) => event.target.name && event.target.type !== "file" && changed());
  addEventListener("online", () => edits && save());
  document.addEventListener("visibilitychange", () => document.hidden && timer && edits && save());
  form.addEventListener("submit", () => {
    leaving = true;
    clearTimeout(timer);
    if (edits || left) shelf.put({ sent: true });
  });
  addEventListener("pageshow", (event) => event.persisted && (leaving = false));

  // --- small comforts ----------------------------------------------------------------------------
  for (const node of document.querySelectorAll("[data-scripted]")) node.hidden = false;
  for (const node of document.querySelectorAll("[data-noscript]")) node.hidden = true;

  // a chosen picture is sent at once
  for (const input of form.querySelectorAll("input[type=file][data-send]"))
    input.addEventListener("change", () => {
      if (!input.files.length) return;
      const button = document.createElement("button");
      button.name = "do";
      button.value = input.dataset.send;
      button.hidden = true;
      form.append(button);
      form.requestSubmit(button);
    });

  // rows of resources: those filled and one more, the rest behind a button
  for (const box of form.querySelectorAll("[data-rows]")) {
    const rows = [...box.querySelectorAll("[data-row]")];
    const add = box.querySelector("[data-row-add]");
    const filled = Number(box.dataset.filled);
    rows.forEach((row, n) => (row.hidden = n > filled));
    const refresh = () => (add.hidden = rows.length >= Number(box.dataset.most) && rows.every((row) => !row.hidden));
    add.addEventListener("click", () => {
      let row = rows.find((one) => one.hidden);
      if (!row) {
        const n = rows.length;
        row = rows[n - 1].cloneNode(true);
        for (const field of row.querySelectorAll("select, input")) {
          field.name = field.name.replace(/-\d+-/, `-${n}-`);
          field.id = field.id.replace(/\d+$/, n);
          field.value = "";
          field.setAttribute("aria-label", field.getAttribute("aria-label").replace(/\d+/, n + 1));
        }
        rows[n - 1].after(row);
        rows.push(row);
      }
      row.hidden = false;
      row.querySelector("select").focus();
      refresh();
    });
    refresh();
  }

  // the card beside follows the words
  const card = document.querySelector("[data-preview]");
  const mirror = (name, selector) => {
    const field = form.elements[name];
    const place = card?.querySelector(selector);
    if (field && place) field.addEventListener("input", () => (place.textContent = field.value || "…"));
  };
  mirror("name", "h2 a");
  mirror("short", ".hub-ccard__text");
})();
