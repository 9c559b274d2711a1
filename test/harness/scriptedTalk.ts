import type { Content } from "./clientApi.ts";
import { rawEvent, type RawEvent } from "./rawEvents.ts";
import {
  ScriptedHomeserver,
  type ScriptedRequest,
  type ScriptedRoom,
} from "./scriptedHomeserver.ts";
import { UsherProcess, type UsherOptions } from "./usherProcess.ts";

export const ALICE = "@alice:scripted.test";
export const BOB = "@bob:scripted.test";

/** Something that Usher said. Of an edit: as it reads now. */
export interface Said {
  readonly body: string;
  readonly content: Content;
  /** What it replies to; of an edit, the message that it replaces. */
  readonly about: string;
  readonly edit: boolean;
}

let rooms = 0;

/**
 * The real program beside a homeserver that a test scripts: for times, and for what goes wrong. Without encryption.
 * Everybody in its rooms is Usher's equal there, with power 100, but Bob, who has none.
 */
export class ScriptedTalk {
  readonly server: ScriptedHomeserver;
  readonly usher: UsherProcess;

  private constructor(server: ScriptedHomeserver, usher: UsherProcess) {
    this.server = server;
    this.usher = usher;
  }

  /** Prepares both, and starts neither Usher nor a conversation. */
  static async prepare({ config, ...options }: Partial<UsherOptions> = {}): Promise<ScriptedTalk> {
    const server = await ScriptedHomeserver.start();
    const account = {
      userId: server.me,
      accessToken: server.token,
      deviceId: server.device,
      password: server.password,
    };
    const usher = await UsherProcess.prepare({
      homeserver: server.url,
      account,
      config: { crypto: { engine: "off" }, ...config },
      reuse: true,
      ...options,
    });
    return new ScriptedTalk(server, usher);
  }

  static async begin(options: Partial<UsherOptions> = {}): Promise<ScriptedTalk> {
    const talk = await ScriptedTalk.prepare(options);
    await talk.usher.start();
    return talk;
  }

  /** A room of version 11 with Alice, Bob and Usher in it. */
  room(): string {
    rooms += 1;
    const room = `!room${String(rooms)}:scripted.test`;
    const { rooms: known, me } = this.server;
    known.setState(room, ALICE, "m.room.create", "", { room_version: "11" });
    known.setState(room, ALICE, "m.room.power_levels", "", { users: { [ALICE]: 100, [me]: 100 } });
    for (const user of [ALICE, BOB, me])
      known.setState(room, user, "m.room.member", user, { membership: "join" });
    return room;
  }

  /** Lets something be said in a room, now, by Alice unless given. Returns the event's id. */
  say(room: string, body: string, more: Partial<RawEvent> = {}): string {
    const event = said(body, more);
    this.hear({ [room]: { timeline: [event] } });
    return event.event_id;
  }

  /** The next answer to `/sync`. */
  hear(join: Readonly<Record<string, ScriptedRoom>>): void {
    this.server.sync({ join });
  }

  /** Usher's first message about an event, sent already or yet to be. */
  async answer(event: string): Promise<Said> {
    return saidIn(await this.server.waitForRequest((one) => saidIn(one)?.about === event)) as Said;
  }

  /** Says it, and gives the answer: on a slow machine, what "I am working on it" became. */
  async ask(room: string, body: string, more: Partial<RawEvent> = {}): Promise<string> {
    const asked = this.say(room, body, more);
    const { body: first } = await this.answer(asked);
    if (!first.startsWith("I am working on it")) return first;
    const edited = await this.server.waitForRequest((one) => {
      const found = saidIn(one);
      // A set-up that takes its time says in the same message what it is doing.
      if (found?.edit !== true || found.body.includes("I am working on it")) return false;
      return this.#about(found.about) === asked;
    });
    return (saidIn(edited) as Said).body;
  }

  /** What a message of Usher's was about. */
  #about(message: string): string | undefined {
    const sent = this.server.rooms.sent.find(({ eventId }) => eventId === message);
    return sent === undefined ? undefined : readSaid(sent.content)?.about;
  }

  /** All that Usher sent about an event and the homeserver took, in words. */
  answersTo(event: string): readonly string[] {
    return this.server.rooms.sent.flatMap(({ content }) => {
      const found = readSaid(content);
      return found?.about === event ? [found.body] : [];
    });
  }

  /** As `answersTo`, and where one was edited, what it says now. */
  finalAnswersTo(event: string): readonly string[] {
    const messages = this.server.rooms.sent.flatMap(({ eventId, content }) => {
      const found = readSaid(content);
      return found === undefined ? [] : [{ eventId, ...found }];
    });
    return messages
      .filter(({ about }) => about === event)
      .map(
        ({ eventId, body }) =>
          messages.findLast((other) => other.edit && other.about === eventId)?.body ?? body,
      );
  }

  /** The addresses of the widgets that a room shows. */
  widgets(room: string): readonly unknown[] {
    const state = [...this.server.rooms.get(room).state.values()];
    return state
      .filter(({ type }) => type === "im.vector.modular.widgets")
      .flatMap(({ content }) => content["url"] ?? []);
  }

  async end(): Promise<void> {
    if (this.usher.running) await this.usher.stop();
    await this.server.close();
  }
}

/** A message that begins no conversation by itself: for a timeline. By Alice, now, unless given. */
export function said(body: string, more: Partial<RawEvent> = {}): RawEvent {
  return rawEvent(
    "m.room.message",
    ALICE,
    { msgtype: "m.text", body },
    { origin_server_ts: Date.now(), ...more },
  );
}

export function saidIn({ method, path, body }: ScriptedRequest): Said | undefined {
  return method === "PUT" && path.includes("/send/m.room.message/")
    ? readSaid(body as Content)
    : undefined;
}

function readSaid(content: Content): Said | undefined {
  const relation = (content["m.relates_to"] ?? {}) as {
    rel_type?: string;
    event_id?: string;
    "m.in_reply_to"?: { event_id: string };
  };
  const edit = relation.rel_type === "m.replace";
  const about = edit ? relation.event_id : relation["m.in_reply_to"]?.event_id;
  const shown = edit ? (content["m.new_content"] as Content) : content;
  return about === undefined
    ? undefined
    : { about, body: String(shown["body"]), content: shown, edit };
}
