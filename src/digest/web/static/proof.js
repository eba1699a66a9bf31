// What the pages of an edition do beside what HTML does by itself: keys that press what names them, and the clock.
"use strict";
const busy = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select"));

document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || busy(event.target)) return;
  if (document.body.dataset.keys === "off" || event.key === "/") return;
  if (event.key === "f") return nextFinding(event);
  const name = event.key.length === 1 && event.key !== event.key.toLowerCase() ? `Shift+${event.key}` : event.key;
  const meant = [...document.querySelectorAll(`[aria-keyshortcuts="${CSS.escape(name)}"]`)].find((one) => one.checkVisibility());
  if (!meant) return;
  event.preventDefault();
  meant.focus();
  meant.click();
});

function nextFinding(event) {
  const all = [...document.querySelectorAll(".finding :is(.do a, .do button, .do summary):first-child")];
  if (!all.length) return;
  event.preventDefault();
  all[(all.indexOf(document.activeElement) + 1) % all.length].focus();
}

for (const clock of document.querySelectorAll("[data-until]")) {
  const end = Date.parse(clock.dataset.until);
  const tick = () => {
    const left = Math.max(0, Math.round((end - Date.now()) / 1000));
    const two = (number) => String(number).padStart(2, "0");
    clock.textContent = left < 3600 ? `${two(Math.floor(left / 60))}:${two(left % 60)}` : `${Math.floor(left / 3600)} h ${Math.floor((left % 3600) / 60)} min`;
  };
  tick();
  setInterval(tick, 1000);
}
