import { membershipIn } from "../../integrations/membership.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import type { Profiles, RoomState } from "../../matrix/port.ts";
import type { Documents } from "../../store/documents.ts";
import { roomDocument } from "../../store/room.ts";
import type { Sight } from "./info.ts";
import { connectionsOf } from "./records.ts";

interface SightDeps {
  readonly matrix: Pick<RoomState, "state"> & Pick<Profiles, "account">;
  readonly documents: Pick<Documents, "scan">;
  readonly bot: UserId;
}

/** So many rooms are looked into. */
const MOST = 50;

/** What can be seen of hookshot from outside: whether its account is there, and whether its bot is where Usher has brought it. */
export async function sightOf({ matrix, documents, bot }: SightDeps): Promise<Sight> {
  const account = await matrix.account(bot);
  let [rooms, absent] = [0, 0];
  for await (const { document } of documents.scan(roomDocument)) {
    if (rooms === MOST) break;
    if (connectionsOf(document).length === 0) continue;
    rooms += 1;
    try {
      if ((await membershipIn(matrix, document.id, bot)) !== "join") absent += 1;
    } catch (error) {
      // What cannot be looked into now says nothing.
      if (!(error instanceof UsherError)) throw error;
    }
  }
  return { unknown: account.is === "unknown", rooms, absent };
}
