// The list's filters. A click on a head with Shift adds it to the order; boxes marked data-find narrow the list of values that they name; and
// what had the focus when the list was loaded again has it afterwards, or what stands in its place.
{
  document.addEventListener("htmx:configRequest", (event) => {
    const also = event.target.dataset?.also;
    if (also && event.detail.triggeringEvent?.shiftKey) event.detail.path = also;
  });

  // The browser's own ways to open a link elsewhere stay.
  document.addEventListener("click", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.target.closest("a[hx-get]")) event.stopImmediatePropagation();
  }, true);

  const narrow = (box) => {
    const list = document.getElementById(box.dataset.find), words = box.value.trim().toLowerCase();
    let some = false;
    for (const row of list.querySelectorAll(".facet-row")) {
      row.hidden = !row.querySelector(".facet-label").textContent.toLowerCase().includes(words);
      some ||= !row.hidden;
    }
    const more = list.querySelector("details");
    if (words && more) more.open = true;
    list.querySelector(".facet-none").hidden = some;
  };
  const find = (event) => event.target instanceof Element && event.target.matches("[data-find]");
  document.addEventListener("input", (event) => { if (find(event)) narrow(event.target); });
  // Such a box sends nothing: neither that it changed nor Enter reaches the form around it.
  document.addEventListener("change", (event) => { if (find(event)) event.stopPropagation(); }, true);
  document.addEventListener("keydown", (event) => { if (find(event) && event.key === "Enter") event.preventDefault(); });

  const place = (element) => {
    const value = element.closest(".facet-row")?.querySelector("input"), menu = element.closest("details[data-menu][id]");
    if (value) return "#" + CSS.escape(value.id);
    if (menu) return `#${CSS.escape(menu.id)} > summary`;
    return element.closest(".filter-bar, .empty") ? "#filter-add > summary" : "";
  };
  let back = "";
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id === "stories") back = document.activeElement ? place(document.activeElement) : "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const box of document.querySelectorAll("[data-find]")) if (box.value) narrow(box);
    if (back && (document.activeElement === null || document.activeElement === document.body)) document.querySelector(back)?.focus({ preventScroll: true });
    back = "";
  });
}
