// Theme and low-vision version without a reload. The forms work without this file too.
(() => {
  const root = document.documentElement;
  const YEAR = 365 * 24 * 3600;
  // Attribute on <html> and word in the cookie `a11y` for each question; the server reads the same words.
  const ATTRIBUTES = { size: "a11y", contrast: "contrast", spacing: "spacing", images: "images" };
  const WORDS = { large: "large", huge: "huge", high: "contrast", wide: "wide", none: "noimages" };

  const remember = (name, value) => {
    const secure = location.protocol === "https:" ? ";secure" : "";
    document.cookie = `${name}=${value};path=/;max-age=${value ? YEAR : 0};samesite=lax${secure}`;
  };
  const set = (attribute, value) => {
    if (value) root.dataset[attribute] = value;
    else delete root.dataset[attribute];
  };
  const isDark = () => (root.dataset.bsTheme ? root.dataset.bsTheme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);

  const show = () => {
    for (const button of document.querySelectorAll("[data-theme-toggle]")) {
      button.setAttribute("aria-pressed", String(isDark()));
      button.value = isDark() ? "light" : "dark";
    }
    for (const button of document.querySelectorAll("[data-preferences] .hub-chip")) {
      const now = button.name === "theme" ? root.dataset.bsTheme : root.dataset[ATTRIBUTES[button.name]];
      button.setAttribute("aria-pressed", String((now || "") === button.value));
    }
  };

  const choose = (name, value) => {
    if (name === "theme") {
      set("bsTheme", value);
      document.querySelector('meta[name="color-scheme"]')?.setAttribute("content", value || "light dark");
      remember("theme", value);
    } else {
      set(ATTRIBUTES[name], value);
      const words = Object.values(ATTRIBUTES).map((attribute) => WORDS[root.dataset[attribute]]);
      remember("a11y", words.filter(Boolean).join("."));
    }
    show();
  };

  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!event.target.matches("[data-preferences], [data-theme-form]")) return;
    if (!(button.name === "theme" || button.name in ATTRIBUTES)) return;
    event.preventDefault();
    choose(button.name, button.value);
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
  show();
})();
