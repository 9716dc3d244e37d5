/** What is wider than the screen can be scrolled by key. */
const watcher = new ResizeObserver(entries => entries.forEach(({ target }) => {
  if (target.scrollWidth > target.clientWidth) {
    const title = target.closest("section")?.querySelector("h2, caption")?.textContent ?? "the page";
    target.tabIndex = 0;
    target.setAttribute("role", "region");
    target.setAttribute("aria-label", `Table: ${title}`);
  } else {
    ["tabindex", "role", "aria-label"].forEach(name => target.removeAttribute(name));
  }
}));

export const scroll = element => watcher.observe(element);
