import type { View } from "../../src/kernel/errors.ts";

const deed = "deed/add-widget";
const usher = "@usher:example.org";

/** What is said about power levels. */
export const POWER_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "error/power-person": [
    { deed, needed: 50, role: "role/moderator", has: 0 },
    { deed, needed: 37, role: undefined, has: 0 },
  ],
  "error/power-usher": [
    { deed, needed: 100, role: "role/admin", has: 0, usher, youCan: true },
    { deed, needed: 37, role: undefined, has: 0, usher, youCan: false },
  ],
  silent: [
    { room: "!old:example.org", name: "Gardens", needed: 50, role: "role/moderator", usher },
    { room: "!old:example.org", name: undefined, needed: 37, role: undefined, usher },
  ],
  "silent/leave": [{ needed: 50 }],
  "added-by": [{ addedBy: "@ada:example.org" }, { addedBy: undefined }],
  "role/admin": [{}],
  "role/member": [{}],
  "role/moderator": [{}],
};
