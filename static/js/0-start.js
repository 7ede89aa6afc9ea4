// Everything here is an addition: each page works without it. Listeners sit on the document, so that swapped regions need nothing.
{
  document.documentElement.dataset.script = "";

  // The name of the reader's own zone goes into the switch; only the browser knows it.
  const name = () => Intl.DateTimeFormat().resolvedOptions().timeZone;
  const fill = () => {
    for (const field of document.querySelectorAll("[data-local-zone]")) {
      field.value = name() || "UTC";
      field.title = name() || "";
    }
  };
  fill();
  document.addEventListener("htmx:afterSettle", fill);
}
