import { Transfer } from "./transfer.js";
import { reason } from "./problem.js";

const post = async (path, document) => {
  const response = await fetch(path, {
    method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(document) });
  if (!response.ok) throw new Error(await reason(response));
  return response.json();
};

/** What becomes of files that have come, by the kind of the form; each returns where to go then. */
const FINISH = {
  models: async sent => {
    const model = await post("/v1/models", { files: Object.fromEntries(sent.map(s => [s.file.name, s.id])) });
    return `/console/models/${model.id}`;
  },
  datasets: async sent => {
    for (const { file, id } of sent) await post("/v1/datasets", { upload: id, name: file.name });
    return "/console/datasets";
  },
};

const check = (kind, files) => {
  const models = files.filter(file => file.name.endsWith(".onnx")).length;
  if (kind === "models" && models !== 1) {
    return `Expected one file ending in .onnx, with its external data if it has any; found ${models} of ${files.length}.`;
  }
  return files.some(file => file.size === 0) ? "One of the files is empty." : "";
};

/** Sends the files of a form in pieces: it can be paused, and goes on after a reload or a lost connection. */
export const upload = form => {
  const input = form.querySelector("input[type=file]");
  const button = form.querySelector("button");
  const panel = form.querySelector("[data-transfer]");
  const bar = panel.querySelector("progress");
  const says = panel.querySelector("[data-says]");
  const pause = panel.querySelector("[data-pause]");
  let transfer;

  const tell = text => {
    panel.hidden = false;
    says.textContent = text;
  };

  const start = async files => {
    const wrong = check(form.dataset.upload, files);
    if (wrong) return tell(wrong);
    const total = files.reduce((sum, file) => sum + file.size, 0);
    let before = 0;
    const sent = [];
    button.disabled = true;
    bar.hidden = pause.hidden = false;
    transfer = undefined;
    try {
      for (const file of files) {
        transfer = new Transfer(file, done => {
          bar.value = 100 * (before + done) / total;
          tell(`${file.name}: ${Math.floor(100 * (before + done) / total)} % sent, each piece checked by its SHA-256`);
        });
        sent.push({ file, id: await transfer.run() });
        before += file.size;
      }
      location.assign(await FINISH[form.dataset.upload](sent));
    } catch (e) {
      tell(`It was not taken: ${e.message}`);
    }
    button.disabled = false;
    pause.hidden = true;
  };

  pause.addEventListener("click", () => {
    pause.textContent = transfer.toggle() ? "Go on" : "Pause";
  });
  form.addEventListener("submit", event => {
    event.preventDefault();
    start([...input.files]);
  });
  form.addEventListener("dragover", event => {
    event.preventDefault();
    form.classList.add("over");
  });
  form.addEventListener("dragleave", () => form.classList.remove("over"));
  form.addEventListener("drop", event => {
    event.preventDefault();
    form.classList.remove("over");
    start([...event.dataTransfer.files]);
  });

  const unfinished = Transfer.unfinished();
  if (unfinished.length > 0) {
    bar.hidden = pause.hidden = true;
    tell(`Not all of ${unfinished.join(", ")} has been sent. Choose it again, and the rest is sent.`);
  }
};
