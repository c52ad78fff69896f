// Sets the colour scheme before the first paint. A file of its own, because the page allows no inline scripts.
(function () {
  let wanted = null;
  try {
    wanted = localStorage.getItem("parley-colour-scheme");
  } catch {
    // Storage may be blocked; the system's scheme is used then.
  }
  const dark = wanted === "dark" || (wanted !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);
  document.documentElement.setAttribute("data-mantine-color-scheme", dark ? "dark" : "light");
})();
