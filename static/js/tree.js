// The keys of a tree, as the ARIA practices describe them. Rows are [role=treeitem] in reading order, flat or nested, with aria-level;
// a row that can fold has aria-expanded. Enter, Space or a click follow the row's link ([data-open] or the first), which loads its evidence.
{
  const items = (tree) => [...tree.querySelectorAll("[role=treeitem]")];
  const level = (item) => Number(item.getAttribute("aria-level")) || 1;
  const foldable = (item) => item.hasAttribute("aria-expanded");
  const open = (item) => item.getAttribute("aria-expanded") === "true";
  const shown = (tree) => items(tree).filter((item) => item.offsetParent);
  const link = (item) => {
    for (const found of item.querySelectorAll("a[data-open], a[href]")) if (found.closest("[role=treeitem]") === item) return found;
    return null;
  };
  let typed = "", typedAt = 0;

  const below = (tree, item) => {
    const list = items(tree);
    const out = [];
    for (let i = list.indexOf(item) + 1; i < list.length && level(list[i]) > level(item); i++) out.push(list[i]);
    return out;
  };

  // A row is hidden while any row above it is folded. In nested trees the group hides with its row by style.
  const unfold = (tree, item, to) => {
    item.setAttribute("aria-expanded", String(to));
    let folded = Infinity;
    for (const row of below(tree, item)) {
      if (level(row) <= folded) folded = Infinity;
      row.hidden = !to || folded !== Infinity;
      if (folded === Infinity && foldable(row) && !open(row)) folded = level(row);
    }
  };

  // One row of a tree can be reached by Tab at a time, and from it the controls inside it; its own link is followed by Enter on the row.
  const controls = (item) => item.querySelectorAll("a[href], button:not([data-fold]), summary");
  const reach = (tree, item) => {
    for (const other of tree.querySelectorAll("[role=treeitem][tabindex='0']")) {
      if (other === item) continue;
      other.tabIndex = -1;
      for (const control of controls(other)) control.tabIndex = -1;
    }
    item.tabIndex = 0;
    for (const control of controls(item)) control.tabIndex = control === link(item) ? -1 : 0;
  };

  const focus = (tree, item) => {
    if (!item) return;
    reach(tree, item);
    item.focus();
  };

  const select = (tree, item) => {
    for (const other of tree.querySelectorAll("[role=treeitem][aria-selected=true]")) other.setAttribute("aria-selected", "false");
    item.setAttribute("aria-selected", "true");
    reach(tree, item);
  };

  const parent = (tree, item) => {
    const list = items(tree);
    for (let i = list.indexOf(item) - 1; i >= 0; i--) if (level(list[i]) < level(item)) return list[i];
    return null;
  };

  const name = (item) => (item.dataset.name || link(item)?.textContent || item.textContent).trim().toLowerCase();

  const search = (tree, item, event) => {
    typed = event.timeStamp - typedAt < 700 ? typed + event.key.toLowerCase() : event.key.toLowerCase();
    typedAt = event.timeStamp;
    const list = shown(tree);
    const from = list.indexOf(item) + (typed.length === 1 ? 1 : 0);
    const found = [...list.slice(from), ...list.slice(0, from)].find((other) => name(other).startsWith(typed));
    if (found) focus(tree, found);
  };

  document.addEventListener("keydown", (event) => {
    const item = event.target instanceof Element && event.target.closest("[role=treeitem]");
    const tree = item && item.closest("[role=tree]");
    if (!tree || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const list = shown(tree);
    const at = list.indexOf(item);
    switch (event.key) {
      case "ArrowDown": focus(tree, list[at + 1]); break;
      case "ArrowUp": focus(tree, list[at - 1]); break;
      case "Home": focus(tree, list[0]); break;
      case "End": focus(tree, list[list.length - 1]); break;
      case "ArrowRight":
        if (foldable(item) && !open(item)) unfold(tree, item, true);
        else focus(tree, below(tree, item).find((row) => row.offsetParent));
        break;
      case "ArrowLeft":
        if (foldable(item) && open(item)) unfold(tree, item, false);
        else focus(tree, parent(tree, item));
        break;
      case "*":
        for (const row of list) if (level(row) === level(item) && foldable(row)) unfold(tree, row, true);
        break;
      case "Enter":
      case " ":
        if (event.target !== item) return; // a link or button inside the row acts for itself
        if (link(item)) { select(tree, item); link(item).click(); }
        break;
      default:
        if (event.key.length !== 1 || event.target !== item || "/?[]".includes(event.key)) return;
        search(tree, item, event);
    }
    event.preventDefault();
  });

  document.addEventListener("click", (event) => {
    const item = event.target.closest("[role=treeitem]");
    const tree = item && item.closest("[role=tree]");
    if (!tree) return;
    if (event.target.closest("[data-fold]")) {
      event.preventDefault();
      unfold(tree, item, !open(item));
      return;
    }
    const own = event.target.closest("a, button, summary, input, label");
    if (own && own !== link(item)) return;
    select(tree, item);
    if (!own && !getSelection().toString()) link(item)?.click();
  });

  document.addEventListener("focusin", (event) => {
    const item = event.target.closest("[role=treeitem]");
    const tree = item && item.closest("[role=tree]");
    if (tree) reach(tree, item);
  });

  // Rows under folded ones are hidden, and Tab finds one row of each tree.
  const ready = () => {
    for (const tree of document.querySelectorAll("[role=tree]:not([data-ready])")) {
      tree.dataset.ready = "";
      const list = items(tree);
      for (const item of list) {
        for (const control of controls(item)) control.tabIndex = -1;
        if (foldable(item) && !open(item)) unfold(tree, item, false);
      }
      const first = list.find((item) => item.getAttribute("aria-selected") === "true" && item.offsetParent) || list[0];
      if (first) reach(tree, first);
    }
  };
  ready();
  document.addEventListener("htmx:afterSettle", ready);
}
