// What lies over every page: find or do, and the keys. Without this the pages /find and /keys do it.
"use strict";
(() => {
  const dialog = document.getElementById("find");
  const field = dialog?.querySelector("input");
  const list = document.getElementById("findlines");
  if (!dialog?.showModal) return;
  let waiting, asked, at = -1, isStale = false, goes = false;

  const lines = () => [...list.querySelectorAll("[role=option]")];

  function open() {
    if (dialog.open) return;
    dialog.showModal();
    field.select();
    look();
  }

  // What is typed goes as a form: an address that somebody looks for stays out of logs.
  async function look() {
    asked?.abort();
    const mine = (asked = new AbortController());
    let answer;
    try {
      answer = await fetch("/find", {
        method: "POST",
        body: new URLSearchParams({ q: field.value }),
        headers: { "X-Form-Token": dialog.dataset.token },
        signal: mine.signal,
      });
      if (answer.redirected) return location.assign(answer.url); // signed out meanwhile
      if (!answer.ok) throw new Error(answer.statusText);
      put(await answer.text());
    } catch (error) {
      if (mine.signal.aborted) return;
      put("");
      goes = false;
      dialog.querySelector("[role=status]").textContent = "Nothing can be looked up now. Enter opens the page that looks.";
    }
  }

  function put(html) {
    list.innerHTML = html;
    const found = lines();
    found.forEach((line, number) => (line.id = `findline${number}`));
    field.setAttribute("aria-expanded", String(found.length > 0));
    dialog.querySelector("[role=status]").textContent = `${found.length} found`;
    mark(found.length ? 0 : -1);
    isStale = false;
    if (goes) follow();
  }

  function follow() {
    goes = false;
    const line = lines()[at];
    if (!line) return;
    dialog.close();
    line.click();
  }

  function mark(to) {
    const found = lines();
    found[at]?.classList.remove("on");
    found[at]?.setAttribute("aria-selected", "false");
    at = to;
    if (!found[at]) {
      field.removeAttribute("aria-activedescendant");
      return;
    }
    found[at].classList.add("on");
    found[at].setAttribute("aria-selected", "true");
    found[at].scrollIntoView({ block: "nearest" });
    field.setAttribute("aria-activedescendant", found[at].id);
  }

  field.addEventListener("input", () => {
    clearTimeout(waiting);
    isStale = true;
    goes = false;
    waiting = setTimeout(look, 150);
  });

  field.addEventListener("keydown", (event) => {
    const many = lines().length;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && many) {
      event.preventDefault();
      mark((at + step + many) % many);
    }
  });

  // Enter goes to the line that is marked; while those of other words stand there, to the first of the new.
  field.form.addEventListener("submit", (event) => {
    if (!isStale && !lines()[at]) return; // the page looks
    event.preventDefault();
    if (!isStale) return follow();
    goes = true;
    clearTimeout(waiting);
    look();
  });

  dialog.addEventListener("close", () => {
    goes = false;
    clearTimeout(waiting);
    asked?.abort();
  });
  dialog.addEventListener("click", (event) => {
    if (event.target === dialog || event.target.closest("[role=option]")) dialog.close();
  });
  document.addEventListener("click", (event) => {
    if (event.ctrlKey || event.metaKey || event.shiftKey || !event.target.closest("a.find")) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("find", open);

  const keys = document.getElementById("keys");
  async function show() {
    if (keys.open) return;
    try {
      const answer = await fetch("/keys");
      const there = new DOMParser().parseFromString(await answer.text(), "text/html").querySelector(".c3k");
      if (!there) throw new Error(answer.statusText);
      keys.querySelector(".c3k").replaceWith(there);
      keys.showModal();
    } catch {
      location.assign("/keys");
    }
  }
  document.addEventListener("keys", show);
  keys.addEventListener("click", (event) => event.target === keys && keys.close());

  // While one of them is open, no key reaches what lies under it.
  for (const one of [dialog, keys]) one.addEventListener("keydown", (event) => event.stopPropagation());
  const under = (event) => (dialog.open || keys.open) && !event.target.closest?.("dialog") && event.stopPropagation();
  window.addEventListener("keydown", under, true);
})();
