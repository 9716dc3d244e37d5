// Everything here adds comfort: every page can be read without it, and forms can be sent.
import { look } from "./look.js";
import { follow } from "./follow.js";
import { slide } from "./slide.js";
import { upload } from "./upload.js";
import { scroll } from "./scroll.js";

document.querySelectorAll("[data-look]").forEach(look);
document.querySelectorAll("[data-follow]").forEach(follow);
document.querySelectorAll("[data-slider]").forEach(slide);
document.querySelectorAll("form[data-upload]").forEach(upload);
document.querySelectorAll(".scroll").forEach(scroll);

// two at most can be compared
const boxes = [...document.querySelectorAll('input[type="checkbox"][name="id"]')];
const limit = () => {
  const isFull = boxes.filter(box => box.checked).length >= 2;
  boxes.forEach(box => { box.disabled = isFull && !box.checked; });
};
boxes.forEach(box => box.addEventListener("change", limit));
limit();

// whoever writes another figure means it
for (const other of document.querySelectorAll('input[name$="Other"]')) {
  const radio = document.querySelector(`input[name="${other.name.replace("Other", "")}"][value="other"]`);
  other.addEventListener("input", () => { radio.checked = true; });
}
