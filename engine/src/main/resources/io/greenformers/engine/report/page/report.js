"use strict";
// Everything below adds comfort: the page says the same without it. Texts only ever become textContent.

const make = (tag, properties = {}, ...children) => {
  const element = Object.assign(document.createElement(tag), properties);
  element.append(...children);
  return element;
};

// --- tables that sort by any column ---------------------------------------------------------

const valueOf = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.by === undefined ? cell.textContent : Number(cell.dataset.by);
};

const compare = (a, b) => typeof a === "number" ? a - b : a.localeCompare(b, "en", { numeric: true });

for (const table of document.querySelectorAll("table[data-sortable]")) {
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = make("button", { type: "button", textContent: head.textContent });
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const order = head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
      heads.forEach(other => other.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", order);
      const sign = order === "ascending" ? 1 : -1;
      const rows = [...table.tBodies[0].rows];
      rows.sort((a, b) => sign * compare(valueOf(a, column), valueOf(b, column)));
      table.tBodies[0].append(...rows);
    });
  });
}

// --- charts whose points can be walked along, by key, finger or mouse ------------------------

const walk = figure => {
  const svg = figure.querySelector("svg");
  const points = [...figure.querySelectorAll("circle")]
      .filter(point => point.textContent)
      .sort((a, b) => a.cx.baseVal.value - b.cx.baseVal.value);
  if (points.length === 0) return;
  const range = make("input", { type: "range", min: 0, max: points.length - 1, value: 0 });
  range.setAttribute("aria-label", "Walk along the points of: " + figure.querySelector("figcaption").textContent);
  const says = make("output");
  const show = () => {
    points.forEach((point, i) => point.classList.toggle("at", i === Number(range.value)));
    const text = points[range.value].textContent;
    says.textContent = text;
    range.setAttribute("aria-valuetext", text);
  };
  range.addEventListener("input", show);
  range.setAttribute("aria-valuetext", points[0].textContent);
  says.textContent = "Move along the points to read them.";
  svg.addEventListener("pointermove", event => {
    const at = event.clientX, nearest = point => {
      const box = point.getBoundingClientRect();
      return Math.hypot(box.x + box.width / 2 - at, (box.y + box.height / 2 - event.clientY) / 4);
    };
    range.value = points.reduce((best, point, i) => nearest(point) < nearest(points[best]) ? i : best, 0);
    show();
  });
  svg.after(make("div", { className: "walk" }, range, says));
};

// --- the spectrum of any site ----------------------------------------------------------------

const holder = document.getElementById("spectrum");

const drawSpectrum = site => {
  const figure = holder.querySelector("figure"), svg = figure.querySelector("svg");
  const left = 58, right = 466, top = 14, bottom = 212, most = Math.max(1, site.ranks.at(-1));
  const x = rank => (left + rank / most * (right - left)).toFixed(1);
  const y = share => (bottom - share * (bottom - top)).toFixed(1);
  const svgElement = (tag, attributes, text = "") => {
    const element = document.createElementNS("http://www.w3.org/2000/svg", tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.textContent = text;
    return element;
  };
  const path = values => "M" + site.ranks.map((rank, i) => x(rank) + " " + y(values[i])).join("L");
  svg.querySelectorAll("circle, .chosen").forEach(old => old.remove());
  svg.querySelector(".main").setAttribute("d", path(site.retained));
  svg.querySelector(".dashed").setAttribute("d", path(site.values));
  const ticks = [...svg.querySelectorAll('.tick[text-anchor="middle"]')];
  ticks.forEach((tick, i) => {
    const rank = Math.round(most * i / Math.max(1, ticks.length - 1));
    tick.textContent = rank;
    tick.setAttribute("x", x(rank));
  });
  site.ranks.forEach((rank, i) => {
    const circle = svgElement("circle", { class: "point faint", cx: x(rank), cy: y(site.retained[i]), r: 4 });
    circle.append(svgElement("title", {}, "rank " + rank + ": " + site.retained[i].toFixed(4)));
    svg.append(circle);
  });
  if (site.rank > 0) {
    svg.append(svgElement("line", { class: "chosen", x1: x(site.rank), x2: x(site.rank), y1: top, y2: bottom }));
  }
  figure.querySelector("figcaption").textContent = site.name + ": "
      + (site.rank > 0 ? "rank " + site.rank + " retains " + site.energy.toFixed(4) : "kept");
  const row = (...cells) => make("tr", {}, ...cells.map(cell => make("td", { className: "n", textContent: cell })));
  figure.querySelector("tbody").replaceChildren(...site.ranks.map((rank, i) =>
      row(rank, site.retained[i].toFixed(4), site.values[i].toFixed(4))));
  figure.querySelector(".walk")?.remove();
  walk(figure);
};

document.querySelectorAll("figure.chart").forEach(figure => { if (figure.querySelector("svg")) walk(figure); });

if (holder) {
  const sites = JSON.parse(document.getElementById("spectra").textContent);
  const select = make("select", { id: "site" },
      ...sites.map((site, i) => make("option", { value: i, textContent: site.name })));
  select.addEventListener("change", () => drawSpectrum(sites[select.value]));
  holder.before(make("p", { className: "pick" }, make("label", { htmlFor: "site", textContent: "Site" }), select));
}

// --- what is wider than the screen can be scrolled by key -------------------------------------

const scrollers = new ResizeObserver(entries => entries.forEach(({ target }) => {
  if (target.scrollWidth > target.clientWidth || target.scrollHeight > target.clientHeight) {
    const section = target.closest("section, header");
    target.tabIndex = 0;
    target.setAttribute("role", "region");
    target.setAttribute("aria-label", "Table: " + section.querySelector("h2, caption").textContent);
  } else {
    ["tabindex", "role", "aria-label"].forEach(name => target.removeAttribute(name));
  }
}));
document.querySelectorAll(".scroll").forEach(element => scrollers.observe(element));

// --- paper shows every number -----------------------------------------------------------------

addEventListener("beforeprint", () => document.querySelectorAll("details").forEach(d => { d.open = true; }));
