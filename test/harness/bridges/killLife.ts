import { Secret } from "../../../src/config/secret.ts";
import { SetUps } from "../../../src/integrations/setUps.ts";
import type { Clock } from "../../../src/kernel/clock.ts";
import { UsherError } from "../../../src/kernel/errors.ts";
import type { EventId, UserId } from "../../../src/kernel/ids.ts";
import { silentLog } from "../../../src/kernel/log.ts";
import { KeyedQueue } from "../../../src/kernel/tasks.ts";
import { BotRooms } from "../../../src/kinds/bridges/botRooms.ts";
import { Bridges } from "../../../src/kinds/bridges/bridges.ts";
import { bridgeCatalogue } from "../../../src/kinds/bridges/config.ts";
import type { Connector } from "../../../src/kinds/bridges/connector.ts";
import { openConnector } from "../../../src/kinds/bridges/connectors.ts";
import { Dialogues } from "../../../src/kinds/bridges/dialogue/dialogues.ts";
import type { Question } from "../../../src/net/question.ts";
import type { WebsiteAnswer } from "../../../src/net/websites.ts";
import { ALL_KEPT } from "../allKept.ts";
import type { memoryDocuments } from "../memoryDocuments.ts";
import type { BridgeRooms } from "./bridgeRooms.ts";
import type { ScriptedBridge } from "./scriptedBridge.ts";

/** One life of the program. */
export interface Life {
  dead: boolean;
  readonly queue: KeyedQueue;
  readonly setUps: SetUps;
  readonly dialogues: Dialogues;
  readonly botRooms: BotRooms;
  readonly bridges: Bridges;
}

interface LifeDeps {
  readonly rooms: BridgeRooms;
  readonly bridge: ScriptedBridge;
  readonly documents: ReturnType<typeof memoryDocuments>;
  readonly clock: Clock;
  /** Everything that it does goes through this. */
  readonly act: <T>(name: string, work: () => T | Promise<T>) => Promise<T>;
  readonly tells: (event: EventId, what: string) => void;
  readonly foreseen: (error: unknown) => void;
}

/** A question to the bridge by HTTP: the answer comes, or it dies without. */
function asked(
  { act, bridge }: LifeDeps,
  { pathname }: URL,
  { method = "GET", body = "{}" }: Question,
): Promise<WebsiteAnswer> {
  const path = decodeURIComponent(pathname.slice("/_matrix/provision/".length));
  return act(`ask ${path.split("/")[0] ?? ""}`, () => {
    const order = { method, path, body: JSON.parse(String(body)) as Record<string, string> };
    const reply = bridge.answers?.(order);
    if (reply === undefined) throw new Error("It has nothing to be asked by HTTP");
    const { status, json } = reply;
    return { status, headers: {}, bytes: new Uint8Array(), json: (schema) => schema.parse(json) };
  });
}

/** Usher's bridges with all that they work with, until it is dead. */
export function beginLife(gate: { dead: boolean }, deps: LifeDeps): Life {
  const { rooms, bridge, documents: stored, clock, act, tells, foreseen } = deps;
  const queue = new KeyedQueue(foreseen);
  const documents = {
    ...stored,
    update: ((type, id, change) =>
      act("document", () => stored.update(type, id, change))) as typeof stored.update,
  };
  const matrix = rooms.actedOn(act);
  const setUps = new SetUps({
    ...{ documents, clock, queue, calledAs: "!usher", isFrozen: () => false },
    retention: ALL_KEPT,
    speaker: {
      progress: () => undefined,
      say: async ({ event }, answer) => {
        if (answer instanceof UsherError) throw new TypeError("nobody says errors late");
        await act("tell", () => {
          tells(event, answer.template);
        });
        return "$said" as EventId;
      },
    },
    owed: { keep: () => Promise.resolve() },
  });
  const { waiter } = setUps;
  const dialogues = new Dialogues({ matrix, clock });
  const isBot = (user: UserId): boolean => user === bridge.bot;
  const { talkRooms } = rooms;
  const botRooms = new BotRooms({ matrix, talkRooms, waiter, clock, log: silentLog, isBot });
  const entries = bridgeCatalogue.parse([bridge.entry]);
  const provisioning = {
    http: { ask: (url: URL, question: Question) => asked(deps, url, question) },
    secrets: { read: () => new Secret("s3cr3t") },
  };
  const parts = { dialogues, rooms: botRooms, waiter, clock, matrix, ...provisioning };
  // One for each life: what it remembers dies with that.
  let connector: Connector | undefined;
  const open = (entry: (typeof entries)[number]): Connector =>
    (connector ??= openConnector(entry, parts));
  const bridges = new Bridges({ matrix, documents, clock, setUps, queue, entries, open });
  return Object.assign(gate, { queue, setUps, dialogues, botRooms, bridges });
}
