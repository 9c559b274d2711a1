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

/** The settings of a journal of Usher's own, and of the one that all have: systemd reads the first file that is there, and then what is in the folders, by name. */
const JOURNALS = ["journald@usher.conf", "journald.conf"];
const SETTINGS = ["/etc/systemd", "/run/systemd", "/usr/lib/systemd"];
const NGINX = "/etc/logrotate.d/nginx";

/** Units of systemd.time(7); days. */
const DAYS: Readonly<Record<string, number>> = {
  s: 1 / 86_400,
  sec: 1 / 86_400,
  second: 1 / 86_400,
  m: 1 / 1_440,
  min: 1 / 1_440,
  minute: 1 / 1_440,
  h: 1 / 24,
  hr: 1 / 24,
  hour: 1 / 24,
  d: 1,
  day: 1,
  w: 7,
  week: 7,
  M: 30.44,
  month: 30.44,
  y: 365.25,
  year: 365.25,
};

type Reading = Pick<Files, "list" | "read">;

/** Reads the settings of what may keep Usher's lines, or people's addresses, and compares them with what is promised (R55, R60). Never rejects. */
export async function lookAtCopies(onStandardError: boolean, files: Reading): Promise<Copies> {
  return {
    journal: onStandardError ? await journal(files) : "not-asked",
    nginx: nginxOf(await textOf(files, NGINX)),
  };
}

function textOf(files: Reading, path: string): Promise<string | undefined> {
  return files.read(path).catch(() => undefined);
}

async function journal(files: Reading): Promise<Copy> {
  for (const name of JOURNALS) {
    const text = await settings(files, name);
    if (text !== undefined) return journalOf(text);
  }
  return "unseen";
}

/** All that is set, what counts most last; undefined where there is nothing. */
async function settings(files: Reading, name: string): Promise<string | undefined> {
  const texts: string[] = [];
  for (const folder of SETTINGS) {
    const text = texts.length === 0 ? await textOf(files, `${folder}/${name}`) : undefined;
    if (text !== undefined) texts.push(text);
  }
  const more = new Map<string, string>();
  for (const folder of SETTINGS.toReversed())
    for (const one of await files.list(`${folder}/${name}.d`).catch(() => []))
      if (one.endsWith(".conf")) more.set(one, `${folder}/${name}.d/${one}`);
  for (const one of [...more.keys()].sort())
    texts.push((await textOf(files, more.get(one) ?? "")) ?? "");
  return texts.length === 0 ? undefined : texts.join("\n");
}

function journalOf(text: string): Copy {
  const [, said = ""] = [...text.matchAll(/^\s*MaxRetentionSec\s*=[^\S\n]*(.*)$/gm)].at(-1) ?? [];
  const parts = [...said.matchAll(/(\d+)\s*([a-zA-Z]*)/g)];
  const days = parts.map(([, count, unit = ""]) => Number(count) * (daysOf(unit) ?? Number.NaN));
  const sum = days.reduce((all, one) => all + one, 0);
  if (Number.isNaN(sum)) return "unseen";
  // Left out, or 0, means for ever.
  return sum > 0 && sum <= LOG_CLASSES.bot.retention.for.days ? "in-time" : "too-long";
}

function daysOf(unit: string): number | undefined {
  return DAYS[unit || "s"] ?? DAYS[unit.replace(/s$/, "")];
}

function nginxOf(text: string | undefined): Copy {
  if (text === undefined) return "unseen";
  const [, days] = /^\s*maxage\s+(\d+)/m.exec(text) ?? [];
  return days !== undefined && Number(days) <= LOG_CLASSES.access.retention.for.days
    ? "in-time"
    : "too-long";
}
