import { reason } from "./problem.js";

const PIECE = 4 * 1024 * 1024;
const PREFIX = "upload ";
const TUS = { "Tus-Resumable": "1.0.0" };
const WAITS = [1_000, 3_000, 10_000, 30_000];

const base64 = bytes => btoa(String.fromCharCode(...new Uint8Array(bytes)));
const sleep = time => new Promise(wake => setTimeout(wake, time));

/**
 * Sends one file by tus 1.0. Which upload it belongs to is kept in this browser, so that the same file goes on
 * where it was after a reload.
 */
export class Transfer {
  #file; #told; #key;
  #resume = null;
  #paused = null;

  constructor(file, told) {
    this.#file = file;
    this.#told = told;
    this.#key = PREFIX + JSON.stringify([file.name, file.size, file.lastModified]);
  }

  /** Names of files of which not all has been sent. */
  static unfinished() {
    return Object.keys(localStorage).filter(key => key.startsWith(PREFIX))
        .map(key => JSON.parse(key.slice(PREFIX.length))[0]);
  }

  /** Pauses, or goes on; whether it is paused now. */
  toggle() {
    if (this.#paused) {
      this.#resume();
      this.#paused = null;
    } else {
      this.#paused = new Promise(resume => { this.#resume = resume; });
    }
    return this.#paused !== null;
  }

  /** Sends all that has not been sent, and says the id of the upload. */
  async run() {
    let { place, offset } = await this.#begin();
    for (let failures = 0; offset < this.#file.size;) {
      await this.#paused;
      try {
        offset = await this.#send(place, offset);
        failures = 0;
      } catch (e) {
        // lost connections come back; what the service refuses it refuses again
        if (!(e instanceof TypeError) || failures >= WAITS.length) throw e;
        await sleep(WAITS[failures++]);
        offset = await this.#offset(place) ?? offset;
      }
      this.#told(offset);
    }
    localStorage.removeItem(this.#key);
    return place.split("/").pop();
  }

  async #begin() {
    const place = localStorage.getItem(this.#key);
    const offset = place === null ? null : await this.#offset(place);
    if (offset !== null) {
      this.#told(offset);
      return { place, offset };
    }
    const name = base64(new TextEncoder().encode(this.#file.name));
    const response = await fetch("/v1/uploads", {
      method: "POST", headers: { ...TUS, "Upload-Length": this.#file.size, "Upload-Metadata": `filename ${name}` } });
    if (!response.ok) throw new Error(await reason(response));
    localStorage.setItem(this.#key, response.headers.get("Location"));
    return { place: response.headers.get("Location"), offset: 0 };
  }

  /** How much has come; null where the service knows nothing of it any more. */
  async #offset(place) {
    try {
      const response = await fetch(place, { method: "HEAD", headers: TUS });
      return response.ok ? Number(response.headers.get("Upload-Offset")) : null;
    } catch {
      return null;
    }
  }

  async #send(place, offset) {
    const bytes = await this.#file.slice(offset, offset + PIECE).arrayBuffer();
    const headers = { ...TUS, "Upload-Offset": offset, "Content-Type": "application/offset+octet-stream" };
    // browsers hash over https and on this machine only
    if (globalThis.crypto?.subtle) {
      headers["Upload-Checksum"] = `sha256 ${base64(await crypto.subtle.digest("SHA-256", bytes))}`;
    }
    const response = await fetch(place, { method: "PATCH", headers, body: bytes });
    if (!response.ok) throw new Error(await reason(response));
    return Number(response.headers.get("Upload-Offset"));
  }
}
