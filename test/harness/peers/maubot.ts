import { randomBytes } from "node:crypto";
import { writeFile, mkdir } from "node:fs/promises";
import { join } from "node:path";
import { buffer } from "node:stream/consumers";
import { ZipFile } from "yazl";
import { SetupFault } from "../fault.ts";
import { freePort, type Account } from "../synapse.ts";
import { startPeer, type Peer } from "./pythonPeer.ts";

export const MAUBOT_PACKAGES = join(import.meta.dirname, "maubot.requirements.txt");
const ADMIN = "admin";

/** The plugin that tests upload: it answers `!parrot <words>` with the words. */
export const PARROT = "org.example.parrot";
const META = `maubot: 0.1.0
id: ${PARROT}
version: 1.2.3
license: MIT
modules: [parrot]
main_class: Parrot
`;
const CODE = `from maubot import Plugin, MessageEvent
from maubot.handlers import command
class Parrot(Plugin):
    @command.passive("^!parrot (.+)$")
    async def parrot(self, evt: MessageEvent, match) -> None:
        await evt.respond("parrot: " + match[1])
`;

/** A real maubot with the plugin in it. */
export class MaubotPeer {
  readonly url: string;
  readonly user = ADMIN;
  readonly password = randomBytes(12).toString("hex");
  readonly #folder: string;
  readonly #port: number;
  #peer: Peer | undefined;

  private constructor(folder: string, port: number) {
    this.#folder = folder;
    this.#port = port;
    this.url = `http://127.0.0.1:${String(port)}/_matrix/maubot/v1`;
  }

  /** In this folder, which lives longer than it. */
  static async begin(folder: string): Promise<MaubotPeer> {
    const maubot = new MaubotPeer(folder, await freePort());
    for (const name of ["plugins", "trash"]) await mkdir(join(folder, name), { recursive: true });
    await writeFile(join(folder, "config.yaml"), JSON.stringify(maubot.#configuration()));
    await maubot.start();
    const zip = new ZipFile();
    zip.addBuffer(Buffer.from(META), "maubot.yaml");
    zip.addBuffer(Buffer.from(CODE), "parrot.py");
    zip.end();
    await maubot.#ask("POST", "plugins/upload", await buffer(zip.outputStream));
    return maubot;
  }

  async start(): Promise<void> {
    const args = ["-c", "config.yaml"];
    const where = { cwd: this.#folder, port: this.#port, requirements: MAUBOT_PACKAGES };
    this.#peer = await startPeer({ module: "maubot.__main__", args, ...where });
  }

  /** Ends it at once, as a crash would. */
  async kill(): Promise<void> {
    await this.#peer?.kill();
  }

  /** Has it run this account. */
  async add(homeserver: string, account: Account, { autojoin }: { autojoin: boolean }) {
    const { accessToken: access_token, deviceId: device_id } = account;
    const flags = { enabled: true, sync: true, autojoin, online: false };
    const names = { displayname: "disable", avatar_url: "disable" };
    const client = { homeserver, access_token, device_id, ...flags, ...names };
    await this.#ask("POST", "client/new", JSON.stringify(client));
  }

  async instances(): Promise<readonly { readonly id: string; readonly primary_user: string }[]> {
    return (await this.#ask("GET", "instances")) as { id: string; primary_user: string }[];
  }

  /** Has the plugin run for this account. */
  async run(id: string, user: string): Promise<void> {
    const instance = { type: PARROT, primary_user: user, enabled: true };
    await this.#ask("PUT", `instance/${id}`, JSON.stringify(instance));
  }

  async #ask(method: string, path: string, body?: string | Buffer): Promise<unknown> {
    const login = await fetch(`${this.url}/auth/login`, {
      method: "POST",
      body: JSON.stringify({ username: this.user, password: this.password }),
    });
    const { token } = (await login.json()) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    const sent = body === undefined ? {} : { body: new Uint8Array(Buffer.from(body)) };
    const answer = await fetch(`${this.url}/${path}`, { method, headers, ...sent });
    if (!answer.ok)
      throw new SetupFault(
        `maubot: ${method} ${path}: ${String(answer.status)} ${await answer.text()}`,
      );
    return answer.json();
  }

  #configuration(): object {
    const plugins = join(this.#folder, "plugins");
    return {
      database: `sqlite:${join(this.#folder, "maubot.db")}`,
      plugin_directories: { upload: plugins, load: [plugins], trash: join(this.#folder, "trash") },
      plugin_databases: { sqlite: plugins },
      server: { hostname: "127.0.0.1", port: this.#port, unshared_secret: "generate" },
      admins: { [this.user]: this.password },
      homeservers: {},
      logging: {
        version: 1,
        formatters: { plain: { format: "%(asctime)s %(levelname)s %(name)s %(message)s" } },
        handlers: { console: { class: "logging.StreamHandler", formatter: "plain" } },
        root: { level: "INFO", handlers: ["console"] },
      },
    };
  }
}
