// Swagger UI over our description, in the page's colours. It keeps no key longer than the page is open.
const place = document.getElementById("swagger");
const root = document.documentElement;
const system = matchMedia("(prefers-color-scheme: dark)");
const paint = () => {
  const wanted = root.dataset.theme || (system.matches ? "dark" : "light");
  root.classList.toggle("dark-mode", wanted === "dark");
};
paint();
system.addEventListener("change", paint);
new MutationObserver(paint).observe(root, { attributes: true, attributeFilter: ["data-theme"] });

window.SwaggerUIBundle({
  url: place.dataset.description,
  domNode: place,
  deepLinking: true,
  docExpansion: "none",
  filter: true,
  validatorUrl: null,
  persistAuthorization: false,
  tryItOutEnabled: true,
});
