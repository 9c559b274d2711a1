import { z } from "zod";
import { membershipOf } from "../../../integrations/eventWaiter.ts";
import { isIn, membershipIn } from "../../../integrations/membership.ts";
import { UsherError } from "../../../kernel/errors.ts";
import type { RoomId, UserId } from "../../../kernel/ids.ts";
import type { RoomPower } from "../../../matrix/port.ts";
import { askerOf } from "../asker.ts";
import { withoutOwnLevel } from "../botPowers.ts";
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
import { answered } from "../dialogue/answered.ts";
import { withChanges } from "../dialogue/wording.ts";
import { ProvisioningClient, type Answered } from "../provisioning/client.ts";
import type { AppserviceSlackEntry } from "./config.ts";
import { APPSERVICE_SLACK, type AppserviceSlackAsk } from "./wording.ts";

const DONE = z.object({});
/** What of a link is read. */
const LINKED = z.object({
  slack_channel_id: z.string().nullish(),
  team_id: z.string().nullish(),
  status: z.string().catch(""),
});

/** How long its bot may take to leave a room; ms. */
const SOON_MS = 10_000;

/** What is to be taken away, finished or not. */
const OURS: ReadonlySet<string> = new Set(["this", "begun"]);

/** As Slack names its workspaces and channels. */
const TEAM = /^[TE][A-Z0-9]{2,30}$/;
const CHANNEL = /^[CG][A-Z0-9]{2,30}$/;
const EXAMPLE = "T0123ABCD C0123ABCD";

/** matrix-appservice-slack, by its provisioning API. It takes the word of whoever has its secret for who asks, and says itself what is linked; in the room it says nothing. */
export const appserviceSlack: ConnectorDefinition<AppserviceSlackEntry> = {
  open: (entry, deps) => new AppserviceSlack(entry, deps),
};

class AppserviceSlack implements Connector {
  readonly rule = [{ kind: "state", type: "m.room.power_levels" }] as const;
  readonly example = EXAMPLE;
  readonly bot: AppserviceSlackEntry["bot"];
  readonly traits: BridgeTraits;
  readonly #entry: AppserviceSlackEntry;
  readonly #deps: ConnectorDeps;
  readonly #client: ProvisioningClient;
  readonly #asks;

  constructor(entry: AppserviceSlackEntry, deps: ConnectorDeps) {
    const { id, name, provisioning, wording } = entry;
    this.bot = entry.bot;
    this.#entry = entry;
    this.#deps = deps;
    this.#client = new ProvisioningClient({ ...deps, id, name, url: provisioning.url });
    this.#asks = withChanges(APPSERVICE_SLACK, wording).asks;
    this.traits = {
      farSide: name,
      puppeting: "manual",
      relays: { name: true, avatar: true },
      alters: [],
      appears: { template: "bridge-appears/chat-relay", view: {} },
      keeps: { template: "bridge-keeps/mautrix", view: {} },
      carries: false,
      kickEnds: false,
      encrypts: false,
      keptUp: false,
    };
  }

  target([network = "", channel = "", ...more]: readonly string[]): Target {
    if (TEAM.test(network) && CHANNEL.test(channel) && more.length === 0)
      return { network, channel };
    throw new UsherError("bridge-target-slack", { bridge: this.#entry.id, example: EXAMPLE });
  }

  nameOf({ network = "", channel }: Target): string {
    return `${channel} on ${network}`;
  }

  powers(power: RoomPower): BotPowers {
    return withoutOwnLevel(power, this.bot, []);
  }

  async check({ room, person }: Link): Promise<void> {
    await this.#asker(room, [person, this.#deps.matrix.me]);
  }

  async connect(link: Link, ordering?: () => Promise<void>): Promise<"whole" | "stood"> {
    const { room, channel: channel_id, network: team_id, person } = link;
    if ((await this.#linkedTo(link)) === "this") return "stood";
    const user_id = await this.#asker(room, [person, this.#deps.matrix.me]);
    await ordering?.();
    await this.#say("link", { matrix_room_id: room, channel_id, team_id, user_id });
    return "whole";
  }

  finish(): Promise<void> {
    return Promise.resolve();
  }

  async connected(link: Link): Promise<"come" | "not yet"> {
    if ((await this.#membership(link.room)) !== "join") return "not yet";
    return (await this.#linkedTo(link)) === "this" ? "come" : "not yet";
  }

  async disconnect(link: Link): Promise<void> {
    const { room, person, isOutside = false } = link;
    if (!OURS.has(await this.#linkedTo(link))) return;
    const { me } = this.#deps.matrix;
    const user_id = isOutside ? me : await this.#asker(room, [me, person]);
    await this.#say("unlink", { matrix_room_id: room, user_id });
    if (OURS.has(await this.#linkedTo(link)))
      throw new UsherError("bridge-silent", { name: this.#entry.name });
    if (isOutside) return;
    await this.#deps.waiter.until({
      ...{ room, ms: SOON_MS, concerns: membershipOf(this.bot) },
      look: () => this.#membership(room),
      fits: (membership) => !isIn(membership),
    });
  }

  async health(): Promise<Health> {
    try {
      const answer = await this.#client.ask({ ask: this.#asks.bot, body: {} }, DONE);
      return { is: answer.is === "said" ? "up" : "unusable" };
    } catch (error) {
      if (!(error instanceof UsherError)) throw error;
      return { is: error.code === "bridge-silent" ? "down" : "unusable" };
    }
  }

  /** What the bridge says that the room is linked with. One that it has not finished is none yet. */
  async #linkedTo({
    room,
    channel,
    network,
    person,
    isOutside = false,
  }: Link): Promise<"this" | "begun" | "another" | "nothing"> {
    const { me } = this.#deps.matrix;
    const { user = me } = isOutside
      ? { user: me }
      : askerOf(await this.#deps.matrix.power(room), [me, person]);
    const body = { matrix_room_id: room, user_id: user };
    const answer = await this.#client.ask({ ask: this.#asks.linked, body }, LINKED);
    if (answer.is !== "said") {
      answered(answer, this.#entry);
      return "nothing";
    }
    const { slack_channel_id: there, team_id: team, status } = answer.value;
    if (there !== channel || (team ?? network) !== network) return "another";
    return status === "ready" ? "this" : "begun";
  }

  async #say(ask: AppserviceSlackAsk, body: object): Promise<void> {
    const answer: Answered<object> = await this.#client.ask({ ask: this.#asks[ask], body }, DONE);
    if (answer.is !== "said") answered(answer, this.#entry);
  }

  async #asker(room: RoomId, candidates: readonly (UserId | undefined)[]): Promise<UserId> {
    const { user, needed } = askerOf(await this.#deps.matrix.power(room), candidates);
    if (user !== undefined) return user;
    throw new UsherError("bridge-asker-power", { name: this.#entry.name, needed });
  }

  #membership(room: RoomId): Promise<unknown> {
    return membershipIn(this.#deps.matrix, room, this.bot);
  }
}
