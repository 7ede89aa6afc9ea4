// One menu serves every value of the list. The button beside a value opens it, and so does the menu key (or Shift+F10) anywhere in the
// value's cell. Its addresses are that of the present list with the value put into its query. The value's own link, or else the button, says
// what the value is, as field=value.
{
  let opener = null; // the button whose menu is open

  const menu = () => document.getElementById("value-menu");
  const cell = (element) => element.closest(".story-tag, td");
  const ways = () => [...menu().querySelectorAll(".value-way")].filter((way) => !way.hidden);

  const address = (way, page, field, value) => {
    const query = new URLSearchParams(location.search);
    query.delete("after");
    if (way === "group") query.set("group", field);
    else {
      const wanted = way === "out" ? "!" + value : value;
      const said = [value.toLowerCase(), "!" + value.toLowerCase()];
      const others = way === "only" ? [] : query.getAll(field).filter((other) => !said.includes(other.toLowerCase()));
      query.delete(field);
      for (const one of [...others, wanted]) query.append(field, one);
    }
    query.sort();
    return `${page}?${query}`;
  };

  const close = () => {
    if (!opener) return;
    opener.removeAttribute("aria-expanded");
    opener = null;
    if (menu()) menu().hidden = true;
  };

  const open = (button) => {
    close();
    const [[field, value]] = new URLSearchParams(button.value || cell(button).querySelector(".value-link").search);
    const sheet = menu();
    for (const link of sheet.querySelectorAll("a")) {
      const way = link.dataset.way;
      link.href = address(way, link.pathname, field, value);
      link.setAttribute("hx-get", link.getAttribute("href"));
      link.hidden = way === "group" && !("groups" in button.dataset);
    }
    const [plain, defanged] = sheet.querySelectorAll("button");
    plain.dataset.copy = button.dataset.text ?? value;
    defanged.dataset.copy = button.dataset.defanged ?? "";
    defanged.hidden = !defanged.dataset.copy;
    button.after(sheet);
    htmx.process(sheet);
    opener = button;
    button.setAttribute("aria-expanded", "true");
    delete sheet.dataset.above;
    sheet.hidden = false;
    const room = sheet.closest(".stories-scroll").getBoundingClientRect(), box = sheet.getBoundingClientRect();
    if (box.bottom > Math.min(room.bottom, innerHeight) && box.top - box.height > room.top) sheet.dataset.above = "";
    ways()[0].focus({ preventScroll: true });
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest(".value-opener");
    if (button && button !== opener) open(button);
    else if (!event.target.closest("#value-menu")) close();
  });

  document.addEventListener("focusin", (event) => {
    if (opener && event.target !== opener && !event.target.closest("#value-menu")) close();
  });

  document.addEventListener("keydown", (event) => {
    if (event.key === "ContextMenu" || event.key === "F10" && event.shiftKey) {
      const button = event.target.closest(".value-opener") ?? cell(event.target)?.querySelector(".value-opener");
      if (button && !opener) { event.preventDefault(); open(button); }
      return;
    }
    if (!opener) return;
    const list = ways(), at = list.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? -1 : at - 1, Home: 0, End: -1 }[event.key];
    if (event.key === "Escape") {
      const button = opener;
      close();
      button.focus();
    } else if (to !== undefined && (at >= 0 || event.target === opener)) list.at(to % list.length).focus();
    else return;
    event.preventDefault();
  });
}
