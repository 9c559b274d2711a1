import { randomBytes } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { freePort } from "../synapse.ts";
import { startPeer, type Peer } from "./pythonPeer.ts";

export const MAUTRIX_TELEGRAM_PACKAGES = join(
  import.meta.dirname,
  "mautrixTelegram.requirements.txt",
);

/** A mautrix-telegram that has not been started: its homeserver must know its registration first. */
export interface MautrixTelegram {
  readonly registration: string;
  readonly bot: string;
  /** For the homeserver at this address, taking orders from this account. Without Telegram, of which it finds no chat. */
  start(homeserver: string, admin: string): Promise<Peer>;
}

/** Writes its registration into the folder, where it lives. */
export async function prepareMautrixTelegram(folder: string): Promise<MautrixTelegram> {
  const port = await freePort();
  const url = `http://127.0.0.1:${String(port)}`;
  const [as_token, hs_token] = [1, 2].map(() => randomBytes(32).toString("hex"));
  const localpart = "tgbot";
  const users = [
    { regex: "@tgghost_.*:usher\\.test", exclusive: true },
    { regex: `@${localpart}:usher\\.test`, exclusive: true },
  ];
  const registration = join(folder, "mautrix-telegram-registration.json");
  const words = { id: "mautrix-telegram", url, as_token, hs_token, rate_limited: false };
  const namespaces = { users, aliases: [], rooms: [] };
  await writeFile(
    registration,
    JSON.stringify({ ...words, sender_localpart: "tgservice", namespaces }),
    { mode: 0o600 },
  );
  return {
    registration,
    bot: `@${localpart}:usher.test`,
    start: async (homeserver, admin) => {
      // JSON is YAML. What is left out is as in its own example.
      const config = {
        homeserver: { address: homeserver, domain: "usher.test" },
        appservice: {
          ...{ address: url, hostname: "127.0.0.1", port, database: "sqlite:telegram.db" },
          ...{ id: words.id, bot_username: localpart, bot_avatar: "", as_token, hs_token },
          provisioning: { enabled: false },
        },
        bridge: {
          ...{ username_template: "tgghost_{userid}", command_prefix: "!tg" },
          permissions: { "*": "relaybot", [admin]: "admin" },
        },
        // Another id than that of the example, which it refuses.
        telegram: { api_id: 1, api_hash: "none", bot_token: "disabled" },
        logging: {
          version: 1,
          handlers: { console: { class: "logging.StreamHandler" } },
          root: { level: "INFO", handlers: ["console"] },
        },
      };
      const file = join(folder, "mautrix-telegram.json");
      await writeFile(file, JSON.stringify(config), { mode: 0o600 });
      return startPeer({
        ...{ module: "mautrix_telegram.__main__", args: ["-n", "-c", file], cwd: folder, port },
        requirements: MAUTRIX_TELEGRAM_PACKAGES,
      });
    },
  };
}
