import {
  startTestServer,
  type SeenRequest,
  type TestAnswer,
  type TestServer,
} from "../httpServer.ts";
import type { SeenEvent } from "../observed.ts";
import { bodyOf } from "../expect.ts";
import { connectPerson, type Person } from "../person.ts";
import type { Synapse } from "../synapse.ts";
import { Powers } from "./powers.ts";

const DOMAIN = "irc.test";
const NETWORK = "testnet";
const BASE = "/_matrix/provision/";
export const SECRET = "a-secret-of-irc";

/** A request that an operator of a channel has not answered. */
interface Pending {
  readonly room: string;
  readonly channel: string;
  readonly user: string;
}

/**
 * Plays a matrix-appservice-irc: its provisioning API, an account for its bot and one for somebody of IRC. It answers word for word what it was seen to answer, acts on rooms as it does,
 * and does not know that creators of rooms may do all.
 */
export class AppserviceIrc {
  readonly bot: Person;
  readonly ghost: Person;
  /** Who may allow a link, by channel. */
  readonly operators = new Map([["#plumbed", ["oper"]]]);
  /** What an operator does when asked. */
  consents: "yes" | "nothing" = "yes";
  /** What it answers instead, by the last word of the path. */
  readonly odd = new Map<string, TestAnswer>();
  /** What has arrived on IRC. */
  readonly arrived: string[] = [];
  /** What has not been done yet of what comes after an answer. */
  settled: Promise<void> = Promise.resolve();
  readonly #links = new Map<string, Set<string>>();
  /** By operator: one is asked one thing at a time. */
  readonly #pending = new Map<string, Pending>();
  readonly #failures: unknown[] = [];
  readonly #unlisten: () => void;
  #server: TestServer | undefined;
  #turn: Promise<void> = Promise.resolve();

  private constructor(bot: Person, ghost: Person) {
    this.bot = bot;
    this.ghost = ghost;
    this.#unlisten = bot.listen((event) => {
      this.#turn = this.#turn.then(() => this.#hear(event)).catch(this.#failed);
    });
  }

  static async begin(synapse: Synapse): Promise<AppserviceIrc> {
    const [bot, ghost] = await Promise.all([
      connectPerson(synapse, "appservice-irc"),
      connectPerson(synapse, "ircb-oper"),
    ]);
    const bridge = new AppserviceIrc(bot, ghost);
    bridge.#server = await startTestServer((request) => bridge.#asked(request));
    return bridge;
  }

  /** Its entry of the catalogue. */
  entry(secretFile: string, more: object = {}): object {
    const { userId: bot } = this.bot;
    const provisioning = { url: this.#server?.url, secretFile };
    return { id: "oftc", name: "OFTC", connector: "appservice-irc", bot, provisioning, ...more };
  }

  /** What this room is linked with. */
  linked(room: string): readonly string[] {
    return [...(this.#links.get(room) ?? [])];
  }

  /** An operator of a channel says yes, or has let the time pass. */
  async decides(nick: string, yes: boolean): Promise<void> {
    const request = this.#pending.get(nick);
    if (request === undefined) throw new Error(`${nick} was not asked`);
    this.#pending.delete(nick);
    await (yes ? this.#link(request) : this.#tell(request, "failure"));
  }

  /** It is started anew, and forgets whom it has asked. */
  restart(): void {
    this.#pending.clear();
  }

  /** Resolves when this has arrived on IRC; rejects where it was heard, and did not. */
  async hears(text: string): Promise<void> {
    await this.bot.waitFor((event) => bodyOf(event).includes(text), { what: text });
    await this.#turn;
    if (!this.arrived.some((one) => one.includes(text)))
      throw new Error(`"${text}" was not bridged: ${this.arrived.join(" / ")}`);
  }

  /** Stops; rejects if anything it tried has failed. */
  async stop(): Promise<void> {
    this.#unlisten();
    await this.#server?.[Symbol.asyncDispose]();
    await Promise.all([this.bot.stop(), this.ghost.stop()]);
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, "the bridge failed");
  }

  readonly #failed = (error: unknown): void => {
    this.#failures.push(error);
  };

  async #hear({ type, stateKey, content, roomId, sender }: SeenEvent): Promise<void> {
    const { userId: bot } = this.bot;
    if (type === "m.room.member" && stateKey === bot && content["membership"] === "invite")
      await this.bot.join(roomId);
    if (type !== "m.room.message" || [bot, this.ghost.userId].includes(sender)) return;
    if (this.#links.has(roomId)) this.arrived.push(`${sender}: ${String(content["body"])}`);
  }

  async #asked({ method, path, headers, body }: SeenRequest): Promise<TestAnswer> {
    const [what = "", room = ""] = path.slice(BASE.length).split("/").map(decodeURIComponent);
    const odd = this.odd.get(what);
    if (odd !== undefined) return odd;
    if (headers.authorization === undefined)
      return refusal(401, "M_AS_BAD_TOKEN", "No Authorization header");
    // Word for word.
    if (headers.authorization !== `Bearer ${SECRET}`)
      return refusal(500, "M_AS_UNKNOWN", "An internal error occured");
    const said = (body ?? {}) as Readonly<Record<string, string>>;
    const channel = said["remote_room_channel"] ?? "";
    const wanted = { room: said["matrix_room_id"] ?? "", channel, user: said["user_id"] ?? "" };
    switch (`${method} ${what}`) {
      case "GET querynetworks":
        return { json: { servers: [{ network_id: NETWORK, fields: { domain: DOMAIN } }] } };
      case "GET listlinks":
        return {
          json: this.linked(room).map((one) => ({
            ...{ matrix_room_id: room, remote_room_channel: one, remote_room_server: DOMAIN },
          })),
        };
      case "POST querylink":
        return { json: { operators: this.operators.get(channel) ?? [] } };
      case "POST link":
        return this.#requested(wanted, said["op_nick"] ?? "");
      case "POST unlink":
        return this.#unlink(wanted);
      default:
        return { status: 404, text: "Cannot GET" };
    }
  }

  async #requested(request: Pending, nick: string): Promise<TestAnswer> {
    const { room, channel, user } = request;
    const powers = await this.#powers(room);
    if (powers === undefined || powers.own < powers.needed("m.room.bridging"))
      return refusal(500, "M_AS_UNKNOWN", "An internal error occurred");
    if (powers.of(user) < powers.needed("m.room.power_levels"))
      return refusal(403, "IRC_NOT_ENOUGH_POWER", "User does not possess high enough power level");
    if (!this.operators.has(channel) || this.operators.get(channel)?.includes(nick) !== true)
      return refusal(400, "IRC_BAD_OPERATOR_TARGET", `Provided user is not in channel ${channel}.`);
    if (this.linked(room).includes(channel))
      return refusal(409, "IRC_EXISTING_MAPPING", "Room mapping already exists");
    if (this.#pending.has(nick)) {
      const words = `Bridging request already sent to ${nick} on ${DOMAIN} from ${user}`;
      return refusal(409, "IRC_EXISTING_REQUEST", words);
    }
    this.#pending.set(nick, request);
    await this.#tell(request, "pending");
    if (this.consents === "yes") this.settled = this.decides(nick, true).catch(this.#failed);
    return { json: {} };
  }

  /** It lists the link at once; ghosts come, and what it says of itself comes last. */
  async #link(request: Pending): Promise<void> {
    const { bot, ghost } = this;
    const { room, channel } = request;
    this.#links.set(room, new Set([...this.linked(room), channel]));
    await bot.invite(room, ghost.userId);
    await ghost.join(room);
    const powers = await this.#powers(room);
    if (powers !== undefined && powers.own >= powers.needed("m.room.power_levels"))
      await bot.setLevel(room, ghost.userId, 50);
    await this.#tell(request, "success");
    const content = { bridgebot: bot.userId, protocol: { id: "irc" }, channel: { id: channel } };
    const key = `org.matrix.appservice-irc:/${NETWORK}/${channel}`;
    await bot.setState(room, "uk.half-shot.bridge", content, key);
  }

  /** Both leave at once, and what it said of itself stays. */
  async #unlink({ room, channel, user }: Pending): Promise<TestAnswer> {
    await this.settled;
    const links = this.#links.get(room);
    if (links?.has(channel) !== true)
      return refusal(404, "IRC_UNKNOWN_ROOM", "Provisioned room mapping does not exist");
    const powers = await this.#powers(room);
    if (powers === undefined) return refusal(500, "M_AS_UNKNOWN", "An internal error occurred");
    if (powers.of(user) < powers.needed("m.room.power_levels"))
      return refusal(403, "IRC_NOT_ENOUGH_POWER", `${user} does not have enough power in the room`);
    links.delete(channel);
    if (links.size > 0) return { json: {} };
    this.#links.delete(room);
    this.settled = Promise.all([this.ghost.leave(room), this.bot.leave(room)])
      .then(() => undefined)
      .catch(this.#failed);
    return { json: {} };
  }

  async #tell({ room, channel, user }: Pending, status: string): Promise<void> {
    const content = { user_id: user, status };
    await this.bot.setState(room, "m.room.bridging", content, `irc://${DOMAIN}/${channel}`);
  }

  /** Undefined where it is not let in. */
  async #powers(room: string): Promise<Powers | undefined> {
    try {
      await this.bot.join(room);
    } catch {
      return undefined;
    }
    return new Powers((await this.bot.state(room, "m.room.power_levels")) ?? {}, this.bot.userId);
  }
}

function refusal(status: number, errcode: string, error: string): TestAnswer {
  return { status, json: { errcode, error } };
}
