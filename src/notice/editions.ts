import { createHash } from "node:crypto";
import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/load.ts";
import { dayOf } from "../kernel/days.ts";
import { UsherError, type View } from "../kernel/errors.ts";
import type { Documents } from "../store/documents.ts";
import { noticeDocument, type NoticeDocument } from "../store/notices.ts";

/** One version of the notice of this Usher. It never changes once it is stored. */
export type Edition = NoticeDocument & { readonly version: number };

/** Which settings, and what else, make which part of the notice; told where that part is new. */
export const FACTS_OF_PARTS = {
  controller: ["controller", "controllerAddress", "controllerContact", "successors"],
  operator: ["legalName", "tradingName", "affiliates", "agents"],
  contacts: ["support", "dpo", "complaints", "security", "noticeUrl"],
  authority: ["authority", "authorityUrl", "guidanceUrl"],
  homeserver: [
    "homeserver",
    "homeserverPolicy",
    "federated",
    "alone",
    "federationUnsaid",
    "watched",
  ],
  hosting: ["hosting", "ddosName", "ddosPolicy", "transfers", "backupDays"],
  safeguards: ["safeguards"],
  delegation: ["delegation"],
  scope: ["instances", "domains"],
  age: ["minimumAge"],
  review: ["reviewedBy", "reviewedOn"],
  trial: ["trial"],
  encryption: ["canEncrypt", "keysStay"],
  kinds: ["kinds"],
  kept: ["topics", "logDays", "auditMonths", "unusedMonths"],
} as const;

/** What can be new in a version, beside its words. */
export const NOTICE_PARTS = Object.keys(FACTS_OF_PARTS) as readonly (keyof typeof FACTS_OF_PARTS)[];

export type NoticePart = keyof typeof FACTS_OF_PARTS | "text";

/** The notice as it is now. */
export interface PresentNotice {
  /** The whole text, as people read it. Making it takes a while. */
  readonly text: () => string;
  /** What fills it. */
  readonly facts: View;
  /** The newest version of the words of Usher's own, whoever runs it. */
  readonly wording: number;
  readonly config: Pick<Config, "mode" | "operator">;
}

/**
 * The version that the notice is now, where it is not the last one any more: numbered on, dated, hashed, with what is new in it.
 * Undefined where the text is the same. Throws `controller-unannounced` where somebody else would answer for people's data whom no version before has
 * named (R74); what was said on trial binds nobody.
 */
export function nextEdition(
  last: Edition | undefined,
  { text, facts, wording, config }: PresentNotice,
  now: number,
): Edition | undefined {
  const { name: controller } = config.operator.controller;
  if (last !== undefined && config.mode === "production") refuseStranger(last, controller, now);
  const parts = Object.fromEntries(
    Object.entries(FACTS_OF_PARTS).map(([part, names]) => [
      part,
      hashOf(names.map((name) => facts[name])),
    ]),
  );
  // The same words filled with the same facts: nobody need read it to know that.
  if (last?.wording === wording && isDeepStrictEqual(last.parts, parts)) return undefined;
  const present = text();
  const sha256 = sha256Of(present);
  if (last?.sha256 === sha256) return undefined;
  return {
    version: (last?.version ?? 0) + 1,
    at: now,
    sha256,
    text: present,
    wording,
    trial: config.mode === "trial",
    ...(controller === undefined ? {} : { controller }),
    successors: config.operator.successors.map(({ name, from }) => ({ name, from })),
    parts,
    changed: last === undefined ? [] : changedSince(last, wording, parts),
  };
}

function refuseStranger(last: Edition, controller: string | undefined, now: number): void {
  const before = last.trial ? undefined : last.controller;
  if (before === undefined || before === controller) return;
  const announced = last.successors.some(
    ({ name, from }) => name === controller && from <= dayOf(now),
  );
  if (!announced) throw new UsherError("controller-unannounced", { before, controller });
}

function changedSince(
  last: Edition,
  wording: number,
  parts: Readonly<Record<string, string>>,
): NoticePart[] {
  const facts = NOTICE_PARTS.filter((part) => last.parts[part] !== parts[part]);
  return last.wording === wording ? facts : ["text", ...facts];
}

function sha256Of(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}

/** Short, for it only tells whether a part is the same. */
function hashOf(value: unknown): string {
  return sha256Of(JSON.stringify(value)).slice(0, 16);
}

/** All versions of the notice that this Usher has had, in the order of their numbers. */
export class Editions {
  readonly #documents: Documents;
  #all: readonly Edition[] = [];

  constructor(documents: Documents) {
    this.#documents = documents;
  }

  /** Reads what there is, and adds the present one where it is new. Rejects with `controller-unannounced`. */
  async open(present: PresentNotice, now: number): Promise<void> {
    const stored: Edition[] = [];
    for await (const { id, document } of this.#documents.scan(noticeDocument))
      stored.push({ ...document, version: Number(id) });
    this.#all = stored.toSorted((a, b) => a.version - b.version);
    const next = nextEdition(this.#all.at(-1), present, now);
    if (next === undefined) return;
    const { version, ...document } = next;
    await this.#documents.update(noticeDocument, String(version), () => document);
    this.#all = [...this.#all, next];
  }

  get all(): readonly Edition[] {
    return this.#all;
  }

  /** The one that holds. After `open`. */
  get newest(): Edition {
    const newest = this.#all.at(-1);
    if (newest === undefined) throw new TypeError("The versions of the notice are not open yet.");
    return newest;
  }
}
