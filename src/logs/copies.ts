import type { Files } from "../files/files.ts";
import { LOG_CLASSES } from "../privacy/logClasses.ts";

/** What keeps lines beside Usher, as far as it can be seen from here. */
export type Copy = "not-asked" | "in-time" | "too-long" | "unseen";

export interface Copies {
  /** The journal that standard error goes to; not asked where nothing goes there. */
  readonly journal: Copy;
  /** The access logs of nginx, which stands before many a homeserver. */
  readonly nginx: Copy;
}

const JOURNALS = ["/etc/systemd/journald@usher.conf", "/etc/systemd/journald.conf"];
const NGINX = "/etc/logrotate.d/nginx";

const DAYS: Readonly<Record<string, number>> = {
  s: 1 / 86_400,
  sec: 1 / 86_400,
  min: 1 / 1_440,
  h: 1 / 24,
  hour: 1 / 24,
  day: 1,
  d: 1,
  week: 7,
  w: 7,
  month: 30.44,
  M: 30.44,
  year: 365.25,
  y: 365.25,
};

/** Reads the settings of what may keep Usher's lines, or people's addresses, and compares them with what is promised (R55, R60). Never rejects. */
export async function lookAtCopies(
  onStandardError: boolean,
  files: Pick<Files, "read">,
): Promise<Copies> {
  const read = (path: string): Promise<string | undefined> =>
    files.read(path).catch(() => undefined);
  return {
    journal: onStandardError ? await journal(read) : "not-asked",
    nginx: nginxOf(await read(NGINX)),
  };
}

async function journal(read: (path: string) => Promise<string | undefined>): Promise<Copy> {
  for (const path of JOURNALS) {
    const text = await read(path);
    if (text !== undefined) return journalOf(text);
  }
  return "unseen";
}

function journalOf(text: string): Copy {
  const [, count, unit = "s"] = /^\s*MaxRetentionSec\s*=\s*(\d+)\s*([a-zA-Z]*)/m.exec(text) ?? [];
  const days = DAYS[unit.replace(/(?<=..)s$/, "") || "s"];
  // Left out, or 0, means for ever.
  if (count === undefined || Number(count) === 0) return "too-long";
  if (days === undefined) return "unseen";
  return Number(count) * days <= LOG_CLASSES.bot.retention.for.days ? "in-time" : "too-long";
}

function nginxOf(text: string | undefined): Copy {
  if (text === undefined) return "unseen";
  const [, days] = /^\s*maxage\s+(\d+)/m.exec(text) ?? [];
  return days !== undefined && Number(days) <= LOG_CLASSES.access.retention.for.days
    ? "in-time"
    : "too-long";
}
