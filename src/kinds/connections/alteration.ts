import { DAY_MS } from "../../kernel/days.ts";
import { UsherError } from "../../kernel/errors.ts";
import { nearest } from "../../kernel/nearest.ts";
import type { Content } from "../../matrix/port.ts";
import type { ConnectionRecord } from "./records.ts";
import type { Sort } from "./sorts.ts";
import { outboundAddress } from "./webhook.ts";

/** What is to be changed of a connection. */
export interface Alteration {
  /** What hookshot is told, by its own names; undefined where something is to be gone. */
  readonly config: Content;
  /** What becomes of Usher's record. */
  readonly record: {
    readonly [F in "name" | "label" | "until" | "url"]?: ConnectionRecord[F] | undefined;
  };
}

/** UTF-16 units; the second is hookshot's own limit. */
const LONGEST_LABEL = 60;
const LONGEST_TEMPLATE = 1024;
const MOST_DAYS = 3650;

type Reading = (value: string, now: number) => Alteration | undefined;

/** What can be set of each sort, with how it is read; what is not here hookshot does not change, or only for whoever is logged in at the service. */
const SETTINGS: Readonly<Record<string, Readonly<Record<string, Reading>>>> = {
  feed: {
    label: (value) => {
      const label = value.trim().replaceAll(/["\\]/g, "'");
      const fits = label !== "" && label.length <= LONGEST_LABEL;
      return fits ? { config: { label }, record: { label, name: label } } : undefined;
    },
    template: (template) =>
      template.trim() !== "" && template.length <= LONGEST_TEMPLATE
        ? { config: { template }, record: {} }
        : undefined,
    failures: (value) => {
      const said = value.toLowerCase();
      if (said !== "yes" && said !== "no") return undefined;
      return { config: { notifyOnFailure: said === "yes" }, record: {} };
    },
  },
  webhook: {
    days: (value, now) => {
      if (value === "never")
        return { config: { expirationDate: undefined }, record: { until: undefined } };
      const days = /^\d{1,4}$/.test(value) ? Number(value) : 0;
      if (days < 1 || days > MOST_DAYS) return undefined;
      const until = now + days * DAY_MS;
      return { config: { expirationDate: new Date(until).toISOString() }, record: { until } };
    },
  },
  outbound: {
    url: (value) => {
      if (!/^https:\/\/[^\s\\]{1,2000}$/.test(value) || !URL.canParse(value)) return undefined;
      const url = outboundAddress(new URL(value));
      return { config: { url }, record: { url } };
    },
    method: (value) => {
      const method = value.toUpperCase();
      return method === "PUT" || method === "POST" ? { config: { method }, record: {} } : undefined;
    },
  },
};

/** What is meant. `now`: ms since the epoch. Throws `connection-fixed`, `connection-setting-unknown` and `connection-setting-invalid`. */
export function alterationOf(
  { id }: Pick<Sort, "id">,
  change: ReadonlyMap<string, string>,
  now: number,
): Alteration {
  const settings = SETTINGS[id];
  if (settings === undefined) throw new UsherError("connection-fixed");
  const known = Object.keys(settings);
  const read = [...change].map(([setting, value]) => {
    // Not what every object has.
    const reading = Object.hasOwn(settings, setting) ? settings[setting] : undefined;
    if (reading === undefined)
      throw new UsherError("connection-setting-unknown", {
        ...{ setting, known, nearest: nearest(setting, known) },
      });
    const one = reading(value, now);
    if (one === undefined) throw new UsherError("connection-setting-invalid", { setting });
    return one;
  });
  return {
    config: Object.assign({}, ...read.map(({ config }) => config)) as Content,
    record: Object.assign({}, ...read.map(({ record }) => record)) as Alteration["record"],
  };
}
