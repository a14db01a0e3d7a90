// Copy buttons: hidden without JavaScript, because the field beside them can be selected by hand.
const show = (root) => root.querySelectorAll?.("[data-copy]").forEach((button) => { button.hidden = false; });
show(document);
new MutationObserver((changes) => changes.forEach((change) => change.addedNodes.forEach(show)))
  .observe(document.body, { childList: true, subtree: true });

document.addEventListener("click", async (event) => {
  const button = event.target.closest?.("[data-copy]");
  if (!button) return;
  const field = document.getElementById(button.dataset.copy);
  field.select();
  try {
    await navigator.clipboard.writeText(field.value);
  } catch {
    document.execCommand("copy"); // pages on plain http have no clipboard API
  }
  const words = button.querySelector(".copy-words");
  words.dataset.before ??= words.textContent;
  words.textContent = button.dataset.copied;
  document.getElementById("announce").textContent = button.dataset.announcement;
  setTimeout(() => { words.textContent = words.dataset.before; }, 2000);
});
