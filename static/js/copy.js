// Copy buttons give the exact text, which may differ from what is shown. data-copy-json holds texts that markup would change.
{
  const exact = (button) => "copyJson" in button.dataset ? JSON.parse(button.dataset.copyJson) : button.dataset.copy;

  // Without a secure context there is no clipboard to write to: a text field does it, which keeps every character but carriage returns.
  const byField = (text) => {
    const field = document.createElement("textarea");
    field.value = text;
    field.className = "hush";
    document.body.append(field);
    field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done && !text.includes("\r");
  };

  const say = (button, state, words) => {
    button.dataset.state = state;
    const label = button.querySelector(".hush") || (button.matches(".copy-word") ? button : null);
    const before = label ? label.textContent : "";
    const title = button.title;
    if (title) button.title = words;
    if (label) label.textContent = words;
    if (label && label !== button) label.setAttribute("role", "status");
    setTimeout(() => {
      delete button.dataset.state;
      if (title) button.title = title;
      if (label) { label.textContent = before; label.removeAttribute("role"); }
    }, 1600);
  };

  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy], [data-copy-json]");
    if (!button || button.dataset.state) return;
    event.preventDefault();
    const text = exact(button);
    let done = false;
    try {
      await navigator.clipboard.writeText(text);
      done = true;
    } catch {
      done = byField(text);
      button.focus();
    }
    say(button, done ? "done" : "failed", done ? "Copied" : "Could not copy");
  });
}
