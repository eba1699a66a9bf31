// What pages of sending editions do beside what HTML does: the key of the brake, Esc, and a line that is down.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const no = document.getElementById("no");
  if (event.key === "Escape" && no) return no.click();
  if (document.body.dataset.keys === "off" || event.target.matches("input, textarea, select")) return;
  if (event.key === "B") document.getElementById("pull")?.click();
});

const lost = document.getElementById("lost");
const says = (isLost) => () => {
  if (lost && lost.hidden === isLost) lost.hidden = !isLost;
};
document.addEventListener("htmx:sse:error", says(true));
document.addEventListener("htmx:sse:after:connection", says(false));
