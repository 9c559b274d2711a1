import { parseArgs } from "node:util";
import { median, ms } from "../bench/figures.ts";
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
const [kills, messages, seed] = [values.kills, values.messages, values.seed].map(Number) as [
  number,
  number,
  number,
];
const encryptedKills = Number(values["encrypted-kills"]);

function say(sentence: string): void {
  process.stdout.write(`${sentence}\n`);
}

function tell(faults: readonly string[]): void {
  for (const fault of faults.slice(0, 50)) say(`  ✗ ${fault}`);
  if (faults.length > 50) say(`  … and ${String(faults.length - 50)} more`);
  if (faults.length > 0) process.exitCode = 1;
}

async function crash(encrypted: boolean, kills: number): Promise<void> {
  const synapse = await startSynapse({ progress: say });
  try {
    const progress = (sentence: string): void => {
      if (/[05] of/.test(sentence)) say(`  ${sentence}`);
    };
    const { commands, faults, firstAnswers } = await crashAgainAndAgain(synapse, {
      talks: [{ encrypted }],
      kills,
      seed,
      rooms: 6,
      progress,
    });
    const how = encrypted ? "encrypted commands" : "commands";
    say(
      `${String(kills)} kills among ${String(commands)} ${how}: ${String(faults.length)} faults.`,
    );
    if (firstAnswers.length > 0) {
      const [middle, most] = [ms(median(firstAnswers)), ms(Math.max(...firstAnswers))];
      say(
        `First answer after a start: ${middle} in the median of ${String(firstAnswers.length)}, ${most} at the most.`,
      );
    }
    tell(faults);
  } finally {
    await synapse.stop();
  }
}

async function fuzz(): Promise<void> {
  let told = 0;
  const progress = (sent: number): void => {
    if (sent - told < messages / 20) return;
    told = sent;
    say(
      `  ${String(sent)} messages, ${String(Math.round(process.memoryUsage.rss() / 1e6))} MB resident`,
    );
  };
  const { addressed, answered, faults } = await fuzzIntake({ messages, seed, progress });
  say(
    `${String(messages)} messages, ${String(addressed)} said to Usher, ${String(answered)} answered: ${String(faults.length)} faults.`,
  );
  tell(faults);
}

say(`Seed ${String(seed)}; run the same again with: npm run chaos -- --seed ${String(seed)}`);
try {
  if (kills > 0) await crash(false, kills);
  if (encryptedKills > 0) await crash(true, encryptedKills);
  if (messages > 0) await fuzz();
} catch (error) {
  if (!(error instanceof SetupFault)) throw error;
  say(error.message);
  process.exitCode = 1;
}
