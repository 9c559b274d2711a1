import { membershipOf } from "../../../integrations/eventWaiter.ts";
import { membershipIn } from "../../../integrations/membership.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId } from "../../../kernel/ids.ts";
import type { RoomPower } from "../../../matrix/port.ts";
import { NOBODY } from "../../../privacy/erased.ts";
import { isMark } from "../alterations.ts";
import type {
  BotPowers,
  BridgeTraits,
  Connector,
  ConnectorDefinition,
  ConnectorDeps,
  Health,
  Link,
  Target,
} from "../connector.ts";
import { withoutOwnLevel } from "../botPowers.ts";
import { answered } from "../dialogue/answered.ts";
import { isNoAnswer, isSilence } from "../dialogue/silence.ts";
import type { Reply } from "../dialogue/dialogues.ts";
import { withChanges, type Values } from "../dialogue/wording.ts";
import { refuseKicker } from "../kicking.ts";
import { chatTarget } from "./chat.ts";
import type { LoginWays } from "../logins/logins.ts";
import type { Bridgev2Entry } from "./config.ts";
import { Bridgev2Logins } from "./logins.ts";
import { BRIDGEV2, type Bridgev2Ask } from "./wording.ts";

/** What the bot sends of itself when a room is linked. */
const ITS_STATE = [
  "m.bridge",
  "uk.half-shot.bridge",
  "com.beeper.room_features",
  "io.element.functional_members",
] as const;

/**
 * The bridges that are built with bridgev2 of mautrix-go, by talking with their bot in a room of Usher and it. Usher is its administrator there, so that it asks no
 * room's power of Usher; `doin` has a command done in another room, and is answered here.
 */
export const bridgev2: ConnectorDefinition<Bridgev2Entry> = {
  open: (entry, deps) => new Bridgev2(entry, deps),
};

class Bridgev2 implements Connector {
  readonly bot: Bridgev2Entry["bot"];
  readonly example: string;
  readonly traits: BridgeTraits;
  readonly rule;
  readonly logins: LoginWays;
  readonly #entry: Bridgev2Entry;
  readonly #deps: ConnectorDeps;
  readonly #asks;

  constructor(entry: Bridgev2Entry, deps: ConnectorDeps) {
    const isOwn = entry.mode === "own";
    this.bot = entry.bot;
    this.example = entry.chatExample;
    this.#entry = entry;
    this.#deps = deps;
    this.#asks = withChanges(BRIDGEV2, entry.wording).asks;
    const { provisioning } = entry;
    this.logins = {
      words: { login: "login", logout: "logout" },
      byUsher: provisioning && new Bridgev2Logins({ ...entry, provisioning }, deps),
    };
    const types = [
      "m.bridge",
      "fi.mau.bridge.plumb",
      ...(isOwn ? [] : ["fi.mau.bridge.set_relay"]),
    ];
    this.rule = types.map((type) => ({ kind: "state", type }) as const);
    this.traits = {
      farSide: entry.name,
      puppeting: isOwn ? "own" : "manual",
      relays: { name: true, avatar: false },
      alters: ["name", "topic", "avatar"],
      appears: {
        template: isOwn ? "bridge-appears/own-login" : "bridge-appears/chat-relay",
        view: {},
      },
      keeps: { template: "bridge-keeps/mautrix", view: {} },
      carries: true,
      kickEnds: false,
      encrypts: entry.encrypts,
    };
  }

  target(words: readonly string[]): Target {
    return chatTarget(this.#entry, words);
  }

  nameOf({ channel }: Target): string {
    return channel;
  }

  /** No level of its own: with that to kick it puts out whoever has not logged in, and with that to rename the room it does. */
  powers(power: RoomPower): BotPowers {
    return withoutOwnLevel(power, this.bot, ITS_STATE);
  }

  async check({ room }: Link): Promise<void> {
    if (!this.#entry.kickMatrixUsers) return;
    await refuseKicker(this.#deps.matrix, room, this.#entry);
  }

  connect(link: Link, ordering?: () => Promise<void>): Promise<"whole" | "unfinished" | "stood"> {
    return this.#withBot(async (control) => {
      await this.check(link);
      if ((await this.#linkedTo(control, link)) === link.channel) return "stood";
      await ordering?.();
      const reply = answered(await this.#link(control, link), this.#entry);
      const isWhole = this.#entry.mode === "own" || reply.values["relay"] !== undefined;
      return isWhole ? "whole" : "unfinished";
    });
  }

  /** The bridge sets a relay by itself only where its configuration names that one. */
  finish(link: Link): Promise<void> {
    if (this.#entry.mode === "own") return Promise.resolve();
    return this.#withBot(async (control) => {
      const ask = this.#entry.relayLogin === undefined ? "defaultRelay" : "relay";
      answered(await this.#ask(ask, control, link), this.#entry);
    });
  }

  async connected(link: Link): Promise<"come" | "not yet"> {
    if (!(await this.#isHere(link.room)) || !(await this.#isMarked(link.room))) return "not yet";
    return this.#withBot(async (control) => {
      const reply = await this.#ask("id", control, link);
      // A bridge that was stopped in between may yet show it.
      if (isSilence(reply)) return "not yet";
      return answered(reply, this.#entry).values["there"] === link.channel ? "come" : "not yet";
    });
  }

  /** Its bot may have been put out while the bridge still has the link. */
  async disconnect(link: Link): Promise<void> {
    const { room, isOutside = false } = link;
    if (isOutside || (await this.#isHere(room)))
      return this.#withBot((control) => this.#unlink(control, link));
    try {
      await this.#withBot((control) => this.#unlink(control, link));
    } catch (error) {
      // Nothing of it is in the room, and whether the bridge still knows of it, nobody says.
      if (!isNoAnswer(error)) throw error;
    }
  }

  async health(): Promise<Health> {
    return this.#withBot(async (control) => {
      const probed = await this.#say("probe", control, {}, "health");
      if (isSilence(probed)) return { is: "down" };
      if (probed.is === "refused" && probed.phrase.advice === "too-old") return { is: "too-old" };
      if (probed.is !== "done") return { is: "unusable" };
      const { mode, relayLogin: login } = this.#entry;
      if (mode === "own" || login === undefined) return { is: "up" };
      const listed = await this.#say("logins", control, { login }, "health");
      const isUp = listed.is === "done" && listed.values["state"] === "CONNECTED";
      return { is: isUp ? "up" : "unusable" };
    });
  }

  /** Takes the link away where it is this one; another may have come in its place. */
  async #unlink(control: RoomId, link: Link): Promise<void> {
    if ((await this.#linkedTo(control, link)) !== link.channel) return;
    const { room, isOutside = false } = link;
    const over = isOutside ? undefined : this.#gone(room);
    const reply = await this.#ask("unbridge", control, link, over);
    await over;
    const stands = !isOutside && (await this.#isHere(room));
    if (!stands && (await this.#linkedTo(control, link)) !== link.channel) return;
    answered(reply, this.#entry);
    throw new UsherError("bridge-silent", { name: this.#entry.name });
  }

  /** Settles when the bot is not in the room any more, or has taken too long. */
  #gone(room: RoomId): Promise<unknown> {
    const { waiter } = this.#deps;
    return waiter.until({
      ...{ room, concerns: membershipOf(this.bot), ms: this.#asks.unbridge.seconds * 1000 },
      look: () => this.#isHere(room),
      fits: (isHere) => !isHere,
    });
  }

  #link(control: RoomId, link: Link): Promise<Reply> {
    const { mode, relayLogin } = this.#entry;
    if (mode === "own") return this.#ask("bridgeOwn", control, link);
    return this.#ask(relayLogin === undefined ? "bridge" : "bridgeBy", control, link);
  }

  /** The chat with which the bridge says that the room is linked; undefined where with none. */
  async #linkedTo(control: RoomId, link: Link): Promise<string | undefined> {
    return answered(await this.#ask("id", control, link), this.#entry).values["there"];
  }

  async #isHere(room: RoomId): Promise<boolean> {
    return (await membershipIn(this.#deps.matrix, room, this.bot)) === "join";
  }

  async #isMarked(room: RoomId): Promise<boolean> {
    return (await this.#deps.matrix.allState(room)).some((event) => isMark(event, this.bot));
  }

  /** Does something in the room of Usher and the bot, in the bot's turn. */
  #withBot<T>(work: (control: RoomId) => Promise<T>): Promise<T> {
    const { dialogues, rooms } = this.#deps;
    return dialogues.inTurn(this.bot, async () => work(await rooms.with(this.bot)));
  }

  #ask(ask: Bridgev2Ask, control: RoomId, link: Link, over?: Promise<unknown>): Promise<Reply> {
    const { room, channel, person = NOBODY, cause } = link;
    const { relayLogin } = this.#entry;
    const login = relayLogin === undefined ? {} : { login: relayLogin };
    return this.#say(ask, control, { room, channel, person, ...login }, cause, over);
  }

  #say(
    ask: Bridgev2Ask,
    room: RoomId,
    values: Values,
    cause: string,
    over?: Promise<unknown>,
  ): Promise<Reply> {
    const { bot } = this;
    const { prefix } = this.#entry;
    const question = { bot, room, ask: this.#asks[ask], values: { ...values, prefix }, cause };
    return this.#deps.dialogues.ask(over === undefined ? question : { ...question, over });
  }
}
