// Passkeys: asks the device, puts its answer into the form, and sends the form. Without it the page says what is missing.
const known = "parseRequestOptionsFromJSON" in (window.PublicKeyCredential ?? {});
const show = (root) => root.querySelectorAll?.("form[data-passkey]").forEach((form) => {
  form.querySelector("button").hidden = !known;
  form.querySelector("[data-passkey-missing]").hidden = known;
});
show(document);
new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(show)))
  .observe(document.body, { childList: true, subtree: true });

const REASONS = {
  NotAllowedError: "Nothing was chosen, or it took too long. Try again.",
  InvalidStateError: "This device has a passkey for you already.",
  SecurityError: "This address cannot use passkeys. Open the page at its usual address.",
};

document.addEventListener("submit", async (event) => {
  const form = event.target.closest?.("form[data-passkey]");
  if (!form) return;
  event.preventDefault();
  const said = form.querySelector("[data-passkey-said]");
  said.textContent = "";
  try {
    form.elements.credential.value = JSON.stringify(await ask(form));
    form.submit();
  } catch (error) {
    said.textContent = REASONS[error.name] ?? "The form had expired, or there were too many tries. Reload the page.";
  }
});

async function ask(form) {
  const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
  const options = await answer.json();
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}
