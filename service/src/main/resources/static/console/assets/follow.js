/** Follows a compression by its events until it has ended. */
export const follow = place => {
  const steps = [...place.querySelectorAll("[data-stage]")];
  const progress = place.querySelector("progress");
  const headline = document.querySelector("[data-headline]");
  const words = { QUEUED: "Waiting for its turn", RUNNING: "Running" };
  const events = new EventSource(place.dataset.follow);

  const show = event => {
    const now = JSON.parse(event.data);
    if (!(now.state in words)) {
      events.close();
      location.reload();
      return;
    }
    const at = steps.findIndex(step => step.dataset.stage === now.stage);
    steps.forEach((step, i) => {
      step.className = i < at ? "done" : i === at ? "now" : "ahead";
      step.toggleAttribute("aria-current", false);
      if (i === at) step.setAttribute("aria-current", "step");
    });
    headline.textContent = words[now.state];
    progress.value = 100 * (now.fraction ?? 0);
    place.querySelector("[data-activity]").textContent = now.activity ?? "";
    return now;
  };
  events.addEventListener("progress", show);
  events.addEventListener("state", event => {
    const now = show(event);
    // only this is read aloud: progress would never end
    if (now) place.querySelector("[data-says]").textContent = `${words[now.state]}: ${now.stage ?? ""}`;
  });
};
