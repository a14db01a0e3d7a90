// Passkeys: asks the device, puts its answer into the form, and sends the form. Without it the page says what is missing.
const known = "parseRequestOptionsFromJSON" in (window.PublicKeyCredential ?? {});
const show = (root) => root.querySelectorAll?.("form[data-passkey]").forEach((form) => {
  form.querySelector("button").hidden = !known;
  form.querySelector("[data-passkey-missing]").hidden = known;
});
show(document);
new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(show)))
  .observe(document.body, { childList: true, subtree: true });

// The page has the sentences, in the reader's language: NotAllowedError is told by data-not-allowed-error.
const reason = (said, error) => said.dataset[error.name.replace(/^./, (first) => first.toLowerCase())] ?? said.dataset.otherwise;

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
    said.textContent = reason(said, error);
  }
});

async function ask(form) {
  const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form) });
  const options = await answer.json();
  return form.dataset.passkey === "create"
    ? navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) });
}
