import { bodyOf, membership } from "../harness/expect.ts";
import type { Person } from "../harness/person.ts";

/** One answer of the slowest of so many bridges that are set up at once may be long in coming; ms without any progress. */
export const STILL_MS = 600_000;

/**
 * A script that types to a heisenbridge of its own what Usher types to its own, in the same order, each line once the one before is answered. Like Usher it stays in the
 * network's room, where the bridge is connected already, and looks whether it may invite and whether the bot is there, whether the bridge lists the channel, and that
 * the bot has gone. It keeps nothing, tells nobody how far it is, and asks nobody for leave.
 */
export class Typist {
  readonly person: Person;
  readonly #server: string;
  readonly #bot: string;
  #network = "";

  /** `bot`: the bridge's. `server`: "host:port" of the IRC server. */
  constructor(person: Person, bot: string, server: string) {
    this.person = person;
    this.#bot = bot;
    this.#server = server;
  }

  /** Makes the network known, comes into its room, and has the bridge connect. */
  async begin(): Promise<void> {
    const { person } = this;
    const control = await person.createRoom({ invite: [this.#bot], direct: true });
    await person.waitFor(membership(control, this.#bot, "join"));
    await this.#type(control, "ADDNETWORK testnet", /Network added/);
    const [host = "", port = ""] = this.#server.split(":");
    await this.#type(control, `ADDSERVER testnet ${host} ${port}`, /Server added/);
    const from = person.mark();
    await person.say(control, "OPEN testnet");
    const invited = await person.waitFor(
      ({ type, stateKey, sender, content }) =>
        type === "m.room.member" &&
        stateKey === person.userId &&
        sender === this.#bot &&
        content["membership"] === "invite",
      { from },
    );
    this.#network = invited.roomId;
    await person.join(this.#network);
    // One that another has already would be asked for again and again.
    await this.#type(this.#network, `NICK ${this.#bot.slice(1, 6)}`, /Nickname set/);
    await this.#type(this.#network, "CONNECT", /MOTD/);
  }

  async link(room: string, channel: string): Promise<void> {
    const { person } = this;
    const [levels, bot] = await Promise.all([
      person.state(room, "m.room.power_levels"),
      person.state(room, "m.room.member", this.#bot),
    ]);
    if (levels === undefined || bot?.["membership"] === "join") throw new Error("no room for it");
    // It comes when it is told to.
    await person.invite(room, this.#bot);
    await this.#type(this.#network, `PLUMB ${room} ${channel}`, /: Joined #\S+ as/);
    await this.#type(this.#network, "STATUS", new RegExp(`Plumbs: .*${channel}`, "i"));
    const now = await person.state(room, "m.room.member", this.#bot);
    if (now?.["membership"] !== "join") throw new Error("it has not come");
  }

  async unlink(room: string, channel: string): Promise<void> {
    await this.#type(this.#network, `UNPLUMB ${channel}`, /You left/);
    const now = await this.person.state(room, "m.room.member", this.#bot);
    if (now?.["membership"] === "join") throw new Error("it has stayed");
  }

  /** The same where somebody asks for it in the room, and is answered there: the least that a bot could be. */
  async asked(asker: Person, room: string, work: () => Promise<void>): Promise<void> {
    const [heardFrom, from] = [this.person.mark(), asker.mark()];
    const asked = await asker.say(room, "!script");
    await this.person.waitFor(({ eventId }) => eventId === asked, { from: heardFrom });
    await work();
    const answer = await this.person.say(room, "Done.", {
      ...{ replyTo: asked, msgtype: "m.notice" },
    });
    await asker.waitFor(({ eventId }) => eventId === answer, { from });
  }

  async #type(room: string, line: string, wanted: RegExp): Promise<void> {
    const from = this.person.mark();
    await this.person.say(room, line);
    await this.person.waitFor(
      (event) => event.roomId === room && event.sender === this.#bot && wanted.test(bodyOf(event)),
      { from, stillMs: STILL_MS },
    );
  }
}
