// What is marked data-keep stays as the reader left it when its region is loaded again, so that nothing moves under the cursor: "top" and
// "left" keep how far it is scrolled, "open" keeps a fold open or closed, "checked" keeps a box ticked or not. Such elements carry an id.
{
  const kept = new Map();

  document.addEventListener("htmx:beforeSwap", (event) => {
    kept.clear();
    for (const element of event.detail.target.querySelectorAll("[data-keep][id]")) kept.set(element.id, { top: element.scrollTop, left: element.scrollLeft, open: element.open, checked: element.checked });
  });

  document.addEventListener("htmx:afterSwap", () => {
    for (const [id, was] of kept) {
      const element = document.getElementById(id);
      const keep = element?.dataset.keep;
      if (keep === "top") element.scrollTop = was.top;
      if (keep === "left") element.scrollLeft = was.left;
      if (keep === "open") element.open = was.open;
      if (keep === "checked") element.checked = was.checked;
    }
    kept.clear();
  });
}
