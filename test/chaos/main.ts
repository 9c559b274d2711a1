import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { SetupFault } from "../harness/fault.ts";
import { startSynapse } from "../harness/synapse.ts";
import { crashAgainAndAgain } from "./crashes.ts";
import { fuzzIntake } from "./fuzzIntake.ts";

/** `npm run chaos`: what the tests do in small, in large. Ends with 1 if anything was lost, done twice, or answered unasked. */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "200" },
    "encrypted-kills": { type: "string", default: "100" },
    messages: { type: "string", default: "1000000" },
    seed: { type: "string", default: String(Date.now() % 1_000_000) },
  },
});
const [kills, messages, seed] = [values.kills, values.messages, values.seed].map(Number) as [number, number, number];
const encryptedKills = Number(values["encrypted-kills"]);

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

function tell(faults: readonly string[]): void {
  for (const fault of faults.slice(0, 50)) say(`  ✗ ${fault}`);
  if (faults.length > 50) say(`  … and ${String(faults.length - 50)} more`);
  if (faults.length > 0) process.exitCode = 1;
}

async function crash(): Promise<void> {
  const synapse = await startSynapse({ progress: say });
  try {
    const progress = (sentence: string): void => {
      if (/[05] of/.test(sentence)) say(`  ${sentence}`);
    };
    const { commands, faults } = await crashAgainAndAgain(synapse, { kills, seed, rooms: 6, progress });
    say(`${String(kills)} kills among ${String(commands)} commands: ${String(faults.length)} faults.`);
    tell(faults);
  } finally {
    await synapse.stop();
  }
}

/** The test of encrypted conversations as it stands, with more kills. */
async function crashEncrypted(): Promise<void> {
  const root = join(import.meta.dirname, "../..");
  const vitest = [join(root, "node_modules/vitest/vitest.mjs"), "run", "--project", "e2e", "test/e2e/crypto/kills.test.ts"];
  const env = { ...process.env, ENCRYPTED_KILLS: String(encryptedKills) };
  const child = spawn(process.execPath, vitest, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
  const [code] = (await once(child, "close")) as [number | null];
  const faults = code === 0 ? [] : ["the test of encrypted conversations failed: see above"];
  say(`${String(encryptedKills)} kills in an encrypted conversation: ${String(faults.length)} faults.`);
  tell(faults);
}

async function fuzz(): Promise<void> {
  let told = 0;
  const progress = (sent: number): void => {
    if (sent - told < messages / 20) return;
    told = sent;
    say(`  ${String(sent)} messages, ${String(Math.round(process.memoryUsage.rss() / 1e6))} MB resident`);
  };
  const { addressed, answered, faults } = await fuzzIntake({ messages, seed, progress });
  say(`${String(messages)} messages, ${String(addressed)} said to Usher, ${String(answered)} answered: ${String(faults.length)} faults.`);
  tell(faults);
}

say(`Seed ${String(seed)}; run the same again with: npm run chaos -- --seed ${String(seed)}`);
try {
  if (kills > 0) await crash();
  if (encryptedKills > 0) await crashEncrypted();
  if (messages > 0) await fuzz();
} catch (error) {
  if (!(error instanceof SetupFault)) throw error;
  say(error.message);
  process.exitCode = 1;
}
