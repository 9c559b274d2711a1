import { defineCommand, type Command } from "../chat/command.ts";
import { powerView } from "../chat/roles.ts";
import type { Clock } from "../kernel/clock.ts";
import type { OwnAccount, PowerLevels, RoomEncryption } from "../matrix/port.ts";
import { levelOf } from "../matrix/power.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";
import type { Kind } from "../integrations/kind.ts";
import type { SetUps } from "../integrations/setUps.ts";
import { setUpView } from "../integrations/setUpWords.ts";
import { duration } from "./duration.ts";

/** What `status` reports of Usher as a whole. */
export interface Health {
  readonly version: string;
  /** Ms since the epoch. */
  readonly startedAt: number;
  readonly lastHeard: number | undefined;
  /** What encrypts, in words; undefined where nothing does. */
  readonly engine: string | undefined;
  /** Whether Usher's device is signed by its own identity. */
  readonly verified: boolean;
}

interface StatusDeps {
  readonly matrix: OwnAccount & PowerLevels & RoomEncryption;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly health: () => Promise<Health>;
  readonly kinds: readonly Pick<Kind, "status">[];
  readonly setUps: Pick<SetUps, "of">;
}

/** `status`: how Usher is, and what it can do in this room. */
export function status({ matrix, documents, clock, health, kinds, setUps }: StatusDeps): Command {
  return defineCommand({
    words: "status",
    parameters: {},
    example: "status",
    changes: false,
    answer: async (_, { room, person }) => {
      const [ofUsher, encryption, power, document, halfDone] = await Promise.all([
        health(),
        matrix.encryption(room),
        matrix.power(room),
        documents.get(roomDocument, room),
        setUps.of(room),
      ]);
      const { version, startedAt, lastHeard, engine, verified } = ofUsher;
      const ofKinds = await Promise.all(kinds.map(async (kind) => kind.status(document, power)));
      return {
        template: "status",
        view: {
          version,
          since: duration(clock.now() - startedAt),
          heard: duration(clock.now() - (lastHeard ?? startedAt)),
          reads: engine !== undefined,
          doubted: engine !== undefined && !verified,
          encrypted: encryption === "encrypted",
          usherPower: powerView(levelOf(power, matrix.me)),
          personPower: powerView(levelOf(power, person)),
          takes: ofKinds.flatMap(({ takes }) => takes ?? []),
          here: ofKinds.map(({ here }) => here),
          halfDone: halfDone.map(({ setUp, definition }) => setUpView(definition, setUp)),
          waiting: document?.pending.length ?? 0,
        },
      };
    },
  });
}
