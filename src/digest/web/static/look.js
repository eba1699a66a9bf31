// The switch between day and night works at once; the cookie is set by the form behind it.
"use strict";
for (const form of document.querySelectorAll("form[data-look]")) {
  form.addEventListener("change", () => {
    const look = new FormData(form).get("look");
    if (look === "auto") delete document.documentElement.dataset.theme;
    else document.documentElement.dataset.theme = look;
    fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)), redirect: "manual" });
  });
}
