// One menu serves every value of the list. The button beside a value opens it, and so does the menu key (or Shift+F10) anywhere in the
// value's cell. Its addresses are that of the present list with the value put into its query. The value's own link says what the value is, as
// field=value, or else its cell does, or an indication says it itself. Nothing of this works without a script, so that the buttons come from here.
{
  let opener = null; // the button whose menu is open

  const menu = () => document.getElementById("value-menu");
  const cell = (element) => element.closest(".story-tag, td");
  const ways = () => [...menu().querySelectorAll(".value-way")].filter((way) => !way.hidden);

  // stated is the field and the value of a cell; nothing where it has no menu.
  const stated = (holder) => {
    const link = holder.querySelector(".value-link"), said = holder.dataset.value;
    if (link) return [...new URLSearchParams(link.search)][0];
    if (said !== undefined) return [...new URLSearchParams(said)][0];
    if (holder.dataset.column === "indication") return ["indication", holder.querySelector(".story-link").textContent];
  };

  const furnish = () => {
    for (const table of document.querySelectorAll(".stories-table")) {
      const heads = {};
      for (const head of table.querySelectorAll("th")) heads[head.dataset.column] = head.firstElementChild.firstChild.data.trim();
      const furnished = (holder) => holder.querySelector(":scope > .value-opener");
      for (const part of table.querySelectorAll('.value-link, td[data-value], td[data-column="indication"]')) {
        const holder = cell(part);
        if (furnished(holder) || !stated(holder)) continue;
        const words = (holder.querySelector(".value-link, .story-link, .story-incident") ?? holder).querySelector(".text")?.textContent ?? part.textContent.trim();
        const letters = Array.from(words), button = document.createElement("button");
        button.type = "button";
        button.className = "value-opener";
        button.ariaLabel = `Menu of ${heads[holder.closest("td").dataset.column]} ${letters.length > 24 ? letters.slice(0, 24).join("") + "…" : words}`;
        holder.append(button);
      }
    }
  };
  furnish();
  document.addEventListener("htmx:afterSwap", furnish);

  // A text that its line cuts off, or that leaves a part of its name to be heard only, is read whole where it is pointed at.
  document.addEventListener("mouseover", (event) => {
    const line = event.target.closest(".story-link, .story-line");
    if (!line) return;
    if (line.scrollWidth > line.clientWidth || line.querySelector(".hush")) line.title = line.textContent;
    else line.removeAttribute("title");
  });

  // defanged is a value that nobody can click; "" where that is the value itself, or means nothing.
  const defanged = (field, value, given) => {
    if (field !== "source" && field !== "sourceIp") return "";
    const text = given ?? (/[/?#:]/.test(value) ? value : value.replace(/[@.]/g, "[$&]"));
    return text === value ? "" : text;
  };

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
    const holder = cell(button), [field, value] = stated(holder);
    const sheet = menu();
    for (const link of sheet.querySelectorAll("a")) {
      const way = link.dataset.way;
      link.href = address(way, link.pathname, field, value);
      link.setAttribute("hx-get", link.getAttribute("href"));
      link.hidden = way === "group" && !sheet.dataset.groups.split(" ").includes(field);
    }
    const [plain, safe] = sheet.querySelectorAll("button");
    plain.dataset.copy = holder.dataset.text ?? value;
    safe.dataset.copy = defanged(field, value, holder.dataset.defanged);
    safe.hidden = !safe.dataset.copy;
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
