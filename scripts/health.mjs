// Docker's health check: Usher is well while the homeserver answered it not long ago. Exit code 0 or 1, and the reason.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

/** A quiet sync is answered within 30 seconds; three of them, and time for a homeserver that restarts. */
const LIMIT_MS = 150_000;

/**
 * Why Usher is not well, or undefined if it is.
 * @param {string} text what Usher wrote into health.json: `{"lastHeard": <ms since the epoch>, "ready": true}`
 * @param {number} now ms since the epoch
 * @returns {string | undefined}
 */
export function complaint(text, now) {
  let health;
  try {
    health = JSON.parse(text);
  } catch {
    return "health.json cannot be read as JSON";
  }
  if (health?.ready !== true) return "Usher is not ready";
  if (!Number.isFinite(health.lastHeard)) return "Usher has not heard the homeserver yet";
  const silence = now - health.lastHeard;
  return silence > LIMIT_MS
    ? `Usher has not heard the homeserver for ${Math.round(silence / 1000)} s`
    : undefined;
}

function main() {
  const file = join(process.env["USHER_DATA_DIR"] ?? "data", "health.json");
  let text;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    return `${file} cannot be read (${error instanceof Error && "code" in error ? String(error.code) : "unknown"})`;
  }
  return complaint(text, Date.now());
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const reason = main();
  console.log(reason ?? "well");
  process.exitCode = reason === undefined ? 0 : 1;
}
