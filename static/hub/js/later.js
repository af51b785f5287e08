// What is heavy and seldom asked for, a map: it waits in <details data-later><template> with its libraries.
document.addEventListener(
  "toggle",
  async ({ target }) => {
    const template = target.matches("details[data-later]") && target.querySelector("template");
    if (!template) return;
    const content = template.content.cloneNode(true);
    const scripts = [...content.querySelectorAll("script")];
    const styles = [...content.querySelectorAll("link")];
    for (const script of scripts) {
      script.remove();
      script.async = false; // they run in their order
    }
    const styled = styles.map((style) => new Promise((done) => (style.onload = style.onerror = done)));
    template.replaceWith(content);
    await Promise.all(styled);
    target.append(...scripts);
  },
  true, // it does not bubble
);
