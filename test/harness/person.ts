import { randomBytes } from "node:crypto";
import { ClientApi, path, Refused, type Content } from "./clientApi.ts";
import { Observed, type Predicate, type SeenEvent, type Waiting } from "./observed.ts";
import { plainChannel, type Channel } from "./plainChannel.ts";
import type { Account, Synapse } from "./synapse.ts";

export interface RoomOptions {
  /** Room version; the homeserver's default is 12. */
  readonly version?: string;
  readonly name?: string;
  readonly invite?: readonly string[];
  /** Merged over the preset's `m.room.power_levels`. In version 12 the creator must not be named in `users`. */
  readonly powerLevels?: Content;
  readonly direct?: boolean;
  readonly encrypted?: boolean;
  readonly preset?: "private_chat" | "trusted_private_chat" | "public_chat";
  readonly state?: readonly { type: string; state_key?: string; content: Content }[];
}

export interface SayOptions {
  readonly html?: string;
  /** MXIDs for `m.mentions`. */
  readonly mentions?: readonly string[];
  readonly replyTo?: string;
  /** The root of the thread to say it in. */
  readonly thread?: string;
  /** Default `m.text`. */
  readonly msgtype?: string;
  /** Merged over everything else. */
  readonly raw?: Content;
}

export interface StateEvent {
  readonly event_id: string;
  readonly type: string;
  readonly state_key: string;
  readonly sender: string;
  readonly content: Content;
}

/** A person with a client. What it sends and sees goes the way of its channel: unencrypted, or encrypted. */
export class Person {
  readonly account: Account;
  readonly api: ClientApi;
  readonly #observed: Observed;
  readonly #channel: Channel;

  constructor(api: ClientApi, observed: Observed, channel: Channel) {
    this.account = api.account;
    this.api = api;
    this.#observed = observed;
    this.#channel = channel;
  }

  get userId(): string {
    return this.account.userId;
  }

  /** Everything this person's client got, oldest first. */
  get seen(): readonly SeenEvent[] {
    return this.#observed.seen;
  }

  /** The place after the last event seen, for `waitFor`'s `from`. */
  mark(): number {
    return this.#observed.seen.length;
  }

  /** The first event that fits, already seen or yet to come; fails with the transcript of what was seen instead. */
  waitFor(predicate: Predicate, waiting?: Waiting): Promise<SeenEvent> {
    return this.#observed.waitFor(predicate, waiting);
  }

  listen(listener: (event: SeenEvent) => void): () => void {
    return this.#observed.listen(listener);
  }

  /** The messages of one sender (in one room), oldest first. */
  messagesFrom(sender: string, room?: string): readonly SeenEvent[] {
    return this.seen.filter(
      (event) =>
        event.type === "m.room.message" &&
        event.sender === sender &&
        (room === undefined || event.roomId === room),
    );
  }

  async createRoom(options: RoomOptions = {}): Promise<string> {
    const {
      version,
      name,
      invite = [],
      powerLevels,
      direct = false,
      encrypted = false,
      preset = "private_chat",
      state = [],
    } = options;
    const encryption = {
      type: "m.room.encryption",
      state_key: "",
      content: { algorithm: "m.megolm.v1.aes-sha2" },
    };
    const { room_id } = await this.api.call<{ room_id: string }>("POST", "/createRoom", {
      preset,
      invite,
      is_direct: direct,
      initial_state: [...(encrypted ? [encryption] : []), ...state],
      ...(version === undefined ? {} : { room_version: version }),
      ...(name === undefined ? {} : { name }),
      ...(powerLevels === undefined ? {} : { power_level_content_override: powerLevels }),
    });
    return room_id;
  }

  /** Sends a message; returns its event id. */
  say(room: string, body: string, options: SayOptions = {}): Promise<string> {
    return this.send(room, "m.room.message", messageContent(body, options));
  }

  /** Sends any event, through the channel. */
  send(room: string, type: string, content: Content): Promise<string> {
    return this.#channel.send(room, type, content);
  }

  react(room: string, event: string, key: string): Promise<string> {
    return this.send(room, "m.reaction", {
      "m.relates_to": { rel_type: "m.annotation", event_id: event, key },
    });
  }

  edit(room: string, event: string, body: string, options: SayOptions = {}): Promise<string> {
    const relation = {
      "m.new_content": messageContent(body, options),
      "m.relates_to": { rel_type: "m.replace", event_id: event },
    };
    return this.send(room, "m.room.message", {
      ...messageContent(`* ${body}`, options),
      ...relation,
    });
  }

  async redact(room: string, event: string, reason?: string): Promise<void> {
    await this.api.call(
      "PUT",
      path`/rooms/${room}/redact/${event}/${randomBytes(8).toString("hex")}`,
      reason === undefined ? {} : { reason },
    );
  }

  /** The content of a state event now; undefined if there is none. */
  async state(room: string, type: string, stateKey = ""): Promise<Content | undefined> {
    try {
      return await this.api.call("GET", path`/rooms/${room}/state/${type}/${stateKey}`);
    } catch (error) {
      if (error instanceof Refused && error.code === "M_NOT_FOUND") return undefined;
      throw error;
    }
  }

  allState(room: string): Promise<readonly StateEvent[]> {
    return this.api.call("GET", path`/rooms/${room}/state`);
  }

  async setState(room: string, type: string, content: Content, stateKey = ""): Promise<string> {
    return (
      await this.api.call<{ event_id: string }>(
        "PUT",
        path`/rooms/${room}/state/${type}/${stateKey}`,
        content,
      )
    ).event_id;
  }

  /** Gives somebody a power level, as an admin's client would: in the event as it is now. */
  async setLevel(room: string, user: string, level: number): Promise<void> {
    const levels = (await this.state(room, "m.room.power_levels")) ?? {};
    const users = (levels["users"] ?? {}) as Content;
    await this.setState(room, "m.room.power_levels", {
      ...levels,
      users: { ...users, [user]: level },
    });
  }

  async join(room: string): Promise<void> {
    await this.api.call("POST", path`/join/${room}`, {});
  }

  async leave(room: string): Promise<void> {
    await this.api.call("POST", path`/rooms/${room}/leave`, {});
  }

  async invite(room: string, user: string): Promise<void> {
    await this.api.call("POST", path`/rooms/${room}/invite`, { user_id: user });
  }

  async kick(room: string, user: string, reason?: string): Promise<void> {
    await this.api.call("POST", path`/rooms/${room}/kick`, { user_id: user, reason });
  }

  async ban(room: string, user: string, reason?: string): Promise<void> {
    await this.api.call("POST", path`/rooms/${room}/ban`, { user_id: user, reason });
  }

  stop(): Promise<void> {
    return this.#channel.stop();
  }
}

interface ConnectOptions {
  /** Takes the name as it is; otherwise a random end makes it one that no other test uses. */
  readonly exact?: boolean;
  readonly admin?: boolean;
  /** With a client that encrypts (matrix-js-sdk), as strictly as clients become with MSC4153: what is not signed is neither read nor given keys. */
  readonly encrypted?: boolean;
}

/** Makes an account and a client that hears. The display name is the given name. */
export async function connectPerson(
  synapse: Synapse,
  name: string,
  options: ConnectOptions = {},
): Promise<Person> {
  const localpart = options.exact === true ? name : `${name}-${randomBytes(3).toString("hex")}`;
  const account = await synapse.register(localpart, {
    displayName: name,
    admin: options.admin === true,
  });
  // Loaded only where it is needed: it takes a second.
  if (options.encrypted === true) {
    const person = await (await import("./encryptedPerson.ts")).connectEncrypted(synapse, account);
    person.isolate(true);
    return person;
  }
  return connectAccount(synapse.url, account);
}

/** A client of an account that is there already. */
export async function connectAccount(homeserver: string, account: Account): Promise<Person> {
  const api = new ClientApi(homeserver, account);
  const observed = new Observed();
  const channel = plainChannel(api, observed);
  await channel.start();
  return new Person(api, observed, channel);
}

function messageContent(
  body: string,
  { html, mentions, replyTo, thread, msgtype = "m.text", raw }: SayOptions,
): Content {
  const reply = replyTo === undefined ? {} : { "m.in_reply_to": { event_id: replyTo } };
  const inThread =
    thread === undefined
      ? {}
      : { rel_type: "m.thread", event_id: thread, is_falling_back: replyTo === undefined };
  const relation = { ...reply, ...inThread };
  return {
    msgtype,
    body,
    ...(html === undefined ? {} : { format: "org.matrix.custom.html", formatted_body: html }),
    ...(mentions === undefined ? {} : { "m.mentions": { user_ids: mentions } }),
    ...(Object.keys(relation).length === 0 ? {} : { "m.relates_to": relation }),
    ...raw,
  };
}
