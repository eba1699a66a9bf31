// What every page of the desk does beside what HTML does by itself: keys, the look, toasts that go.
"use strict";
const places = { t: "/", d: "/desk", s: "/sending", c: "/schedules", o: "/sources" };
let before = "";

const typing = (target) =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select"));

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (document.body.dataset.keys === "off") return;
  const first = before;
  before = event.key === "g" ? "g" : "";
  if (first === "g" && places[event.key]) go(event, places[event.key]);
  else if (event.key === "/") go(event, "/find");
  else if (event.key === "?") go(event, "/keys");
});

function go(event, path) {
  event.preventDefault();
  location.assign(path);
}

// A toast goes after 8 seconds, but not under a pointer or while something in it has the focus.
for (const toast of document.querySelectorAll("[data-toast]")) {
  let left = 8;
  const clock = setInterval(() => {
    if (toast.matches(":hover, :focus-within")) return;
    if (--left > 0) return;
    clearInterval(clock);
    toast.remove();
  }, 1000);
}
