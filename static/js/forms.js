// Forms with data-autosubmit go off when a choice changes; typed text waits for Enter. Their button is there for pages without script.
{
  document.addEventListener("change", (event) => {
    const field = event.target;
    const form = field.form;
    if (!form || !("autosubmit" in form.dataset)) return;
    if (field.matches("input[type=checkbox], input[type=radio], input[type=date], input[type=datetime-local], select")) form.requestSubmit();
  });
}
