import type { z } from "zod";
import { begun } from "../../src/chat/journal.ts";
import type { Answer, Command, Request } from "../../src/chat/command.ts";
import { parseLine } from "../../src/chat/parse.ts";
import { Secret } from "../../src/config/secret.ts";
import { Catalogue } from "../../src/integrations/catalogue.ts";
import { ManualClock } from "../../src/kernel/clock.ts";
import { UsherError } from "../../src/kernel/errors.ts";
import type { EventId, MxcUri, RoomId, UserId } from "../../src/kernel/ids.ts";
import { addPack } from "../../src/kinds/stickers/commands/addPack.ts";
import { cancelImport } from "../../src/kinds/stickers/commands/cancelImport.ts";
import { dropSticker, renameSticker } from "../../src/kinds/stickers/commands/changeSticker.ts";
import { Imports } from "../../src/kinds/stickers/imports/imports.ts";
import { Packs } from "../../src/kinds/stickers/packs.ts";
import { kindOf } from "../../src/kinds/stickers/pictures/kinds.ts";
import { PACK_TYPES } from "../../src/kinds/stickers/state.ts";
import { inMemory } from "../../src/matrix/byteSource.ts";
import type { Question } from "../../src/net/question.ts";
import type { MatrixPort, RoomEvent, RoomPower } from "../../src/matrix/port.ts";
import { roomDocument } from "../../src/store/room.ts";
import { failingDocuments, memoryDocuments } from "./memoryDocuments.ts";
import { MemoryRoom } from "./memoryRoom.ts";
import { sentenceOf } from "./sentenceOf.ts";

export const ROOM = "!room:example.org" as RoomId;
export const ADA = "@ada:example.org" as UserId;

/** A file that counts as a picture here; each word is another. */
export function pictureOf(word: string): Buffer {
  return Buffer.concat([Buffer.from("\x89PNG\r\n\x1a\n", "latin1"), Buffer.from(word)]);
}

/** Everything is killed. */
class Killed extends Error {}

type Image = { url: string; body?: string };

/** Packs that are imported in a room in memory; Usher may be killed before or after anything that it writes or uploads, and pictures are what `kindOf` says. */
export class ImportWorld {
  readonly clock = new ManualClock(Date.UTC(2026, 10, 30));
  readonly room = new MemoryRoom();
  readonly stored = memoryDocuments();
  /** What the file is that people's messages hold, by their events. */
  readonly files = new Map<EventId, { readonly name: string; readonly bytes: Uint8Array }>();
  /** What was uploaded, in order. */
  readonly uploads: string[] = [];
  /** What was said of how far it is. */
  readonly progress: string[] = [];
  /** Everything that was written or uploaded, as places at which a kill may come. */
  readonly effects: string[] = [];
  power: RoomPower = {
    version: "11",
    creators: new Set(),
    levels: { users: { [ADA]: 100, "@usher:example.org": 100 } },
  };
  encryption: "none" | "encrypted" = "none";
  mayAct = true;
  /** Who is in the room beside Usher. */
  readonly people = new Set<UserId>([ADA]);
  /** Asked before each picture is made. */
  onPicture: (count: number) => void = () => undefined;
  refusesUploads: string | undefined;
  /** Other rooms, with who is in them beside Usher. */
  readonly rooms = new Map<RoomId, { readonly state: MemoryRoom; readonly people: Set<UserId> }>();
  readonly aliases = new Map<string, RoomId>();
  /** What lies in the media repository, by its address. */
  readonly media = new Map<string, Uint8Array>();
  /** What a website answers, by the address; it is asked in order. */
  answers: (url: URL) => { readonly status?: number; readonly bytes: Uint8Array } = () => ({
    status: 404,
    bytes: Buffer.alloc(0),
  });
  readonly asked: string[] = [];
  telegram: { readonly api: string } | undefined = { api: "https://telegram.example.org" };
  #dies: { readonly at: number; readonly when: "before" | "after" } | undefined;
  #made = 0;
  #events = 0;
  readonly #replies = new Map<EventId, EventId>();
  imports = this.#imports();

  /** Usher is killed at the effect of this number, once. */
  dies(place: { readonly at: number; readonly when: "before" | "after" }): void {
    this.#dies = place;
  }

  /** Somebody sends a file. */
  sends(name: string, bytes: Uint8Array): EventId {
    const event = `$file${String(this.files.size)}` as EventId;
    this.files.set(event, { name, bytes });
    return event;
  }

  /** What is shown before, and what is answered to the yes, over as many lives of Usher as it takes. */
  async says(
    line: string,
    { replyTo, person = ADA }: { replyTo?: EventId; person?: UserId } = {},
  ): Promise<readonly [string, string]> {
    const event = `$say${String((this.#events += 1))}` as EventId;
    if (replyTo !== undefined) this.#replies.set(event, replyTo);
    const request: Request = {
      ...{ room: ROOM, person, event, thread: undefined, direct: false, operator: false },
      calledAs: "!usher",
    };
    const understood = parseLine(line, this.commands());
    if ("error" in understood) throw understood.error;
    const { command, input } = understood;
    if (!command.changes) return ["", sentenceOf(await command.answer(input, request))];
    const plan = await command.plan(input, request);
    if ("nothing" in plan) return ["", sentenceOf(plan.nothing)];
    const before = "preview" in plan ? sentenceOf(plan.preview) : "";
    const exact = plan.exactly ?? line;
    const asked = { event, person, calledAs: "!usher", line: exact, at: 0 };
    await this.stored.update(roomDocument, ROOM, (document) =>
      begun(document, asked, { confirmedBy: undefined, replyTo: event }),
    );
    const answer = sentenceOf(await this.#performed(exact, request));
    await this.stored.update(roomDocument, ROOM, (document) => ({
      ...document,
      journal: document.journal.filter((one) => one.event !== event),
    }));
    return [before, answer];
  }

  async #performed(line: string, request: Request): Promise<Answer> {
    for (;;) {
      const again = parseLine(line, this.commands());
      if ("error" in again || !again.command.changes) throw new Error(`no command: ${line}`);
      try {
        return await again.command.perform(again.input, request);
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        this.imports = this.#imports();
      }
    }
  }

  commands(): readonly Command[] {
    const packs = this.packs();
    const matrix = this.#matrix();
    const catalogue = new Catalogue([], [{ kind: "sticker", plural: "stickers" }]);
    const { imports } = this;
    const sources = { packs, matrix, ...this.#web(), signal: imports.signal };
    const personPacks = { hasRedeemed: () => Promise.resolve(false) };
    return [
      addPack({ packs, matrix, catalogue, entries: [], imports, personPacks, sources }),
      cancelImport({
        going: imports.going,
        matrix,
        collections: { end: () => Promise.resolve(false) },
      }),
      renameSticker({ packs }),
      dropSticker({ packs }),
    ];
  }

  /** The pictures of a pack, the same in both copies. */
  images(key = "cats"): Record<string, Image> {
    const [stable, old] = PACK_TYPES.map((type) => this.room.json(type, key));
    if (stable !== old) throw new Error(`the copies differ: ${String(stable)} ${String(old)}`);
    const { images = {} } = JSON.parse(stable ?? "{}") as { images?: Record<string, Image> };
    return images;
  }

  packs(): Packs {
    const { clock } = this;
    return new Packs({ matrix: this.#matrix(), documents: this.#documents(), clock });
  }

  #web() {
    const { clock, telegram } = this;
    const secrets = { read: () => new Secret("123:token\n") };
    const http = {
      ask: (url: URL, { maxBytes = 0 }: Question = {}) => {
        this.asked.push(url.href);
        const { status = 200, bytes } = this.answers(url);
        if (bytes.length > maxBytes)
          return Promise.reject(new UsherError("website-too-large", { host: url.host, most: 1 }));
        const json = <T>(schema: z.ZodType<T>): T => {
          const read = schema.safeParse(JSON.parse(Buffer.from(bytes).toString()));
          if (!read.success) throw new UsherError("website-unexpected", { host: url.host, status });
          return read.data;
        };
        return Promise.resolve({ status, headers: {}, bytes, json });
      },
    };
    return { http, secrets, clock, telegram, signalCdn: "https://signal.example.org" };
  }

  #documents() {
    return failingDocuments(this.stored, (what) => {
      this.#effect(what, "before");
    });
  }

  #effect(name: string, when: "before" | "after"): void {
    if (when === "before") this.effects.push(name);
    const at = this.effects.length - 1;
    if (this.#dies?.at !== at || this.#dies.when !== when) return;
    this.#dies = undefined;
    throw new Killed(`${when} ${name}`);
  }

  #matrix(): MatrixPort {
    const { room } = this;
    const matrix: Partial<MatrixPort> = {
      me: room.me,
      state: (where, type, key) => this.#in(where).state(where, type, key),
      allState: (where) => this.#in(where).allState(),
      members: (where) => {
        const people = where === ROOM ? this.people : this.rooms.get(where)?.people;
        if (people === undefined)
          return Promise.reject(new UsherError("room-unreachable", { status: 403 }));
        return Promise.resolve({ joined: new Set([...people, room.me]), invited: new Set() });
      },
      resolveAlias: (alias) => Promise.resolve(this.aliases.get(alias)),
      download: (url, most) => {
        const bytes = this.media.get(url);
        if (bytes === undefined || bytes.length > most)
          return Promise.reject(new UsherError("room-unreachable", { status: 404 }));
        return Promise.resolve({ bytes: inMemory(bytes).open(), mimetype: undefined } as never);
      },
      setState: async (...[where, type, key, content]: Parameters<MemoryRoom["setState"]>) => {
        this.#effect(`state ${key}`, "before");
        const id = await room.setState(where, type, key, content);
        this.#effect(`state ${key}`, "after");
        return id;
      },
      power: () => Promise.resolve(this.power),
      encryption: () => Promise.resolve(this.encryption),
      event: (_, event) => Promise.resolve(this.#event(event)),
      attachment: (content) => {
        const found = this.files.get(String(content["url"]) as EventId);
        if (found === undefined) return Promise.reject(new UsherError("attachment-none"));
        return Promise.resolve(found.bytes);
      },
      upload: async ({ bytes }) => {
        if (this.refusesUploads !== undefined)
          throw new UsherError("room-unreachable", { status: 403, code: this.refusesUploads });
        this.#effect("upload", "before");
        const all = Buffer.concat(await Array.fromAsync(bytes.open()));
        this.uploads.push(all.subarray(8).toString());
        const url = `mxc://example.org/${String(this.uploads.length)}` as MxcUri;
        this.#effect("upload", "after");
        return url;
      },
    };
    return matrix as MatrixPort;
  }

  #in(room: RoomId): MemoryRoom {
    return this.rooms.get(room)?.state ?? this.room;
  }

  /** The message of a command, or that of a file. */
  #event(event: EventId): RoomEvent | undefined {
    const file = this.files.get(event);
    const replyTo = this.#replies.get(event);
    const content = file
      ? { msgtype: "m.file", body: file.name, url: event }
      : {
          body: "said",
          ...(replyTo && { "m.relates_to": { "m.in_reply_to": { event_id: replyTo } } }),
        };
    return {
      ...{ eventId: event, roomId: ROOM, type: "m.room.message", sender: ADA, content },
      ...{ originServerTs: 0, redacted: false, encryption: "none" },
    };
  }

  #imports(): Imports {
    const pictures = {
      // Rejects as the real one does.
      sticker: async (bytes: Uint8Array) => {
        this.onPicture((this.#made += 1));
        this.clock.advance(1_000);
        const words = Buffer.from(bytes.subarray(8)).toString();
        if (words.startsWith("slow")) throw new UsherError("picture-slow");
        if (words.startsWith("away")) throw new UsherError("attachment-none");
        await Promise.resolve(kindOf(bytes));
        const size = { width: 100, height: 80, animated: false };
        return { bytes, mimetype: "image/webp" as const, ...size };
      },
    };
    return new Imports({
      ...{ packs: this.packs(), pictures, matrix: this.#matrix(), documents: this.#documents() },
      clock: this.clock,
      queue: { aside: (_, wait) => wait() },
      speaker: {
        progress: (_, key, doing) => {
          this.progress.push(`${key}: ${sentenceOf(doing)}`);
        },
      },
      mayActFor: () => this.mayAct,
    });
  }
}
