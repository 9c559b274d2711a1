import type { Answer } from "../../chat/command.ts";
import { dayOf } from "../../kernel/days.ts";
import type { View } from "../../kernel/errors.ts";
import { asTyped } from "../../chat/tokenize.ts";
import type { PackEntry } from "./config.ts";
import { LICENCE, saidIn, type Pack } from "./pack.ts";
import type { KnownPack } from "./packs.ts";
import type { PackRecord } from "./records.ts";

/** Whose pictures these are and what they cost, for the template `sticker/host` (R13, R16, R57). */
export function hostView({ host, price }: Pick<PackEntry, "host" | "price">): View {
  return {
    price: `price/${price}`,
    operator: host.by === "operator",
    who: host.by === "third-party" ? host.who : undefined,
    policy: host.by === "address" ? undefined : host.policy,
  };
}

/** A pack of a room, in sentences. */
export function packView({ id, name, pack, record, sender }: KnownPack): View {
  return {
    ...{ id: asTyped(id), name, count: pack.images.size, known: record !== undefined },
    addedBy: record === undefined ? sender : record.addedBy,
    addedOn: record && dayOf(record.addedAt),
    ...sourceView(pack),
  };
}

/** From whom a pack's pictures are, for the template `sticker/from`. */
export function sourceView(pack: Pack): View {
  return { attribution: saidIn(pack, "attribution"), licence: saidIn(pack, LICENCE) };
}

/** One that Usher brought and somebody has taken out. */
export function goneView({ id, name, addedBy, addedAt }: PackRecord): View {
  return { id: asTyped(id), name, addedBy, addedOn: dayOf(addedAt) };
}

/** What `info` tells of a pack of the catalogue. */
export function infoOf(entries: readonly PackEntry[], wanted: string): Answer {
  const entry = entries.find(({ id }) => id === wanted);
  if (entry === undefined)
    throw new Error(`The catalogue has a pack "${wanted}" that is not defined`);
  const { name, description } = entry;
  return { template: "sticker/info", view: { name, description, ...hostView(entry) } };
}
