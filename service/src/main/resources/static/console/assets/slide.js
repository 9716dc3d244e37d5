const percent = value => `${(100 * value).toFixed(1)} %`;

const megabytes = bytes => bytes < 999_950 ? `${(bytes / 1e3).toFixed(1)} kB`
    : bytes < 999_950_000 ? `${(bytes / 1e6).toFixed(1)} MB` : `${(bytes / 1e9).toFixed(1)} GB`;

/** Says what is to be expected at the size that the slider stands at: between the points of the table, on a line. */
export const slide = form => {
  const points = [...form.parentElement.querySelectorAll("tr[data-ratio]")]
      .map(({ dataset }) => ({ ratio: +dataset.ratio, energy: +dataset.energy, work: +dataset.work }))
      .sort((a, b) => a.ratio - b.ratio);
  points.push({ ratio: 1, energy: 1, work: 1 });
  const slider = form.querySelector("input[type=range]");
  const part = name => form.querySelector(`[data-${name}]`);

  const between = (ratio, figure) => {
    const above = points.findIndex(point => point.ratio >= ratio);
    if (above <= 0) return above === 0 && points[0].ratio === ratio ? points[0][figure] : undefined;
    const low = points[above - 1], high = points[above];
    return low[figure] + (high[figure] - low[figure]) * (ratio - low.ratio) / (high.ratio - low.ratio);
  };

  const show = () => {
    const ratio = slider.value / 100;
    const work = between(ratio, "work"), energy = between(ratio, "energy");
    part("size").textContent = `${slider.value} %`;
    part("bytes-left").textContent = `${megabytes(ratio * form.dataset.bytes)} in all files`;
    part("work").textContent = work === undefined ? "not known" : `about ${percent(work)}`;
    part("energy").textContent = energy === undefined ? "not known" : `about ${percent(energy)}`;
    slider.setAttribute("aria-valuetext", `${slider.value} percent`);
  };
  slider.addEventListener("input", show);
  part("expected").hidden = false;
  // the table says the same, for those who see no slider
  form.parentElement.querySelector("details").open = false;
  show();
};
