// What goes wrong while a part of the page is fetched is said, never swallowed: answers of the server land in the notice by themselves,
// here are the cases without an answer. A new request
// that a person makes takes the old notice away.
{
  const notice = () => document.getElementById("notice");

  const say = (words) => {
    const line = document.createElement("p");
    line.className = "problem-line";
    line.setAttribute("role", "alert");
    line.textContent = words;
    notice()?.replaceChildren(line);
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    if (event.detail.requestConfig?.triggeringEvent?.isTrusted) notice()?.replaceChildren();
  });
  document.addEventListener("htmx:sendError", () => say("The workbench does not answer. What you see may be old. Check the connection, then try again."));
  document.addEventListener("htmx:timeout", () => say("The workbench takes too long to answer. Try again."));
  document.addEventListener("htmx:targetError", () => say("This part of the page is gone. Reload the page."));
}
