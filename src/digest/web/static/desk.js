// The desk beside what forms do by themselves: deeds without a new page, keys on items, dragging, counters.
"use strict";
(() => {
  const desk = () => document.getElementById("worktable");
  const typing = (target) =>
    target instanceof HTMLElement && (target.isContentEditable || target.matches("input:not([type=checkbox]):not([type=radio]), textarea, select"));

  // A deed answers with the desk as it is then: its new parts take the place of the old ones, the focus stays.
  async function send(form, submitter) {
    const body = new URLSearchParams(new FormData(form, submitter));
    form.setAttribute("aria-busy", "true");
    let answer;
    try {
      answer = await fetch(form.action, { method: "POST", body, headers: { Accept: "text/html" } });
    } catch {
      form.removeAttribute("aria-busy");
      tell("The connection is gone. What you wrote is still here; try again.", true);
      return;
    }
    show(new DOMParser().parseFromString(await answer.text(), "text/html"), answer.url, submitter?.id);
  }

  function show(page, url, focus) {
    const fresh = page.getElementById("worktable");
    if (!fresh) {
      form_error(page);
      return;
    }
    const held = focus || document.activeElement?.id;
    const item = document.activeElement?.closest?.(".item");
    const after = item && (item.nextElementSibling || item.previousElementSibling);
    const top = window.scrollY;
    for (const part of ["order", "bar"]) swap(part, page);
    const old = desk().querySelector(".side"), side = fresh.querySelector(".side");
    if (old.getAttribute("aria-label") !== side.getAttribute("aria-label") || old.getAttribute("aria-label") !== "Proof") old.replaceWith(side);
    else proof(old, side);
    desk().dataset.version = fresh.dataset.version;
    desk().dataset.pane = fresh.dataset.pane;
    document.getElementById("said").replaceWith(page.getElementById("said"));
    history.replaceState(null, "", url);
    window.scrollTo(0, top);
    const target = (held && document.getElementById(held)) || (item && document.getElementById(item.id)) || (after && document.getElementById(after.id));
    if (target) (target.disabled ? target.closest(".item") : target).focus({ preventScroll: true });
    ready();
  }

  function swap(part, page) {
    const find = (root) => (part === "order" ? root.getElementById("order") : root.querySelector(".edbar"));
    const fresh = find(page);
    if (fresh) find(document).replaceWith(fresh);
  }

  // The proof keeps its view; only what is shown is loaded again.
  function proof(old, side) {
    for (const frame of old.querySelectorAll("iframe")) frame.src = frame.getAttribute("src");
    for (const part of [".hash", ".p-text pre", ".tabs"]) {
      const was = old.querySelector(part), now = side.querySelector(part);
      if (was && now) was.replaceWith(now);
    }
  }

  function form_error(page) {
    const main = page.querySelector("main");
    tell(`${main?.querySelector("h1")?.textContent ?? "That did not work"}. ${main?.querySelector(".lede")?.textContent ?? ""}`, true);
    for (const form of document.querySelectorAll("form[aria-busy]")) form.removeAttribute("aria-busy");
  }

  function tell(text, alert) {
    const said = document.getElementById("said");
    said.innerHTML = `<div class="toast is-fixed" role="${alert ? "alert" : "status"}"><span></span></div>`;
    said.querySelector("span").textContent = text;
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("form[data-desk]")) return;
    event.preventDefault();
    send(form, event.submitter);
  });

  const items = () => [...document.querySelectorAll(".order .item")];
  const here = () => document.activeElement?.closest?.(".item") || document.querySelector(".item.is-on");

  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && typing(event.target)) return event.target.blur();
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (document.body.dataset.keys === "off") return;
    const all = items(), now = here(), at = all.indexOf(now);
    const press = (name) => now?.querySelector(`[id^="${name}"]`)?.click();
    const deeds = {
      j: () => all[Math.min(at + 1, all.length - 1)]?.focus(),
      k: () => all[Math.max(at - 1, 0)]?.focus(),
      J: () => press("down"),
      K: () => press("up"),
      p: () => press("pin"),
      x: () => press("drop"),
      m: () => press("more"),
      M: () => now?.querySelector('[id^="more"]') && location.assign(`${location.pathname}?pane=merge&item=${now.dataset.article}#i${now.dataset.article}`),
      w: () => now?.querySelector(".whyd summary")?.click(),
      a: () => (now?.closest(".sec") || document).querySelector('a[href*="pane=add"]')?.click(),
      s: () => (now?.querySelector(".tosec") ? now.querySelector(".tosec").focus() : press("more")),
      Enter: () => event.target.closest("a, button, summary") || press("more"),
    };
    if (!deeds[event.key] || (event.key === "Enter" && event.target.closest("a, button, summary"))) return;
    event.preventDefault();
    deeds[event.key]();
  });

  document.addEventListener("input", (event) => {
    const id = event.target.id;
    for (const counter of document.querySelectorAll(`[data-count="${id}"]`)) {
      const length = event.target.value.length;
      counter.textContent = `${length} of ${counter.dataset.most}`;
      counter.classList.toggle("warn", length > Number(counter.dataset.most));
    }
    for (const counter of document.querySelectorAll(`[data-words="${id}"]`))
      counter.textContent = `${event.target.value.split(/\s+/).filter(Boolean).length} words`;
    const form = event.target.closest("form[data-write]");
    if (form) form.dataset.dirty = "yes";
  });

  window.addEventListener("beforeunload", (event) => {
    if (document.querySelector("form[data-dirty]:not([aria-busy])")) event.preventDefault();
  });

  function ready() {
    if (typeof Sortable === "undefined") return;
    for (const list of document.querySelectorAll("ol[data-section]")) {
      if (Sortable.get(list)) continue;
      Sortable.create(list, {
        group: "items", handle: ".grip", animation: 0, ghostClass: "is-drag",
        onEnd: ({ item, to, newIndex }) => {
          const form = item.querySelector('form[action$="/move"]');
          const body = new FormData(form);
          const sent = document.createElement("form");
          sent.action = form.action;
          for (const [name, value] of body) sent.append(field(name, name === "section" ? to.dataset.section : value));
          sent.append(field("to", newIndex + 1));
          send(sent, undefined);
        },
      });
    }
  }

  function field(name, value) {
    const made = document.createElement("input");
    made.type = "hidden";
    made.name = name;
    made.value = value;
    return made;
  }

  ready();
})();
