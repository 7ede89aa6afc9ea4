// Keys of the whole workbench. They rest while somebody types, while a dialog is open and inside a tree, and can be switched off.
{
  const storage = "workbench.keys";
  const on = () => { try { return localStorage.getItem(storage) !== "off"; } catch { return true; } };
  const typing = (target) => target.closest("input:not([type=checkbox]):not([type=radio]):not([type=submit]), textarea, select, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-row]")].filter((row) => row.offsetParent);
  let waiting = 0; // when "g" was pressed

  const current = () => document.querySelector("[data-row][data-current]") || document.activeElement.closest("[data-row]");
  const opener = (row) => row.querySelector("a[data-open]") || row.querySelector("a[href]");

  const move = (step) => {
    const list = rows();
    if (list.length === 0) return;
    const at = list.indexOf(current());
    const next = list[Math.min(Math.max(at < 0 ? (step > 0 ? 0 : list.length - 1) : at + step, 0), list.length - 1)];
    for (const row of list) if (row !== next) delete row.dataset.current;
    next.dataset.current = "";
    (opener(next) || next).focus({ preventScroll: true });
    next.scrollIntoView({ block: "nearest" });
  };

  const click = (selector) => {
    const target = document.querySelector(selector);
    if (target) target.click();
    return Boolean(target);
  };

  const actions = {
    "/": () => { const field = document.getElementById("search"); field?.focus(); field?.select(); return Boolean(field); },
    "?": () => { document.getElementById("keys")?.showModal(); return true; },
    f: () => {
      const menu = document.getElementById("filter-add");
      if (menu) menu.open = true;
      document.getElementById("filter-field")?.focus();
      return Boolean(menu);
    },
    j: () => (move(1), true),
    k: () => (move(-1), true),
    o: () => { const row = current(); if (row) opener(row)?.click(); return Boolean(row); },
    n: () => click("a[data-next]"),
    "]": () => click("a[data-next]"),
    p: () => click("a[data-previous]"),
    "[": () => click("a[data-previous]"),
    g: (event) => { waiting = event.timeStamp; return true; },
  };

  // Escape leaves a form in which nothing was typed, as its Cancel does.
  const untouched = (field) => field.matches("select") ? [...field.options].every((o) => o.selected === o.defaultSelected || field.selectedIndex === 0) : field.value === field.defaultValue && field.checked === field.defaultChecked;
  const leave = () => {
    const link = document.querySelector("a[data-leave]");
    if (!link || document.querySelector("dialog[open], details[data-menu][open]") || ![...link.closest("section").querySelectorAll("input, select, textarea")].every(untouched)) return false;
    link.click();
    return true;
  };

  document.addEventListener("keydown", (event) => {
    if (event.defaultPrevented || event.isComposing || event.ctrlKey || event.metaKey || !on()) return;
    if (event.altKey && !event.getModifierState("AltGraph")) return;
    const target = event.target;
    if (event.key === "Escape" && target.id === "search") { target.blur(); return; }
    if (event.key === "Escape" && leave()) { event.preventDefault(); return; }
    if (!(target instanceof Element) || typing(target) || document.querySelector("dialog[open]")) return;
    if (waiting && event.timeStamp - waiting < 1500) {
      waiting = 0;
      const go = document.querySelector(`[data-go="${CSS.escape(event.key)}"]`);
      if (go) { event.preventDefault(); go.click(); }
      return;
    }
    waiting = 0;
    if (event.key === "Enter" && target.matches("[data-row]")) { event.preventDefault(); opener(target)?.click(); return; }
    if (target.closest("[role=tree]") && !["/", "?", "[", "]"].includes(event.key)) return;
    const act = Object.hasOwn(actions, event.key) && actions[event.key];
    if (act && act(event)) event.preventDefault();
  });

  document.addEventListener("focusin", (event) => {
    const row = event.target.closest("[data-row]");
    if (!row) return;
    for (const other of document.querySelectorAll("[data-row][data-current]")) if (other !== row) delete other.dataset.current;
    row.dataset.current = "";
  });

  const box = document.querySelector("[data-keys-switch]");
  if (box) {
    box.checked = on();
    box.addEventListener("change", () => { try { localStorage.setItem(storage, box.checked ? "on" : "off"); } catch { /* storage is closed: the keys stay on */ } });
  }
}
