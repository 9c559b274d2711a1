import type { Answer } from "../../../chat/command.ts";
import { membershipOf } from "../../../integrations/eventWaiter.ts";
import { isIn, membershipIn } from "../../../integrations/membership.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { RoomPower } from "../../../matrix/port.ts";
import { levelNeeded, levelOf, POWER_LEVELS } from "../../../matrix/power.ts";
import { withoutOwnLevel } from "../botPowers.ts";
import type {
  BotPowers,
  Connector,
  ConnectorDefinition,
  ConnectorDeps,
  Consent,
  Health,
  Link,
  Target,
} from "../connector.ts";
import { answered } from "../dialogue/answered.ts";
import { IrcApi, isLink, NAMED } from "./api.ts";
import { askerOf } from "../asker.ts";
import type { AppserviceIrcEntry } from "./config.ts";
import { requestOf, REQUEST, type Request } from "./request.ts";
import { folded, ircLowerCase } from "../ircChannel.ts";
import { channelTarget } from "./target.ts";

/** What the bot sends of itself where it is linked. */
const ITS_STATE = [REQUEST, "uk.half-shot.bridge"] as const;

/** How long the bot may take to come into a room or to leave it, and to show a request there; ms. */
const SOON_MS = 10_000;

/**
 * matrix-appservice-irc, by its provisioning API. It takes the word of whoever has its secret for who asks, asks an operator of the channel on IRC for their consent, and says
 * itself what is linked.
 */
export const appserviceIrc: ConnectorDefinition<AppserviceIrcEntry> = {
  open: (entry, deps) => new AppserviceIrc(entry, deps),
};

class AppserviceIrc implements Connector {
  readonly traits = {
    farSide: "IRC",
    puppeting: "automatic",
    relays: { name: true, avatar: false },
    alters: [],
    appears: { template: "bridge-appears/irc-members", view: {} },
    keeps: { template: "bridge-keeps/appservice-irc", view: {} },
    carries: true,
    kickEnds: false,
    encrypts: false,
  } as const;
  readonly rule = [{ kind: "state", type: "m.room.power_levels" }] as const;
  readonly example = "#example";
  readonly bot: AppserviceIrcEntry["bot"];
  readonly consent: Consent;
  readonly #entry: AppserviceIrcEntry;
  readonly #deps: ConnectorDeps;
  readonly #api: IrcApi;

  constructor(entry: AppserviceIrcEntry, deps: ConnectorDeps) {
    const minutes = Math.max(1, Math.round(entry.requestSeconds / 60));
    this.bot = entry.bot;
    this.consent = {
      asked: { template: "bridge-consent/irc-operator", view: { minutes } },
      limitMs: entry.requestSeconds * 1000,
    };
    this.#entry = entry;
    this.#deps = deps;
    this.#api = new IrcApi(entry, deps);
  }

  target(words: readonly string[]): Target {
    return channelTarget(this.#entry.id, words);
  }

  folded(channel: string): string {
    return folded(channel);
  }

  nameOf({ network, channel }: Target): string {
    return network === undefined ? channel : `${channel} on ${network}`;
  }

  /** With a level of its own it would give operators of the channel power in the room. */
  powers(power: RoomPower): BotPowers {
    return withoutOwnLevel(power, this.bot, ITS_STATE);
  }

  async check(link: Link): Promise<void> {
    const server = await this.#api.serverOf(link);
    if (await this.#api.lists(link, server)) return;
    await this.#askerFor(link, [link.person, this.#deps.matrix.me]);
    const { consentBy } = link;
    const operators = await this.#api.operators(link, server);
    const wanted = consentBy === undefined ? undefined : ircLowerCase(consentBy);
    const isThere = operators.some((one) => ircLowerCase(one) === wanted);
    if (isThere || (consentBy === undefined && operators.length === 1)) return;
    throw this.#operatorError(link, operators);
  }

  async connect(link: Link, ordering?: () => Promise<void>): Promise<"whole" | "stood"> {
    const server = await this.#api.serverOf(link);
    await this.#botIsReady(link.room);
    if (await this.#api.lists(link, server)) return "stood";
    const asker = await this.#askerFor(link, [link.person, this.#deps.matrix.me]);
    const operator = link.consentBy ?? (await this.#api.operators(link, server))[0];
    if (operator === undefined) throw this.#operatorError(link, []);
    await ordering?.();
    const answer = await this.#api.link(link, server, { op_nick: operator, user_id: asker });
    // After a crash, the request that stands may be this one.
    const stands = answer.is === "refused" && answer.line.startsWith("IRC_EXISTING_REQUEST");
    const request = stands ? await this.#request(link, server) : undefined;
    const isOurs = request?.status === "pending" && request.by === asker;
    if (answer.is !== "said" && !isOurs) answered(answer, this.#entry);
    await this.#showsRequest(link, server);
    return "whole";
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  async connected(link: Link): Promise<"come" | "not yet"> {
    if ((await this.#membership(link.room)) !== "join") return "not yet";
    let server: string;
    try {
      server = await this.#api.serverOf(link);
      if (await this.#api.lists(link, server)) return "come";
    } catch (error) {
      // It may be started anew while somebody makes up their mind.
      if (isPassing(error)) return "not yet";
      throw error;
    }
    const request = await this.#request(link, server);
    const { name } = this.#entry;
    if (request?.status === "failure") throw new UsherError("bridge-no-consent", { name });
    // A bridge that was started anew does not remember whom it has asked.
    const isOver = request !== undefined && request.ageMs > this.consent.limitMs;
    if (request?.status === "pending" && isOver)
      throw new UsherError("bridge-consent-lost", { name });
    return "not yet";
  }

  health(): Promise<Health> {
    return this.#api.health();
  }

  async disconnect(link: Link): Promise<void> {
    const server = await this.#api.listedServer(link);
    if (server === undefined) return;
    // It cannot unlink a room that it does not see.
    const { room, isOutside = false } = link;
    if (!isOutside && (await this.#membership(room)) !== "join") await this.#comesBack(room);
    const { me } = this.#deps.matrix;
    const asker = isOutside ? me : await this.#askerFor(link, [me, link.person]);
    const answer = await this.#api.unlink(link, server, { user_id: asker });
    const left = await this.#api.links(link.room);
    if (left.some((one) => isLink(one, link.channel, server))) {
      if (answer.is !== "said") answered(answer, this.#entry);
      throw new UsherError("bridge-silent", { name: this.#entry.name });
    }
    // Where nothing else is linked, its bot leaves by itself.
    if (left.length === 0 && !isOutside) await this.#until(room, (membership) => !isIn(membership));
  }

  #operatorError({ network, channel, consentBy }: Target, all: readonly string[]): UsherError {
    const [operators, any] = [all.slice(0, NAMED), all.length > 0];
    const bridge = this.#entry.id;
    return new UsherError("bridge-operator", {
      ...{ bridge, network, channel, consentBy, operators, any },
    });
  }

  async #askerFor({ room }: Link, candidates: readonly (UserId | undefined)[]): Promise<UserId> {
    const power = await this.#deps.matrix.power(room);
    const { user, needed } = askerOf(power, candidates);
    if (user !== undefined) return user;
    throw new UsherError("bridge-asker-power", { name: this.#entry.name, needed });
  }

  /** It says the same of a bot that is not in the room, of one that lacks power, and of its own faults: so the first two are looked at before. */
  async #botIsReady(room: RoomId): Promise<void> {
    const { matrix } = this.#deps;
    const { bot } = this;
    const membership = await this.#until(room, (one) => one === "join");
    // An invited one comes when it is told to link.
    if (!isIn(membership)) throw new UsherError("bridge-absent", { bot });
    await matrix.state(room, POWER_LEVELS, "", "fresh");
    const power = await matrix.power(room);
    const level = levelOf(power, bot);
    const needs = [...ITS_STATE.map((type) => ({ kind: "state", type }) as const), INVITE];
    if (needs.some((need) => level < levelNeeded(power, need, bot)))
      throw new UsherError("bridge-bot-power", { bot, name: this.#entry.name });
  }

  async #comesBack(room: RoomId): Promise<void> {
    await this.#deps.matrix.invite(room, this.bot);
    const membership = await this.#until(room, (one) => one === "join");
    if (membership !== "join") throw new UsherError("bridge-absent", { bot: this.bot });
  }

  /** Until the room shows the request: before that, it shows how an earlier one ended. */
  async #showsRequest({ room, ...target }: Link, server: string): Promise<void> {
    await this.#deps.waiter.until({
      ...{ room, ms: SOON_MS, concerns: ({ sender }) => sender === this.bot },
      look: () => this.#request({ room, ...target }, server),
      fits: (request) => request !== undefined && request.status !== "failure",
    });
  }

  async #request({ room, channel }: Link, server: string): Promise<Request | undefined> {
    const { matrix, clock } = this.#deps;
    return requestOf(await matrix.allState(room), {
      ...{ bot: this.bot, server, channel, now: clock.now() },
    });
  }

  #membership(room: RoomId): Promise<unknown> {
    return membershipIn(this.#deps.matrix, room, this.bot);
  }

  /** Its bot's membership once it fits, or when that takes too long. */
  #until(room: RoomId, fits: (membership: unknown) => boolean): Promise<unknown> {
    const look = (): Promise<unknown> => this.#membership(room);
    const concerns = membershipOf(this.bot);
    return this.#deps.waiter.until({ room, concerns, look, fits, ms: SOON_MS });
  }
}

const INVITE = { kind: "invite" } as const;

/** Whether the bridge did not answer, or does not want to be asked again now. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof UsherError)) return false;
  const { code, view } = error;
  const advice = view["advice"] as Answer | undefined;
  return code === "bridge-silent" || advice?.template === "bridge-advice/too-often";
}
