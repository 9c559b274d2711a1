import type { Clock } from "../kernel/clock.ts";
import type { UsherError } from "../kernel/errors.ts";
import type { RoomId, UserId } from "../kernel/ids.ts";
import type { Log, Pseudonym } from "../kernel/log.ts";
import type { KeyedQueue } from "../kernel/tasks.ts";
import type {
  OwnAccount,
  PowerLevels,
  Profiles,
  Reactions,
  RoomEncryption,
  RoomMembers,
  Timeline,
} from "../matrix/port.ts";
import type { Documents } from "../store/documents.ts";
import type { Command } from "./command.ts";
import type { CommandRunner } from "./commandRunner.ts";
import type { AnswerWords } from "./confirmation.ts";
import type { LastRefusals } from "./lastRefusals.ts";
import type { Pace } from "./loopBreaker.ts";
import type { Asker, OperatorStanding } from "./operators.ts";
import type { Signs } from "./signs.ts";
import type { Speaker } from "./speaker.ts";

/** What a conversation needs. */
export interface ConversationDeps {
  readonly matrix: OwnAccount &
    RoomEncryption &
    RoomMembers &
    Timeline &
    PowerLevels &
    Pick<Reactions, "redact"> &
    Pick<Profiles, "displayName">;
  readonly documents: Documents;
  readonly clock: Clock;
  readonly log: Log;
  /** Shared with whoever else acts on rooms. Keys are room ids. */
  readonly queue: KeyedQueue;
  readonly speaker: Speaker;
  readonly commandRunner: CommandRunner;
  /** Told by the speaker what was refused. */
  readonly refusals: LastRefusals;
  readonly signs: Signs;
  readonly commands: readonly Command[];
  /** What somebody is told who says yes or no where no question of Usher's waits for that, and something else of theirs does. */
  readonly elseWaits: (person: UserId, room: RoomId) => Promise<UsherError | undefined>;
  readonly standing: (asker: Asker) => Promise<OperatorStanding>;
  readonly answers: AnswerWords;
  /** Does what somebody's event asks for; of some people the log says nothing then. */
  readonly quietly: <T>(who: Pseudonym<UserId>, work: () => T) => T;
  readonly prefixes: readonly string[];
  /** A command that changes things and is older than this when it is heard is not run unasked; ms. */
  readonly staleMs: number;
  /** What a person types fast, a bot exceeds. */
  readonly pace: Pace;
  /** Whether commands from devices that their owner has not verified are refused (MSC4153). */
  readonly signedOnly: boolean;
  /** Whether devices that their owner has not verified get no keys of Usher's messages. */
  readonly signedKeys: boolean;
}
