import type { Probe } from "../../../net/probe.ts";
import type { Finding } from "./finding.ts";

/** A website that entries of the catalogue lead to. */
export interface SiteFacts {
  readonly host: string;
  readonly entries: readonly string[];
  readonly probe: Probe;
}

/** When this many websites cannot be reached, and none can, the fault is not theirs. */
const MANY = 3;

/** The websites that entries of the catalogue lead to. */
export function sites(all: readonly SiteFacts[]): readonly Finding[] {
  const unreached = all.filter(({ probe }) => probe.is === "unknown-name" || probe.is === "silent");
  const offline = unreached.length >= MANY && !all.some(({ probe }) => probe.is === "answered");
  const found = offline ? all.filter((site) => !unreached.includes(site)) : all;
  const faults = found.flatMap(({ host, entries, probe }): Finding[] => {
    if (probe.is === "answered" && probe.status < 500) return [];
    const view = {
      host,
      entries: entries.join(", "),
      failing: probe.is === "answered" ? probe.status : undefined,
      unknown: probe.is === "unknown-name",
      private: probe.is === "private",
      certificate: probe.is === "certificate",
      silent: probe.is === "silent",
    };
    return [{ well: false, finding: { template: "doctor/site", view } }];
  });
  const well = found.length - faults.length;
  return [
    // A machine that is meant to have no way out is configured well.
    ...(offline
      ? [{ well: true, finding: { template: "doctor/offline", view: { count: unreached.length } } }]
      : []),
    ...faults,
    ...(well === 0
      ? []
      : [
          {
            well: true,
            finding: { template: "doctor/sites", view: { count: well } },
          },
        ]),
  ];
}
