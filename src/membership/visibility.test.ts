import { beforeEach, describe, expect, it } from "vitest";
import { memoryDocuments } from "../../test/harness/memoryDocuments.ts";
import { createRenderer } from "../chat/render.ts";
import { loadTemplates } from "../chat/templates.ts";
import { ManualClock } from "../kernel/clock.ts";
import type { EventId, RoomId, UserId } from "../kernel/ids.ts";
import { BOT_ABILITIES } from "../kinds/bots/abilities.ts";
import { WIDGET_ABILITIES } from "../kinds/widgets/abilities.ts";
import { REMOVE_MESSAGES } from "./parts.ts";
import { KeyedQueue } from "../kernel/tasks.ts";
import type { Batch } from "../matrix/intake.ts";
import type {
  Content,
  Encryption,
  OwnAccount,
  PowerLevels,
  RoomEncryption,
  RoomEvent,
  Sending,
} from "../matrix/port.ts";
import { roomDocument } from "../store/room.ts";
import { Visibility } from "./visibility.ts";

const ROOM = "!room:example.org" as RoomId;
const ME = "@usher:example.org" as UserId;
const ANN = "@ann:example.org" as UserId;

/** A room whose homeserver knows transactions, as a real one does. */
class Scene {
  readonly clock = new ManualClock();
  readonly documents = memoryDocuments();
  readonly said = new Map<string, string>();
  readonly failures: unknown[] = [];
  encryption: Encryption = "none";
  levels: Content = { users: { [ANN]: 100, [ME]: 0 } };
  /** Called after a message was taken and before Usher knows. */
  afterSending: () => void = () => undefined;
  readonly #matrix: OwnAccount & Sending & PowerLevels & RoomEncryption = {
    me: ME,
    encryption: () => Promise.resolve(this.encryption),
    power: () => Promise.resolve({ version: "11", creators: new Set([ANN]), levels: this.levels }),
    send: (_room, message, { cause, step }) => {
      const transaction = `${cause} ${step}`;
      if (!this.said.has(transaction)) this.said.set(transaction, message.body);
      this.afterSending();
      return Promise.resolve("$sent" as EventId);
    },
  };

  start(canReadEncrypted = true): Visibility {
    const renderer = createRenderer(loadTemplates());
    return new Visibility({
      matrix: this.#matrix,
      documents: this.documents,
      clock: this.clock,
      queue: new KeyedQueue((error) => this.failures.push(error)),
      owed: {
        say: async (room, answer, once) => {
          await this.#matrix.send(room, renderer.render(answer, { calledAs: "!usher" }), once);
        },
      },
      canReadEncrypted,
      abilities: [...WIDGET_ABILITIES, ...BOT_ABILITIES, REMOVE_MESSAGES],
    });
  }

  get sentences(): readonly string[] {
    return [...this.said.values()];
  }
}

function heard(type: string, gap = false): Batch {
  const about = {
    eventId: "$e" as EventId,
    roomId: ROOM,
    sender: ANN,
    originServerTs: 0,
    content: {},
    redacted: false,
    encryption: "none",
  };
  const events = type === "" ? [] : [{ ...about, type, stateKey: "" } as RoomEvent];
  return {
    rooms: [{ roomId: ROOM, events, gap }],
    invites: [],
    departures: [],
    awayMs: 0,
    first: false,
  };
}

describe("R54: what Usher sees and may do is said again when it has changed", () => {
  let scene: Scene;
  let visibility: Visibility;
  beforeEach(async () => {
    scene = new Scene();
    visibility = scene.start();
    const told = { ...(await visibility.look(ROOM)), at: 1 };
    await scene.documents.update(roomDocument, ROOM, (document) => ({
      ...document,
      greetedAt: 1,
      told,
    }));
  });

  const powers = (level: number, more: Content = {}): Content => ({
    users: { [ANN]: 100, [ME]: level },
    ...more,
  });

  it("once when the room turns encrypted, whatever its settings become later", async () => {
    scene.encryption = "encrypted";
    for (let i = 0; i < 3; i += 1) await visibility.handle(heard("m.room.encryption"));
    expect(scene.sentences).toEqual([
      "This room is encrypted from now on, and I have its keys as everybody else in it: all messages here stay visible to me, and unencrypted ones too.",
    ]);
  });

  it("once for each change of what its power allows, and not for a change that matters to nobody", async () => {
    scene.levels = powers(50);
    for (let i = 0; i < 2; i += 1) await visibility.handle(heard("m.room.power_levels"));
    expect(scene.sentences).toEqual([
      "My rights here have changed: I may change widgets, invite people, remove people, remove messages; all unencrypted messages here are visible to me as before.",
    ]);
    scene.levels = powers(60);
    await visibility.handle(heard("m.room.power_levels"));
    expect(scene.sentences).toHaveLength(1);
    scene.levels = powers(0, { invite: 50 });
    await visibility.handle(heard("m.room.power_levels"));
    expect(scene.sentences.at(-1)).toContain(
      "I may only speak, and no longer change widgets, invite people, remove people, remove messages; all unencrypted messages here",
    );
    scene.clock.advance(1);
    scene.levels = powers(50);
    await visibility.handle(heard("m.room.power_levels"));
    expect(scene.sentences).toHaveLength(3);
  });

  it("in an encrypted room without a word of unencrypted messages alone", async () => {
    scene.encryption = "encrypted";
    scene.levels = powers(50);
    await visibility.handle(heard("m.room.power_levels"));
    scene.levels = powers(0);
    await visibility.handle(heard("m.room.power_levels"));
    expect(scene.sentences).toHaveLength(2);
    expect(scene.sentences[0]).toMatch(
      /^This room is encrypted from now on.* My rights here have changed: I may change widgets, .*messages\.$/,
    );
    expect(scene.sentences[1]).toContain(
      "I may invite people, and no longer change widgets, remove people, remove messages; all messages here are visible to me as before.",
    );
  });

  it("once over a crash after it was said, and again for what changed in the crash", async () => {
    scene.encryption = "encrypted";
    scene.afterSending = () => {
      throw new Error("killed");
    };
    await visibility.handle(heard("m.room.encryption"));
    expect(scene.failures).toHaveLength(1);
    scene.afterSending = () => undefined;
    visibility = scene.start();
    await visibility.handle(heard("m.room.encryption"));
    await visibility.handle(heard("m.room.encryption"));
    expect(scene.sentences).toHaveLength(1);
    scene.levels = powers(50);
    await visibility.handle(heard("m.room.power_levels"));
    expect(scene.sentences).toHaveLength(2);
  });

  it("after a gap too, in which the change may have been", async () => {
    scene.encryption = "encrypted";
    await visibility.handle(heard(""));
    expect(scene.sentences).toEqual([]);
    await visibility.handle(heard("", true));
    expect(scene.sentences).toHaveLength(1);
  });

  it("not while it is unknown, and then as it is", async () => {
    scene.encryption = "unknown";
    const handled = visibility.handle(heard("m.room.encryption"));
    await expect.poll(() => scene.clock.waiting).toBe(1);
    expect(scene.sentences).toEqual([]);
    scene.encryption = "encrypted";
    scene.clock.advance(5_000);
    await handled;
    expect(scene.sentences).toHaveLength(1);
  });

  it("not before the greeting, which says it, and not where it could not be read", async () => {
    scene.encryption = "encrypted";
    await scene.start(false).handle(heard("m.room.encryption"));
    await scene.documents.update(roomDocument, ROOM, ({ greetedAt: _, ...document }) => document);
    await visibility.handle(heard("m.room.encryption"));
    expect(scene.sentences).toEqual([]);
    expect(scene.failures).toEqual([]);
  });
});
