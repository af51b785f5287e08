// Dialogs, toasts, sharing. Words come from the page, never from here.
(() => {
  const LIFE = 7000;

  // --- dialogs: <button data-dialog="id">, <button data-dialog-close>
  document.addEventListener("click", (event) => {
    const target = event.target.closest("[data-dialog], [data-dialog-close], [data-toast-close], [data-copy], [data-copy-from], [data-reveal], [data-print]");
    if (!target) {
      // a click beside the box closes it
      if (event.target.matches("dialog.hub-dialog[open]")) event.target.close();
      return;
    }
    if (target.dataset.dialog) {
      const dialog = document.getElementById(target.dataset.dialog);
      if (dialog) {
        event.preventDefault();
        dialog.showModal();
      }
    } else if (target.matches("[data-dialog-close]")) {
      target.closest("dialog").close();
    } else if (target.matches("[data-toast-close]")) {
      target.closest("[data-toast]").remove();
    } else if (target.dataset.copy || target.dataset.copyFrom) {
      navigator.clipboard.writeText(target.dataset.copy ?? document.getElementById(target.dataset.copyFrom).value).then(() => toast(target.dataset.done));
      target.closest("[popover]")?.hidePopover();
    } else if (target.dataset.reveal) {
      const field = document.getElementById(target.dataset.reveal);
      const shown = field.type === "text";
      field.type = shown ? "password" : "text";
      target.setAttribute("aria-pressed", String(!shown));
    } else if (target.matches("[data-print]")) {
      window.print();
    }
  });

  // --- toasts: leave by themselves unless they offer something to do; wait while looked at
  const box = document.getElementById("toasts");
  const template = document.getElementById("toast-template");
  const age = (node) => {
    if (node.querySelector("form, a")) return;
    let left = setTimeout(() => node.remove(), LIFE);
    const hold = () => clearTimeout(left);
    const go = () => {
      hold();
      left = setTimeout(() => node.remove(), LIFE);
    };
    node.addEventListener("pointerenter", hold);
    node.addEventListener("focusin", hold);
    node.addEventListener("pointerleave", go);
    node.addEventListener("focusout", go);
  };
  const toast = (text) => {
    const node = template.content.firstElementChild.cloneNode(true);
    node.querySelector("span").textContent = text;
    box.append(node);
    age(node);
  };
  window.hub = { toast };
  if (box) for (const node of box.children) age(node);
  // The server speaks through HX-Trigger: {"toast": "Сохранено"}
  document.addEventListener("toast", (event) => toast(event.detail.value ?? event.detail));

  // --- a page that was opened to be printed
  if (document.querySelector("[data-print-now]")) addEventListener("load", () => window.print());

  // --- sharing: the phone's own sheet where there is one
  for (const button of document.querySelectorAll("[data-copy], [data-copy-from], [data-reveal]")) button.hidden = false;
  if (navigator.share && matchMedia("(pointer: coarse)").matches) {
    for (const button of document.querySelectorAll("[data-share]")) {
      button.removeAttribute("popovertarget");
      button.addEventListener("click", () => {
        navigator.share({ title: button.dataset.title, url: button.dataset.url }).catch(() => {});
      });
    }
  }

  // --- a form is sent once: a double click makes no second row
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post" || form.matches("[data-again]")) return;
    if (form.dataset.sent) {
      event.preventDefault();
      return;
    }
    form.dataset.sent = "1";
    event.submitter?.setAttribute("aria-busy", "true");
  });
  // who signs out may leave the computer to others: copies of answers that were sent go with them
  document.addEventListener("submit", (event) => {
    if (!new URL(event.target.action).pathname.endsWith("/logout/")) return;
    try {
      for (const [key, copy] of Object.entries(localStorage)) {
        if (/^(census|event):/.test(key) && JSON.parse(copy).sent) localStorage.removeItem(key);
      }
    } catch {
      // a forbidden store holds nothing
    }
  });
  // coming back by the browser's button wakes the form up
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      form.querySelector("[aria-busy]")?.removeAttribute("aria-busy");
    }
  });

  // --- htmx: the token of a signed-in page travels in hx-headers; a refused answer is told, not swallowed
  document.addEventListener("htmx:sendError", (event) => {
    if (event.target.id !== "bell") toast(document.body.dataset.offline); // nobody asked for that one
  });
  // --- the bell of a page that nobody looks at does not ask
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.target.id === "bell" && document.hidden) event.preventDefault();
  });
})();
