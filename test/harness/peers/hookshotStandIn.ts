import { bodyOf } from "../expect.ts";
import { startTestServer, type TestServer } from "../httpServer.ts";
import type { SeenEvent } from "../observed.ts";
import { connectAccount, type Person } from "../person.ts";
import type { Account } from "../synapse.ts";
import { HookshotPeer } from "./hookshot.ts";
import type { HookshotHands } from "./hookshotHands.ts";

/** A hookshot on a real homeserver: an account for its bot, and its widget API on loopback. */
export class HookshotStandIn {
  readonly peer: HookshotPeer;
  readonly bot: Person;
  readonly server: TestServer;
  readonly #failures: unknown[] = [];
  readonly #heard = new Set<string>();
  readonly #unlisten: () => void;
  #turn: Promise<void> = Promise.resolve();

  private constructor(bot: Person, peer: HookshotPeer, server: TestServer) {
    this.bot = bot;
    this.peer = peer;
    this.server = server;
    this.#unlisten = bot.listen((event) => {
      this.#turn = this.#turn
        .then(() => this.#hear(event))
        .catch((error: unknown) => {
          this.#failures.push(error);
        });
    });
  }

  static async begin(homeserver: string, account: Account): Promise<HookshotStandIn> {
    const bot = await connectAccount(homeserver, account);
    const peer = new HookshotPeer(handsOf(homeserver, bot));
    const server = await startTestServer((request) => peer.asked(request));
    return new HookshotStandIn(bot, peer, server);
  }

  /** Stops; rejects if anything it tried has failed. */
  async stop(): Promise<void> {
    this.#unlisten();
    await this.#turn;
    await this.server[Symbol.asyncDispose]();
    await this.bot.stop();
    if (this.#failures.length > 0) throw new AggregateError(this.#failures, "hookshot failed");
  }

  async #hear(event: SeenEvent): Promise<void> {
    const { type, stateKey, content, roomId: room, sender } = event;
    const { userId } = this.bot;
    if (type === "m.room.member" && stateKey === userId) {
      const { membership } = content;
      const direct = content["is_direct"] === true;
      if (membership === "invite") await this.peer.invited(room, sender, direct);
      if (membership === "leave" || membership === "ban") this.peer.out(room);
    } else if (stateKey !== undefined) {
      await this.peer.stateSet(room, sender, [type, stateKey], content);
    } else if (type === "m.room.message" && sender !== userId) {
      // Of a room that it comes into again it is shown what it has seen there before.
      if (this.#heard.has(event.eventId)) return;
      this.#heard.add(event.eventId);
      await this.peer.said(room, sender, event.eventId, bodyOf(event));
    }
  }
}

function handsOf(homeserver: string, bot: Person): HookshotHands {
  return {
    bot: bot.userId,
    state: (room, type, key) => bot.state(room, type, key),
    creators: async (room) => {
      const create = (await bot.allState(room)).find(({ type }) => type === "m.room.create");
      return Number(create?.content["room_version"] ?? 1) >= 12 ? [create?.sender ?? ""] : [];
    },
    setState: (room, type, content, key) => bot.setState(room, type, content, key),
    join: (room) => bot.join(room),
    leave: (room) => bot.leave(room),
    say: (room, body) => bot.send(room, "m.room.message", { msgtype: "m.notice", body }),
    chat: async (user) => {
      const options = { is_direct: true, invite: [user], preset: "trusted_private_chat" };
      return (await bot.api.call<{ room_id: string }>("POST", "/createRoom", options)).room_id;
    },
    react: (room, event, key) => bot.react(room, event, key),
    userOf: async (token) => {
      const path = `/_matrix/federation/v1/openid/userinfo?access_token=${encodeURIComponent(token)}`;
      const answer = await fetch(new URL(path, homeserver));
      return answer.ok ? ((await answer.json()) as { readonly sub: string }).sub : undefined;
    },
  };
}
