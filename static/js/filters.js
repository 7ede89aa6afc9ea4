// The list's filters. A click on a head with Shift adds it to the order; boxes marked data-find narrow the list of values that they name; and
// what had the focus when the list was loaded again has it afterwards, or what stands in its place.
{
  document.addEventListener("htmx:configRequest", (event) => {
    const also = event.target.dataset?.also;
    if (also && event.detail.triggeringEvent?.shiftKey) event.detail.path = event.detail.path.replace(/([?&]sort=)[^&]*/, (_, name) => name + encodeURIComponent(also));
    // The links of the list's region are answered with the region, as its forms are, and not with the whole page.
    delete event.detail.headers["HX-Boosted"];
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
    list.querySelector(".facet-none").hidden = some;
  };
  const find = (event) => event.target instanceof Element && event.target.matches("[data-find]");
  const unfold = (part) => part?.querySelector(":scope > a")?.click();
  const folded = ".facet-more:not([data-whole])";
  document.addEventListener("focusin", (event) => { if (find(event)) unfold(document.getElementById(event.target.dataset.find).querySelector(folded)); });
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
  let whole = []; // ids of the facets' parts that are unfolded
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (event.detail.target.id !== "stories") return;
    whole = Array.from(document.querySelectorAll(".facet-more[data-whole]"), (part) => part.id);
    back = document.activeElement ? place(document.activeElement) : "";
  });
  document.addEventListener("htmx:afterSettle", () => {
    for (const id of whole.splice(0)) if (document.getElementById(id)?.matches(folded)) unfold(document.getElementById(id));
    for (const box of document.querySelectorAll("[data-find]")) if (box.value) narrow(box);
    if (back && (document.activeElement === null || document.activeElement === document.body)) document.querySelector(back)?.focus({ preventScroll: true });
    back = "";
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const part = event.detail.target.id.startsWith("facet-more-") && document.getElementById(event.detail.target.id);
    if (part && document.activeElement === document.body) part.querySelector("input:not([type=hidden]), a").focus({ preventScroll: true });
  });
}
