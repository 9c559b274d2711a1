import { integer, room as roomArgument, text } from "../../chat/arguments.ts";
import type { OwedWords } from "../../chat/owed.ts";
import {
  defineCommand,
  optional,
  required,
  type Answer,
  type Command,
} from "../../chat/command.ts";
import type { Beyond } from "../../integrations/kind.ts";
import { UsherError } from "../../kernel/errors.ts";
import { isAborted } from "../../matrix/errors.ts";
import { asRoomId, type EventId, type RoomId } from "../../kernel/ids.ts";
import type { KeyedQueue } from "../../kernel/tasks.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import type { Bridges } from "./bridges.ts";
import type { LostLink, LostLinks } from "./lostLinks.ts";
import { bridgesOf, type BridgeRecord } from "./records.ts";

/** Links on a page: of each it is looked whether its bot is there. */
const PAGE = 20;

export interface BeyondDeps {
  readonly bridges: Bridges;
  readonly lost: LostLinks;
  readonly documents: Documents;
  readonly queue: Pick<KeyedQueue, "inTurn">;
  readonly owed: Pick<OwedWords, "say">;
}

/** A link, wherever it is: with a record where Usher is in its room. */
interface Anywhere {
  readonly room: RoomId;
  readonly link: BridgeRecord | LostLink;
  readonly isOutside: boolean;
}

/** Links of rooms that Usher, or everybody else, has left: for operators, since nobody in the room can end them. */
export function beyondRooms(deps: BeyondDeps): Beyond {
  const { bridges, lost } = deps;
  return {
    end: async (room) => {
      for (const record of await bridges.records(room)) await bridges.erase(room, record);
    },
    lost: (room) => lost.note(room.id, bridgesOf(room)),
    commands: [
      { command: adminLinks(deps), targets: [] },
      { command: adminUnlink(deps), targets: ["room"] },
    ],
  };
}

/** `admin links [page]`: the links of all rooms, those first in whose room Usher is no more. */
function adminLinks(deps: BeyondDeps): Command {
  return defineCommand({
    words: "admin links",
    parameters: { page: optional(integer("page", 1, 1_000_000)) },
    operatorsOnly: true,
    example: "admin links 2",
    changes: false,
    answer: async ({ page = 1 }) => {
      const all = await everywhere(deps);
      const pages = Math.max(1, Math.ceil(all.length / PAGE));
      const here = Math.min(page, pages);
      const shown = all.slice((here - 1) * PAGE, here * PAGE);
      return {
        template: "bridge/links",
        view: {
          ...{ count: all.length, page: here, pages },
          first: shown[0] && { room: shown[0].room, id: shown[0].link.id },
          links: await Promise.all(shown.map((one) => rowOf(deps, one))),
          next: here < pages ? here + 1 : undefined,
        },
      };
    },
  });
}

/** `admin unlink <room> <id>`: takes one of them away, whoever is in the room. */
function adminUnlink(deps: BeyondDeps): Command {
  return defineCommand({
    words: "admin unlink",
    parameters: { room: required(roomArgument()), id: required(text("id", 60)) },
    operatorsOnly: true,
    example: "admin unlink !abc:example.org irc-k2m4q",
    changes: true,
    needs: () => [],
    plan: async ({ room: said, id }) => {
      const found = await one(deps, said, id);
      if (found === undefined) throw new UsherError("bridge-nowhere", { room: said, id });
      const { room, link, isOutside } = found;
      const { name, bot } = link;
      const view = { name, room, bot, bridge: bridgeName(deps, link), isOutside };
      return {
        preview: { template: "bridge/unlink-preview", view },
        exactly: `admin unlink ${room} ${id}`,
      };
    },
    perform: async ({ room: said, id }, { room: here, event }) => {
      const found = await one(deps, said, id);
      // Done before a crash, or by somebody in the room.
      if (found === undefined) return { template: "bridge/already-gone", view: { name: id } };
      return unlinked(deps, found, { here, event });
    },
  });
}

async function unlinked(
  { bridges, lost, queue, owed }: BeyondDeps,
  { room, link, isOutside }: Anywhere,
  { here, event }: { readonly here: RoomId; readonly event: EventId },
): Promise<Answer> {
  const { id, name } = link;
  if ("addedAt" in link) {
    const unlink = async (): Promise<void> => {
      try {
        await bridges.erase(room, link);
      } catch (error) {
        if (error instanceof UsherError) await bridges.leftHalfDone(room, link);
        throw error;
      }
    };
    // The turn of the room in which this was said is its own.
    await (room === here ? unlink() : queue.inTurn(room, unlink));
    await owed.say(
      room,
      { template: "bridge/unlinked-by-operators", view: { name } },
      {
        ...{ cause: event, step: `unlinked ${id}` },
      },
    );
  } else {
    const { network, channel, entry } = link;
    const person = undefined;
    await bridges
      .connectorOf(entry)
      .disconnect({ room, network, channel, person, cause: event, botCame: true, isOutside: true });
    await lost.forget(room, id);
  }
  return { template: "bridge/unlinked", view: { name, room, isOutside } };
}

async function rowOf(deps: BeyondDeps, anywhere: Anywhere): Promise<Answer["view"]> {
  const { room, link } = anywhere;
  const { id, name } = link;
  return {
    ...{ room, id, name, bridge: bridgeName(deps, link) },
    state: { template: `bridge-state/${await standing(deps, anywhere)}`, view: {} },
  };
}

/** A room that cannot be looked into hides no other. */
async function standing(
  { bridges }: BeyondDeps,
  { room, link: { id, bot }, isOutside }: Anywhere,
): Promise<string> {
  if (isOutside) return "lost";
  if ((await bridges.halfDone(room, id)) !== undefined) return "unfinished";
  try {
    return (await bridges.membership(room, bot)) === "join" ? "here" : "gone";
  } catch (error) {
    if (!(error instanceof UsherError) || isAborted(error)) throw error;
    return "unseen";
  }
}

function bridgeName({ bridges }: BeyondDeps, { entry }: Anywhere["link"]): string {
  return bridges.entryOf(entry)?.name ?? entry;
}

async function one(deps: BeyondDeps, said: string, wanted: string): Promise<Anywhere | undefined> {
  const room = asRoomId(said);
  return (await everywhere(deps)).find((each) => each.room === room && each.link.id === wanted);
}

async function everywhere({ documents, lost }: BeyondDeps): Promise<readonly Anywhere[]> {
  const inside: Anywhere[] = [];
  for await (const { document } of documents.scan(roomDocument))
    for (const link of bridgesOf(document))
      inside.push({ room: document.id, link, isOutside: false });
  // Whoever links the room anew makes it Usher's again.
  const outside = (await lost.all()).filter(
    ({ room, id }) => !inside.some((each) => each.room === room && each.link.id === id),
  );
  return [...outside.map((link) => ({ room: link.room, link, isOutside: true })), ...inside];
}
