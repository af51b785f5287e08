// A form that nothing saves until it is sent: its words stay in the browser until the portal has them.
// <form data-keep="event:7:choir">; [data-restore] offers what is left; [data-kept="event:"] says that they arrived.
(() => {
  const NEVER = ["csrfmiddlewaretoken", "token", "seen"];
  const read = (key) => {
    try {
      return JSON.parse(localStorage.getItem(key));
    } catch {
      return null;
    }
  };
  const drop = (key) => {
    try {
      localStorage.removeItem(key);
    } catch {
      // a forbidden store holds nothing
    }
  };

  // The page that follows a saved form was led to by the form itself; one that follows a sign-in was not.
  const arrived = document.querySelector("[data-kept]");
  if (arrived && document.referrer) {
    const came = new URL(document.referrer);
    try {
      for (const key of Object.keys(localStorage)) {
        const copy = key.startsWith(arrived.dataset.kept) ? read(key) : null;
        if (copy?.sent && copy.from === came.pathname + came.search) drop(key);
      }
    } catch {
      // a forbidden store holds nothing
    }
  }

  const form = document.querySelector("form[data-keep]");
  if (!form) return;
  const key = form.dataset.keep;
  const fields = () => [...form.elements].filter((field) => field.name && !NEVER.includes(field.name) && !["file", "submit", "hidden"].includes(field.type));
  const typed = () => {
    const values = {};
    for (const field of fields()) {
      if ((field.type === "checkbox" || field.type === "radio") && !field.checked) continue;
      (values[field.name] ||= []).push(field.value);
    }
    return values;
  };
  const same = (one, other) => {
    const flat = (values) =>
      JSON.stringify(
        Object.entries(values)
          .map(([name, list]) => [name, list.filter((value) => value !== "").map((value) => value.replace(/\r\n/g, "\n").trim())])
          .filter(([, list]) => list.length)
          .sort(),
      );
    return flat(one) === flat(other);
  };
  const put = (extra) => {
    try {
      localStorage.setItem(key, JSON.stringify({ values: typed(), from: location.pathname + location.search, ...extra }));
    } catch {
      // a full or forbidden store: then only the portal keeps it
    }
  };
  const fill = (values) => {
    for (const field of fields()) {
      const wanted = values[field.name] || [];
      if (field.type === "checkbox" || field.type === "radio") field.checked = wanted.includes(field.value);
      else field.value = wanted[0] ?? "";
      if (field.value && field.type !== "checkbox" && field.type !== "radio") field.closest("details")?.setAttribute("open", "");
    }
    form.dispatchEvent(new Event("change", { bubbles: true }));
    for (const field of form.querySelectorAll("textarea, input")) field.dispatchEvent(new Event("input", { bubbles: true }));
  };

  const restore = document.querySelector("[data-restore]");
  const left = read(key);
  let touched = Boolean(left);
  if (left && same(left.values, typed())) drop(key);
  else if (left) {
    restore.hidden = false;
    const done = (event) => {
      restore.hidden = true;
      if (event.target.closest("[data-restore-yes]")) {
        fill(left.values);
        put();
        form.scrollIntoView();
      } else drop(key);
    };
    for (const button of restore.querySelectorAll("button")) button.addEventListener("click", done);
  }
  const changed = () => {
    touched = true;
    put();
  };
  form.addEventListener("input", changed);
  form.addEventListener("change", changed);
  form.addEventListener("submit", () => touched && put({ sent: true }));
})();
