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
  else if (event.key === "/" && document.getElementById("find")) look(event);
  else if (event.key === "?" && location.pathname !== "/keys" && document.getElementById("keys")) {
    event.preventDefault();
    document.dispatchEvent(new Event("keys"));
  }
});

// overlays.js opens it; on the page of the same name the field is there.
function look(event) {
  event.preventDefault();
  const field = document.querySelector("main [type=search]");
  if (location.pathname === "/find" && field) field.focus();
  else document.dispatchEvent(new Event("find"));
}

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
