import type { KeyRingFacts } from "../../../secrets/dataKeys.ts";
import type { Finding } from "./finding.ts";

/** Whether the key ring could be read at the next start, and whether its replacement was finished. */
export function keyRing({ file, fault, keys, unreadable }: KeyRingFacts): Finding {
  // What is damaged no replacement finishes.
  const older = keys
    .filter(({ primary }) => !primary)
    .reduce((sum, one) => sum + one.wraps - one.unreadable, 0);
  const well = fault === undefined && unreadable === 0 && older === 0;
  const view = {
    file,
    inside: fault?.code === "key-ring-inside",
    open: fault?.code === "key-ring-open",
    gone: fault?.code === "key-ring-missing",
    kid: fault?.code === "key-missing" ? fault.view["kid"] : undefined,
    changed: fault?.code === "key-changed" ? fault.view["kid"] : undefined,
    bad: fault?.code === "key-ring-damaged" || fault?.code === "key-ring-unusable",
    damaged: unreadable > 0,
    unreadable,
    unfinished: older > 0,
    older,
    well,
    count: keys.reduce((sum, { wraps }) => sum + wraps, 0),
    keys: keys.length,
  };
  return { well, finding: { template: "doctor/key-ring", view } };
}
