// After a fragment took the place of the main part, a screen reader starts at its heading; toasts leave by themselves.
document.addEventListener("htmx:after:swap", (event) => {
  const target = event.detail?.ctx?.target ?? event.target;
  if (target?.id === "main") document.querySelector("#main h1")?.focus({ preventScroll: false });
  leave();
});

const leave = () => document.querySelectorAll(".toast:not([data-leaving])").forEach((toast) => {
  toast.dataset.leaving = "";
  setTimeout(() => toast.remove(), 8000);
});
leave();

// Times are shown in this browser's zone from the next page on.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
if (zone) document.cookie = `vestibule-zone=${zone};path=/;max-age=31536000;samesite=lax`;
