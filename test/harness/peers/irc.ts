import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { patiently, progress } from "../patience.ts";
import { freePort } from "../synapse.ts";
import { startPeer, type Peer } from "./pythonPeer.ts";

/** An IRC server on loopback. */
export interface IrcNetwork extends Peer {
  readonly port: number;
}

export async function startIrc(cwd: string, at?: number): Promise<IrcNetwork> {
  const port = at ?? (await freePort());
  const args = ["--address", "127.0.0.1", "--port", String(port)];
  return { port, ...(await startPeer({ module: "irc_server", args, cwd, port })) };
}

/** Somebody on IRC. */
export class IrcPerson {
  /** Every line that came from the server. */
  readonly lines: string[] = [];
  readonly #socket: Socket;
  readonly #waiting = new Set<() => void>();
  readonly #listeners = new Set<(line: string) => void>();

  private constructor(socket: Socket) {
    this.#socket = socket;
    let rest = "";
    socket.on("data", (chunk) => {
      const pieces = (rest + chunk.toString()).split(/\r?\n/);
      rest = pieces.pop() ?? "";
      for (const line of pieces) this.#take(line);
    });
  }

  static async join(
    network: Pick<IrcNetwork, "port">,
    nick: string,
    channel: string,
  ): Promise<IrcPerson> {
    const socket = connect(network.port, "127.0.0.1");
    await once(socket, "connect");
    const person = new IrcPerson(socket);
    person.send(`NICK ${nick}`, `USER ${nick} 0 * :${nick}`);
    await person.hear(/ 001 /);
    person.send(`JOIN ${channel}`);
    await person.hear(new RegExp(`JOIN :?${channel}`));
    return person;
  }

  send(...lines: readonly string[]): void {
    for (const line of lines) this.#socket.write(`${line}\r\n`);
  }

  say(channel: string, text: string): void {
    this.send(`PRIVMSG ${channel} :${text}`);
  }

  /** Tells of each line from now on. */
  listen(listener: (line: string) => void): void {
    this.#listeners.add(listener);
  }

  /** The first line like that, of those that came and those that will. */
  hear(wanted: RegExp): Promise<string> {
    const { promise, resolve } = Promise.withResolvers<string>();
    const look = (): void => {
      const line = this.lines.find((one) => wanted.test(one));
      if (line === undefined) return;
      this.#waiting.delete(look);
      resolve(line);
    };
    this.#waiting.add(look);
    look();
    return patiently(promise, () => `${String(wanted)} on IRC; heard ${this.lines.join("\n")}`);
  }

  leave(): void {
    this.#socket.destroy();
  }

  #take(line: string): void {
    progress();
    if (line.startsWith("PING")) this.send(line.replace("PING", "PONG"));
    this.lines.push(line);
    for (const listener of this.#listeners) listener(line);
    for (const look of this.#waiting) look();
  }
}

/** Where people of a bridge are who are not on Matrix. */
export interface FarSide {
  /** Resolves when this has arrived there. */
  arrives(text: string): Promise<void>;
  /** Somebody there says this. */
  says(room: string, text: string): Promise<void>;
}

/** A channel, as somebody in it hears it. */
export function farSideOnIrc(person: IrcPerson, channel: string): FarSide {
  return {
    arrives: async (text) => {
      await person.hear(new RegExp(`PRIVMSG ${channel} :.*${text}`));
    },
    says: (_, text) => {
      person.say(channel, text);
      return Promise.resolve();
    },
  };
}
