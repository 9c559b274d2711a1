import type { Answer } from "../../chat/command.ts";
import type { RoomId, UserId } from "../../kernel/ids.ts";
import { nearest } from "../../kernel/nearest.ts";
import { plain } from "../../kernel/plain.ts";
import type { Kind } from "../../integrations/kind.ts";
import type { Documents } from "../../store/documents.ts";
import type { ErasureRequest } from "../../store/erasures.ts";
import { entriesMeant, thingsAbout } from "../../store/erasing.ts";
import { roomDocument } from "../../store/room.ts";

/** What alone is meant. */
export type Only = NonNullable<ErasureRequest["only"]>;

/** What somebody says is to be erased, and where they say it. */
interface Said {
  readonly person: UserId;
  readonly what: string;
  /** The room that they name. */
  readonly room: RoomId | undefined;
  readonly here: RoomId;
}

interface ScopeDeps {
  readonly documents: Documents;
  readonly kinds: readonly Pick<Kind, "kind" | "plural">[];
}

/** What people say for all that is about them. */
const ALL = new Set(["all", "everything", "me", "alles", "mich", "tout", "moi"]);

/** Whether everything is meant. */
export function meansAll(said: string): boolean {
  return ALL.has(plain(said));
}

/** The kind that is meant, of one or of several. */
export function kindMeant<K extends Pick<Kind, "kind" | "plural">>(
  said: string,
  kinds: readonly K[],
): K | undefined {
  const word = plain(said);
  return kinds.find(({ kind, plural }) => word === plural || word === kind);
}

/** How many things are listed of which somebody can say one. */
const SHOWN = 20;

interface Found {
  readonly id: string;
  readonly name: string | undefined;
  readonly room: RoomId;
}

/**
 * What is meant by `all`, a kind or an id, with or without a room; for an id that is not there, or is in several rooms and not in this one, what there is to
 * choose from: it goes to its person alone, as it says where they have added things.
 */
export async function meant(
  { documents, kinds }: ScopeDeps,
  { person, what, room, here }: Said,
): Promise<{ readonly only: Only } | { readonly which: Answer }> {
  const inRoom = room === undefined ? {} : { room };
  const kind = kindMeant(what, kinds)?.kind;
  if (meansAll(what)) return { only: inRoom };
  if (kind !== undefined) return { only: { ...inRoom, kind } };
  const all = await thingsOf(documents, person);
  const named = all.filter((one) => one.id === what && (room === undefined || one.room === room));
  const [found] = named.length > 1 ? named.filter((one) => one.room === here) : named;
  if (found !== undefined) return { only: { room: found.room, item: what } };
  const several = named.length > 1;
  const things = several ? named : all;
  const words = ["all", ...kinds.map(({ plural }) => plural), ...all.map(({ id }) => id)];
  const view = { said: what, several, nearest: nearest(what, words) };
  const shown = things.slice(0, SHOWN).map((one) => ({ ...one }));
  return {
    which: {
      template: "privacy/erase-which",
      view: { ...view, things: shown, more: things.length - shown.length },
    },
  };
}

/** Whatever has an id and is about the person, in every room. */
async function thingsOf(documents: Documents, person: UserId): Promise<readonly Found[]> {
  const found: Found[] = [];
  for await (const { document } of documents.aboutPerson(roomDocument, person))
    for (const one of thingsAbout(roomDocument, document, person))
      found.push({ ...one, room: document.id });
  return found;
}

/** Where something of the person's has this id, and of which kind it is. */
export async function placesOf(
  {
    documents,
    kinds,
  }: { readonly documents: Documents; readonly kinds: readonly Pick<Kind, "kind" | "rights">[] },
  person: UserId,
  item: string,
): Promise<readonly { readonly kind: string; readonly room: RoomId }[]> {
  const found: { readonly kind: string; readonly room: RoomId }[] = [];
  for await (const { document } of documents.aboutPerson(roomDocument, person))
    for (const { kind, rights } of kinds)
      if (entriesMeant(roomDocument, document, person, { item, part: rights.part }).length > 0)
        found.push({ kind, room: document.id });
  return found;
}
