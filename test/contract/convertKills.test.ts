import { expect, it } from "vitest";
import { parseLine } from "../../src/chat/parse.ts";
import type { Request } from "../../src/chat/command.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import type { EventId, MxcUri, RoomId, UserId } from "../../src/kernel/ids.ts";
import { Collections } from "../../src/kinds/stickers/collecting/collections.ts";
import { collectingDocument } from "../../src/kinds/stickers/collecting/document.ts";
import { formatPack } from "../../src/kinds/stickers/commands/formatPack.ts";
import { stickersDone } from "../../src/kinds/stickers/commands/stickersDone.ts";
import { Packs } from "../../src/kinds/stickers/packs.ts";
import { Reformats } from "../../src/kinds/stickers/reformats.ts";
import { PACK_TYPES } from "../../src/kinds/stickers/state.ts";
import { inMemory } from "../../src/matrix/byteSource.ts";
import type { MatrixPort, RoomEvent } from "../../src/matrix/port.ts";
import { failingDocuments, memoryDocuments } from "../harness/memoryDocuments.ts";
import { MemoryRoom } from "../harness/memoryRoom.ts";
import { packOf } from "../harness/packs.ts";
import { webp } from "../harness/pictureFiles.ts";
import { sentenceOf } from "../harness/sentenceOf.ts";

const ROOM = "!room:example.org" as RoomId;
const ADA = "@ada:example.org" as UserId;
const ASKED = "$asked" as EventId;
/** An animated WebP as far as its head says so. */
const MOVING = webp(2, 8, 8, Buffer.alloc(8));
const PICTURES = ["$one", "$two"] as EventId[];

interface Place {
  readonly at: number;
  readonly when: "before" | "after";
}

/** Pictures that become stickers in a room in memory; Usher may be killed before or after anything that it writes or uploads. */
class ConvertWorld {
  readonly #room = new MemoryRoom();
  readonly #stored = memoryDocuments();
  readonly #clock = new ManualClock(Date.UTC(2026, 10, 30));
  readonly uploads: string[] = [];
  effects: string[] = [];
  #dies: Place | undefined;
  #isDead = false;

  /** What is answered to the command, over as many lives of Usher as it takes. */
  async says(line: string, place: Place | undefined): Promise<string> {
    const first = await this.#begins();
    const by = { person: ADA, cause: "$made" as EventId };
    const pack = packOf({ cat: "1", dog: "2" });
    await first.packs.change(ROOM, { id: "cats", deed: "make-pack", make: () => pack }, by);
    await first.collections.begin(ADA, ROOM, "cats", "$begun" as EventId);
    const events = PICTURES.map((id) => this.#event(id));
    first.collections.note({ roomId: ROOM, gap: false, events });
    const rooms = [{ roomId: ROOM, gap: false, events }];
    await first.collections.handle({
      ...{ rooms, invites: [], departures: [], awayMs: 0, first: false },
    });
    [this.effects, this.#dies] = [[], place];
    for (;;) {
      const { commands } = await this.#begins();
      const understood = parseLine(line, commands);
      if ("error" in understood || !understood.command.changes) throw new Error("no command");
      const request = { room: ROOM, person: ADA, event: ASKED } as Request;
      try {
        return sentenceOf(await understood.command.perform(understood.input, request));
      } catch (error) {
        if (!this.#isDead) throw error;
        this.#isDead = false;
      }
    }
  }

  /** The pack with what was uploaded for each sticker, and what is still being collected. */
  async outcome(): Promise<unknown> {
    const [stable, old] = PACK_TYPES.map((type) => this.#room.json(type, "cats"));
    expect(stable).toBe(old);
    const { images } = JSON.parse(stable ?? "") as { images: Record<string, { url: string }> };
    const shown = Object.entries(images).map(([code, { url, ...rest }]) => {
      const number = /^mxc:\/\/example\.org\/up(\d+)$/.exec(url)?.[1];
      return { code, is: number === undefined ? url : this.uploads[Number(number) - 1], rest };
    });
    return { shown, collecting: await this.#stored.get(collectingDocument, ADA) };
  }

  #effect(name: string, when: "before" | "after"): void {
    if (when === "before") this.effects.push(name);
    const at = this.effects.length - 1;
    if (this.#dies?.at === at && this.#dies.when === when) {
      this.#dies = undefined;
      this.#isDead = true;
    }
    // Whoever is dead does nothing more, whatever is tried when something fails.
    if (this.#isDead) throw new Error(`killed ${when} ${name}`);
  }

  async #begins() {
    const clock = this.#clock;
    const documents = failingDocuments(this.#stored, (what) => {
      this.#effect(what, "before");
    });
    const matrix = this.#matrix();
    const mayActFor = () => true;
    const pictures = {
      sticker: (bytes: Uint8Array, format: "webp" | "gif") =>
        Promise.resolve({
          ...{ bytes, mimetype: `image/${format}` as const },
          ...{ width: 8, height: 8, animated: true },
        }),
    };
    const queue = { aside: <T>(_: string, wait: () => Promise<T>) => wait() };
    const speaker = { progress: () => undefined };
    const packs = new Packs({ matrix, documents, clock });
    const collections = new Collections({ documents, clock, mayActFor });
    await collections.start();
    const reformats = new Reformats({
      ...{ pictures, matrix, documents, clock, queue, speaker, mayActFor },
    });
    const parts = { packs, matrix, pictures, queue, collections, clock, speaker, reformats };
    return { packs, collections, commands: [stickersDone(parts), formatPack(parts)] };
  }

  #event(eventId: EventId): RoomEvent {
    const content = { msgtype: "m.image", body: `${eventId.slice(1)}.png`, url: "mxc://a.org/1" };
    return {
      ...{ eventId, roomId: ROOM, type: "m.room.message", sender: ADA, content },
      ...{ originServerTs: 0, redacted: false, encryption: "none" },
    };
  }

  #matrix(): MatrixPort {
    const room = this.#room;
    const levels = { users: { [ADA]: 100, [room.me]: 100 } };
    const matrix: Partial<MatrixPort> = {
      me: room.me,
      state: (where, type, key) => room.state(where, type, key),
      allState: () => room.allState(),
      setState: async (...[where, type, key, content]: Parameters<MemoryRoom["setState"]>) => {
        this.#effect(`state ${key}`, "before");
        const id = await room.setState(where, type, key, content);
        this.#effect(`state ${key}`, "after");
        return id;
      },
      power: () => Promise.resolve({ version: "11", creators: new Set(), levels }),
      members: () => Promise.resolve({ joined: new Set([ADA]), invited: new Set<UserId>() }),
      encryption: () => Promise.resolve("none"),
      event: (_, id) => Promise.resolve(this.#event(id)),
      attachment: () => Promise.resolve(MOVING),
      download: () =>
        Promise.resolve({ bytes: inMemory(MOVING).open(), mimetype: undefined } as never),
      upload: ({ name }) => {
        this.#effect("upload", "before");
        const url = `mxc://example.org/up${String(this.uploads.push(name))}` as MxcUri;
        this.#effect("upload", "after");
        return Promise.resolve(url);
      },
    };
    return matrix as MatrixPort;
  }
}

it.each([
  ["sent", "stickers done", ["one", "two"]],
  ["made anew", "stickers format gif cats", ["cat", "dog"]],
])(
  "pictures that are %s are the same wherever Usher is killed, and nothing is uploaded that was noted",
  async (_, line, uploaded) => {
    const run = async (place?: Place) => {
      const world = new ConvertWorld();
      const said = await world.says(line, place);
      return { world, is: JSON.stringify([said, await world.outcome()]) };
    };
    const whole = await run();
    expect(whole.world.uploads.map((name) => name.replace(/\..*/, ""))).toEqual(uploaded);
    expect(whole.world.effects.length).toBeGreaterThan(6);
    const faults: string[] = [];
    for (const [at, name] of whole.world.effects.entries())
      for (const when of ["before", "after"] as const) {
        const { is, world } = await run({ at, when });
        if (is !== whole.is) faults.push(`${when} ${name} (${String(at)}): ${is}`);
        // One that was uploaded and not noted yet is uploaded once more; never two.
        const twice = world.uploads.length - whole.world.uploads.length;
        const may = name === "upload" || name.startsWith("update") ? 1 : 0;
        if (twice > may) faults.push(`${when} ${name} (${String(at)}): ${String(twice)} twice`);
      }
    expect(faults, whole.is).toEqual([]);
  },
);
