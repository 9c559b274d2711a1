import { readFileSync } from "node:fs";

/** Which Usher this is, as `package.json` says. */
export const VERSION = (
  JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8")) as {
    version: string;
  }
).version;
