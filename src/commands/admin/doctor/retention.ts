import { minuteOf } from "../../../kernel/days.ts";
import type { Copies } from "../../../logs/copies.ts";
import type { Retention } from "../../../retention/retention.ts";
import type { ChainFaults } from "../../../retention/runs.ts";
import type { Finding } from "./finding.ts";

/** How it stands with what goes after a time; undefined where what is stored cannot be read. */
export type RetentionReport = ReturnType<Retention["report"]>;

export interface RetentionFacts {
  readonly report: RetentionReport;
  /** What is wrong with the account of the sweeps; undefined where it cannot be read. */
  readonly chain: ChainFaults | undefined;
}

/** How many runs that are wrong are named. */
const NAMED = 10;

/** Whether everything goes when it should (R55, R60), with how old the oldest of each thing is, and whether the account of that is as it was written. */
export function retention({ report, chain }: RetentionFacts, now: number): Finding {
  const late = report?.standings.filter(({ lastGood }) => lastGood !== report.at) ?? [];
  const held = report?.standings.filter(({ oldest }) => oldest !== undefined) ?? [];
  const view = {
    at: report === undefined ? undefined : minuteOf(report.at),
    late: late.map(({ record }) => record.id).join(", ") || undefined,
    stopped:
      late
        .filter(({ stopped }) => stopped)
        .map(({ record }) => record.id)
        .join(", ") || undefined,
    held:
      held
        .map(({ record, limit, oldest = now }) => `${record.id} ${daysOf(now - oldest)} (${limit})`)
        .join(", ") || undefined,
    unread: chain === undefined,
    broken: chain?.broken.slice(0, NAMED).join(", ") || undefined,
    missing: chain?.missing === undefined ? undefined : minuteOf(chain.missing),
    unnoted: chain?.noted === false && report !== undefined,
  };
  return {
    well: report !== undefined && late.length === 0 && chain !== undefined && isWhole(chain),
    finding: { template: "doctor/retention", view },
  };
}

function isWhole({ broken, missing, noted }: ChainFaults): boolean {
  return broken.length === 0 && missing === undefined && noted;
}

/** Who else keeps lines, as far as that can be seen. What cannot be seen is said and is no fault. */
export function copies({ journal, nginx }: Copies): Finding {
  const view = {
    journal: journal !== "not-asked",
    journalLong: journal === "too-long",
    journalUnseen: journal === "unseen",
    nginxLong: nginx === "too-long",
    nginxUnseen: nginx === "unseen",
  };
  return {
    well: journal !== "too-long" && nginx !== "too-long",
    finding: { template: "doctor/copies", view },
  };
}

function daysOf(ms: number): string {
  return `${(ms / 86_400_000).toFixed(1)} days`;
}

/** Exported files that lie on the homeserver longer than they should. */
export function exportFiles(late: number): Finding {
  return {
    well: late === 0,
    finding: { template: "doctor/export-files", view: { count: late || undefined } },
  };
}
