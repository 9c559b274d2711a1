import { room as roomArgument } from "../chat/arguments.ts";
import { defineCommand, required, type Command, type Request } from "../chat/command.ts";
import { permit } from "../chat/permit.ts";
import { allBelongings, carryingNeeds, type Belonging, type Carried, type Carrier } from "../integrations/roomUpgrade.ts";
import { UsherError } from "../kernel/errors.ts";
import { asRoomId, type RoomAlias, type RoomId } from "../kernel/ids.ts";
import { carriedView } from "../membership/upgrades.ts";
import type { MatrixPort } from "../matrix/port.ts";
import { allowed } from "../matrix/power.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";

interface Parts {
  readonly matrix: Pick<MatrixPort, "me" | "resolveAlias" | "members" | "power">;
  readonly documents: Documents;
  readonly carriers: readonly Carrier[];
}

interface Move {
  readonly from: RoomId;
  readonly belongings: readonly Belonging[];
}

/** `move from <old room>`: brings what Usher had added in another room into this one, for somebody who may arrange both. */
export function move({ matrix, documents, carriers }: Parts): Command {
  /** Rejects where the person lacks the power in either room, or Usher in this one. */
  const judge = async (said: RoomId | RoomAlias, { room, person }: Request): Promise<Move> => {
    const from = asRoomId(said) ?? (await matrix.resolveAlias(said as RoomAlias));
    if (from === undefined || from === room || !(await isThere(from, person))) throw new UsherError("room-unknown", { room: said });
    const document = await documents.get(roomDocument, from);
    const needs = carryingNeeds(carriers, document);
    const there = await matrix.power(from);
    // Who may not arrange the old room could otherwise have what is private there shown here.
    if (needs.some((need) => !allowed(there, person, need))) throw new UsherError("move-power", { room: from });
    const refusal = permit({ deed: "move", needs }, await matrix.power(room), person, matrix.me);
    if (refusal !== undefined) throw refusal;
    return { from, belongings: allBelongings(carriers, document) };
  };

  const isThere = async (room: RoomId, person: Request["person"]): Promise<boolean> => {
    try {
      const { joined } = await matrix.members(room);
      return joined.has(person) && joined.has(matrix.me);
    } catch (error) {
      if (error instanceof UsherError && error.code === "room-unreachable") return false;
      throw error;
    }
  };

  return defineCommand({
    words: "move from",
    parameters: { room: required(roomArgument("old room")) },
    place: "anywhere",
    example: "move from !abc:example.org",
    changes: true,
    deed: "move",
    // Depends on what there is to move: judged below.
    needs: () => [],
    plan: async ({ room: said }, request) => {
      const { from, belongings } = await judge(said, request);
      if (belongings.length === 0) return { nothing: { template: "move-nothing", view: { room: from } } };
      return {
        preview: { template: "move-preview", view: { room: from, things: belongings.map((one) => ({ ...one })) } },
        exactly: `move from ${from}`,
      };
    },
    perform: async ({ room: said }, request) => {
      const { from } = await judge(said, request);
      const results: Carried[] = [];
      for (const carrier of carriers) results.push(...(await carrier.carry(from, request.room)));
      const { room: to, event, person: by } = request;
      if (results.every(({ result }) => result !== "refused")) {
        await documents.update(roomDocument, from, (document) => ({ ...document, upgrade: { to, event, by, state: "carried" as const } }));
      }
      return { template: "upgrade-carried", view: carriedView(results) };
    },
  });
}
