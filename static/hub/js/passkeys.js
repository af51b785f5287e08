// Keys of sign-in: their buttons show where the browser knows keys; a failure is told, not only logged.
(() => {
  const known = window.PublicKeyCredential && window.webauthnJSON;
  const box = document.querySelector("[data-passkey-failed]");
  const tell = (text) => {
    if (!box) return;
    box.textContent = text;
    box.hidden = false;
  };
  if (known) for (const part of document.querySelectorAll("[data-passkey]")) part.hidden = false;
  else if (box && !document.querySelector("[data-passkey]")) tell(box.dataset.passkeyUnknown);
  document.addEventListener("allauth.error", (event) => {
    event.preventDefault();
    tell(known ? box.dataset.passkeyFailed : box.dataset.passkeyUnknown);
  });
})();
