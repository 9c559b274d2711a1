import type { Catalogue } from "../integrations/catalogue.ts";
import { History } from "../integrations/history.ts";
import type { Kind, PreparedKind } from "../integrations/kind.ts";
import { unlessRestricted } from "../integrations/ownWork.ts";
import type { RoomUpgradeHandler } from "../integrations/roomUpgrade.ts";
import type { IsFrozen } from "../integrations/setUpRun.ts";
import { setUpUpgradeHandler } from "../integrations/setUpUpgrade.ts";
import { SetUps } from "../integrations/setUps.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { MembershipDeps } from "../membership/membership.ts";
import { ProgramRooms } from "../matrix/programRooms.ts";
import type { Part } from "../matrix/part.ts";
import { Restrictions } from "../rights/people/restrictions.ts";
import type { RoomDocument } from "../store/room.ts";
import type { Ground } from "./ground.ts";
import type { Speech } from "./speech.ts";

interface OpenKinds {
  readonly restrictions: Restrictions;
  readonly setUps: SetUps;
  readonly kinds: readonly Kind[];
  /** What takes back what they did, and what brings it into rooms that replace others. */
  readonly history: History;
  readonly upgradeHandlers: readonly RoomUpgradeHandler[];
  /** Whether any of them gives this account orders. */
  readonly isProgram: (account: UserId) => boolean;
  /** What goes on elsewhere, of all of them. */
  readonly beyond: Pick<MembershipDeps, "endAll" | "noteLost">;
  /** What of them lives as long as Usher does. */
  readonly parts: readonly Part[];
}

/** Opens the kinds and what they set up, of which nothing is done for whoever does not want it (R37, R39). */
export async function openKinds(
  base: Ground & Speech & { readonly catalogue: Catalogue },
  prepared: readonly PreparedKind[],
): Promise<OpenKinds> {
  const restrictions = new Restrictions(base.documents);
  await restrictions.open();
  // A kind is not asked of which thing, so that an objection to one of them stops all that it does by itself in that room.
  const mayAct = (kind: string | undefined, person: UserId, room: RoomId): boolean =>
    !restrictions.touches(person, { kind, room });
  const isFrozen: IsFrozen = ({ person, deed, id: item }, room) => {
    const kind = kinds.find(({ rights }) => rights.part.deeds.includes(deed))?.kind;
    return restrictions.against(person, { kind, room, item }) !== undefined;
  };
  const setUps = new SetUps({ ...base, isFrozen });
  const programRooms = new ProgramRooms(base);
  const kinds = prepared.map((one) =>
    one.open({
      ...base,
      talkRooms: {
        of: (program) => programRooms.of(program),
        join: (room) => base.matrix.join(room),
      },
      setUps,
      homeserverUrl: base.config.homeserver.url,
      credentials: base.credentials.of(one.section.kind),
      mayActFor: (person, room) => mayAct(one.section.kind, person, room),
    }),
  );
  const parts = kinds.flatMap(({ kind, part }) =>
    part === undefined ? [] : unlessRestricted(part, (person, room) => mayAct(kind, person, room)),
  );
  const history = new History({
    ...{ ...base, setUps },
    undoHandlers: kinds.map(({ undoHandler }) => undoHandler),
  });
  const upgradeHandlers = [
    ...[...kinds, history].map(({ upgradeHandler }) => upgradeHandler),
    setUpUpgradeHandler({ ...base, setUps }),
  ];
  const isProgram = (account: UserId): boolean =>
    kinds.some((kind) => kind.isProgram?.(account) === true);
  const beyond = {
    endAll: async (room: RoomId): Promise<void> => {
      for (const kind of kinds) await kind.beyond?.end(room);
    },
    noteLost: async (room: RoomDocument): Promise<void> => {
      for (const kind of kinds) await kind.beyond?.lost(room);
    },
  };
  return { isProgram, restrictions, setUps, kinds, history, upgradeHandlers, beyond, parts };
}
