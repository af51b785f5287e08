// The city's calendar on another site: <script src="…/calendar/embed.js" data-query="topic=music" async></script>
(() => {
  const script = document.currentScript;
  if (!script) return;
  const address = new URL("embed/", script.src);
  address.search = script.dataset.query || "";
  const frame = document.createElement("iframe");
  frame.src = address.href;
  frame.title = script.dataset.title || "";
  frame.loading = "lazy";
  frame.height = "480";
  frame.style.cssText = "display:block;width:100%;max-width:40rem;border:0;color-scheme:auto";
  // the frame says how tall it is; nobody else is listened to
  addEventListener("message", (event) => {
    if (event.origin !== address.origin || event.source !== frame.contentWindow) return;
    const height = Number(event.data?.calendarHeight);
    if (height > 0 && height < 5000) frame.height = String(Math.ceil(height));
  });
  script.after(frame);
})();
