import { defineCommand, type Command } from "../chat/command.ts";
import { roleOf } from "../chat/roles.ts";
import type { Clock } from "../kernel/clock.ts";
import type { View } from "../kernel/errors.ts";
import type { MatrixPort } from "../matrix/port.ts";
import { levelNeeded, levelOf } from "../matrix/power.ts";
import type { Documents } from "../store/documents.ts";
import { roomDocument } from "../store/room.ts";
import { WIDGET_TYPE } from "../kinds/widgets/state.ts";
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

interface Parts {
  readonly matrix: Pick<MatrixPort, "me" | "encryption" | "power">;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly health: () => Promise<Health>;
}

/** `status`: how Usher is, and what it can do in this room. */
export function status({ matrix, documents, clock, health }: Parts): Command {
  return defineCommand({
    words: "status",
    parameters: {},
    place: "anywhere",
    example: "status",
    changes: false,
    answer: async (_, { room, person }) => {
      const [{ version, startedAt, lastHeard, engine, verified }, encryption, power, document] = await Promise.all([
        health(),

        matrix.encryption(room),
        matrix.power(room),
        documents.get(roomDocument, room),
      ]);
      return {
        template: "status",
        view: {
          version,
          since: duration(clock.now() - startedAt),
          heard: duration(clock.now() - (lastHeard ?? startedAt)),
          reads: engine !== undefined,
          doubted: engine !== undefined && !verified,
          encrypted: encryption === "encrypted",
          usherPower: finite(levelOf(power, matrix.me)),
          personPower: finite(levelOf(power, person)),
          widgetPower: finite(levelNeeded(power, { kind: "state", type: WIDGET_TYPE }, matrix.me)),
          widgets: document?.widgets.length ?? 0,
          bots: document?.bots?.length ?? 0,
          waiting: document?.pending.length ?? 0,
        },
      };
    },
  });
}

/** A level beside its role. The creators of a room of version 12 or later have power without limit, which is no number to show. */
function finite(level: number): View | undefined {
  return level === Infinity ? undefined : { level, role: roleOf(level) ?? (level === 0 ? "role/member" : undefined) };
}
