/**
 * The bare thing that Usher is measured against: matrix-bot-sdk's own client and sync loop, which answers what begins with "!echo"
 * with the words it was given, so that both sides' messages cost the homeserver the same.
 * Prints a line when its first sync is done. Ends with its standard input.
 */
import { createRequire, registerHooks } from "node:module";
import type * as Sdk from "matrix-bot-sdk";

// The SDK needs this package at its first line, also where nothing is encrypted; its binary is not part of npm.
const CRYPTO = "@matrix-org/matrix-sdk-crypto-nodejs";
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === CRYPTO
      ? { url: "bench:empty", format: "commonjs", shortCircuit: true }
      : next(specifier, context),
  load: (url, context, next) =>
    url === "bench:empty"
      ? { format: "commonjs", source: "module.exports = {};", shortCircuit: true }
      : next(url, context),
});
const { LogService, MatrixClient, MemoryStorageProvider } = createRequire(import.meta.url)(
  "matrix-bot-sdk",
) as typeof Sdk;

class Storage extends MemoryStorageProvider {
  override setSyncToken(token: string | null): void {
    if (this.getSyncToken() === null || this.getSyncToken() === undefined)
      process.stdout.write("The echo is ready\n");
    super.setSyncToken(token);
  }
}

const { BENCH_URL = "", BENCH_TOKEN = "", BENCH_USER = "", BENCH_WORDS = "{}" } = process.env;
const words = JSON.parse(BENCH_WORDS) as object;
const nothing = (): void => undefined;
LogService.setLogger({
  trace: nothing,
  debug: nothing,
  info: nothing,
  warn: nothing,
  error: nothing,
});
const client = new MatrixClient(BENCH_URL, BENCH_TOKEN, new Storage());
Object.assign(client, { persistTokenAfterSync: true });

interface Message {
  readonly event_id: string;
  readonly sender: string;
  readonly content: { readonly body?: unknown };
}

client.on("room.message", (room: string, { event_id, sender, content: { body } }: Message) => {
  if (sender === BENCH_USER || typeof body !== "string" || !body.startsWith("!echo")) return;
  client
    .sendMessage(room, {
      ...words,
      msgtype: "m.notice",
      "m.relates_to": { "m.in_reply_to": { event_id } },
    })
    .catch((error: unknown) => process.stderr.write(`${String(error)}\n`));
});
await client.start();
