"use strict";
// Everything here is optional: the page reads without it.
(() => {
  const root = document.documentElement;
  const all = (selector) => [...document.querySelectorAll(selector)];
  const one = (selector) => document.querySelector(selector);
  const search = one("#search");
  const found = one("#found");

  all(".tools,.keys").forEach((tool) => { tool.hidden = false; });

  // The theme is the system's until the developer chooses another.
  const store = (theme) => { try { if (theme) localStorage.setItem("backstop-theme", theme); return localStorage.getItem("backstop-theme"); } catch { return theme; } };
  const setTheme = (theme) => { if (theme === "light" || theme === "dark") root.dataset.theme = theme; };
  setTheme(store());
  const switchTheme = () => {
    const isDark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = isDark ? "light" : "dark";
    setTheme(theme);
    store(theme);
  };
  one("#theme").addEventListener("click", switchTheme);

  // Search hides what does not match, and opens what does.
  const folds = all("details.fold,details.frame");
  const wasOpen = new Map(folds.map((fold) => [fold, fold.open]));
  const filter = () => {
    const text = search.value.trim().toLowerCase();
    let count = 0;
    for (const item of all("[data-item]")) {
      const matches = !text || item.textContent.toLowerCase().includes(text);
      item.hidden = !matches;
      count += matches ? 1 : 0;
    }
    for (const fold of all("details.fold")) {
      fold.hidden = !!text && !fold.querySelector("[data-item]:not([hidden])");
    }
    for (const fold of folds) {
      fold.open = text ? !fold.hidden : wasOpen.get(fold);
    }
    found.textContent = text ? `${count} found` : "";
  };
  search.addEventListener("input", filter);

  const selectAll = (node) => {
    for (let box = node.parentElement; box; box = box.parentElement) {
      if (box.tagName === "DETAILS") box.open = true;
    }
    getSelection().selectAllChildren(node);
  };
  const copy = async (button) => {
    const node = document.getElementById(button.dataset.copy);
    const label = button.dataset.label ||= button.textContent;
    let copied = true;
    try {
      await navigator.clipboard.writeText(node.textContent);
    } catch {
      // Without permission, or over plain HTTP.
      selectAll(node);
      copied = document.execCommand("copy");
    }
    button.textContent = copied ? "Copied" : "Press Ctrl+C";
    setTimeout(() => { button.textContent = label; }, 2000);
  };
  all("[data-copy]").forEach((button) => button.addEventListener("click", () => copy(button)));

  const step = (by) => {
    const frames = all("details.frame:not([hidden])>summary");
    const next = frames[Math.max(0, Math.min(frames.length - 1, frames.indexOf(document.activeElement) + by))];
    if (next) { next.focus(); next.scrollIntoView({ block: "center" }); }
  };
  const foldAll = () => {
    const open = folds.some((fold) => !fold.open);
    folds.forEach((fold) => { fold.open = open; wasOpen.set(fold, open); });
  };
  const keys = {
    "/": () => search.focus(),
    j: () => step(1),
    k: () => step(-1),
    e: foldAll,
    m: () => one("[data-copy=markdown-text]").click(),
    c: () => one("[data-copy=curl]").click(),
    o: () => one("#culprit a")?.click(),
    t: switchTheme,
  };
  addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === search) {
      if (event.key === "Escape") { search.value = ""; filter(); search.blur(); }
      return;
    }
    const run = keys[event.key];
    if (run) { event.preventDefault(); run(); }
  });
})();
