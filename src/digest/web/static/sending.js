// What pages of sending editions do beside what HTML does: the key of the brake, Esc, and a line that is down.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const no = document.getElementById("no");
  if (event.key === "Escape" && no) return no.click();
  if (document.body.dataset.keys === "off" || event.target.matches("input, textarea, select")) return;
  if (event.key === "B") document.getElementById("pull")?.click();
});

// While a question is asked, only its answers can be reached.
if (document.getElementById("question"))
  for (const other of document.querySelectorAll("body > .skip, body > header, body > footer, body > nav")) other.inert = true;

// The line of live updates comes back by itself once it stood; if it never did, it is tried again here.
// Names of events have hyphens where htmx has colons: base.html sets its metaCharacter, for attributes that are HTML.
const lost = document.getElementById("lost");
const wire = document.getElementById("wire");
const says = (isLost) => {
  if (lost) lost.hidden = !isLost;
};
const again = (event) => {
  if (event.target !== wire || wire._htmx?.sse) return;
  says(true);
  setTimeout(() => htmx.ajax("GET", "/events", { source: wire }), 5000);
};
document.addEventListener("htmx-error", again);
document.addEventListener("htmx-response-error", again);
document.addEventListener("htmx-sse-error", () => says(true));
document.addEventListener("htmx-sse-after-connection", () => says(false));

// Whoever leaves the page hangs up, so that no browser takes the end of the line for a fault.
addEventListener("pagehide", () => {
  const line = wire?._htmx?.sse;
  wire?.remove();
  line?.reader?.cancel?.();
});
addEventListener("pageshow", (event) => {
  if (event.persisted) location.reload();
});
