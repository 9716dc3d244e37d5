import { reason } from "./problem.js";

/** Has the service find something out, which may take minutes, and shows the page anew. */
export const look = async place => {
  const says = place.querySelector("[data-says]");
  says.textContent = "The service is looking into the model …";
  place.querySelectorAll("a").forEach(link => { link.hidden = true; });
  try {
    const response = await fetch(place.dataset.look);
    if (response.ok || response.status === 422) {
      // what was found, or why the model is refused, is kept by now
      location.reload();
      return;
    }
    says.textContent = await reason(response);
  } catch {
    says.textContent = "The service cannot be reached.";
  }
  place.querySelectorAll("a").forEach(link => { link.hidden = false; });
};
