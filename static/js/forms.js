// Forms with data-autosubmit go off when a choice changes; typed text waits for Enter. Their button is there for pages without script. Keys go
// through what lies between before they reach the choice that is meant: a list of choices then waits for Enter, or until it is left.
{
  let keyed = null; // the list whose choice was last changed by keys
  let waiting = null;

  const go = () => {
    const { form } = waiting;
    waiting = null;
    form?.requestSubmit();
  };
  document.addEventListener("keydown", (event) => {
    keyed = event.target.matches("select") && event.key !== "Enter" ? event.target : null;
    if (event.key !== "Enter" || event.target !== waiting) return;
    event.preventDefault();
    go();
  });
  document.addEventListener("pointerdown", () => { keyed = null; });

  document.addEventListener("change", (event) => {
    const field = event.target;
    const form = field.form;
    if (!form || !("autosubmit" in form.dataset)) return;
    if (field === keyed) {
      waiting = field;
      return;
    }
    waiting = null;
    if (field.matches("input[type=checkbox], input[type=radio], input[type=date], input[type=datetime-local], select")) form.requestSubmit();
  });

  document.addEventListener("focusout", ({ target }) => {
    if (target === waiting) go();
  });
}
