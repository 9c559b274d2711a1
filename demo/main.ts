import { randomBytes } from "node:crypto";
import { parseArgs } from "node:util";
import { SetupFault } from "../test/harness/fault.ts";
import { startSynapse, type Synapse } from "../test/harness/synapse.ts";
import { startUsher, type UsherProcess } from "../test/harness/usherProcess.ts";
import { DemoClock } from "./clock.ts";
import { Files } from "./files.ts";
import { HELP } from "./line.ts";
import { letItPoll } from "./pollBot.ts";
import { DemoPeers } from "./peers.ts";
import { play, showEverything } from "./play.ts";
import { openScreen, type Screen } from "./screen.ts";
import { Stage } from "./stage.ts";

/** A conversation with Usher on a homeserver of its own, in the terminal or through a pipe. What is said is on standard output, all else on standard error. */
const USAGE = `npm run demo [-- --encrypted]

Talk to Usher in this terminal, on a homeserver that runs on this machine alone and is thrown away at the end.
With a pipe, each line is said when Usher has answered the one before. Lines that begin with / steer the demo:

${HELP}`;

/** What this Usher offers beside its own widgets: a bot that runs here too, and a bridge that can. */
function config(pollBot: string, bridge: object): Record<string, unknown> {
  const poll = {
    id: "poll",
    name: "Poll bot",
    user: pollBot,
    description: "Asks the room a question and counts the answers",
    price: "free",
    host: { by: "operator" },
  };
  // Through a pipe lines come faster than any person types, and Usher would take that for a bot talking to a bot.
  return {
    limits: { commandsPerMinute: 100_000 },
    bots: { catalogue: [poll] },
    bridges: { catalogue: [bridge] },
  };
}

const started: { synapse?: Synapse; usher?: UsherProcess; stage?: Stage; peers?: DemoPeers } = {};

function progress(sentence: string): void {
  console.error(sentence);
}

let closing = false;

async function close(): Promise<void> {
  closing = true;
  await started.stage?.close();
  await started.usher?.stop();
  await started.peers?.close();
  await started.synapse?.stop();
}

/** A homeserver that knows the bridge, which does not run yet. */
async function openHomeserver(
  screen: Screen,
): Promise<{ readonly synapse: Synapse; readonly peers: DemoPeers }> {
  const peers = (started.peers = await DemoPeers.prepare({
    tell: (line) => {
      screen.note(line);
    },
  }));
  const settings = { app_service_config_files: [peers.registration] };
  const home = { serverName: "home.test", progress, settings };
  return { synapse: (started.synapse = await startSynapse(home)), peers };
}

async function main(encrypted: boolean): Promise<number> {
  progress("Starting a homeserver …");
  const screen = openScreen();
  const { synapse, peers } = await openHomeserver(screen);
  progress("Starting Usher …");
  const account = await synapse.register(
    synapse.fresh ? "usher" : `usher-${randomBytes(3).toString("hex")}`,
    { displayName: "Usher" },
  );
  const usherId = account.userId;
  peers.serve(synapse.url, usherId);
  const stage = (started.stage = new Stage({ synapse, usherId, encrypted }));
  const [you, guest, pollBot] = await Promise.all(
    ["you", "guest", "poll"].map((name) => stage.call(name)),
  );
  if (you === undefined || guest === undefined || pollBot === undefined)
    throw new Error("somebody did not come");
  letItPoll(pollBot, (error) => {
    if (!closing) console.error(error);
  });
  const usher = await startUsher({
    homeserver: synapse.url,
    account,
    operators: [you.userId],
    config: config(pollBot.userId, peers.entry),
  });
  started.usher = usher;

  const files = new Files((text) => {
    screen.note(text);
  });
  const clock = new DemoClock(usher);
  const whole = { stage, screen, usherId, files, clock, peers };
  showEverything(whole);
  await stage.speakAs(you);
  screen.note(
    "You are @you, with power 100, in the room Demo. With you are @guest (power 0) and, in a moment, Usher (power 50).",
  );
  screen.note("Try: !usher help. Lines that begin with / steer the demo: /help.");
  await stage.goToRoom("Demo", [guest]);

  const died = clock.died().then(() => {
    if (!closing)
      console.error(`Usher ended by itself. Its last words:\n${usher.stderr.slice(-2000)}`);
    return false;
  });
  const signalled = new Promise<boolean>((resolve) => {
    for (const signal of ["SIGTERM", "SIGHUP"] as const) {
      process.once(signal, () => {
        resolve(false);
      });
    }
  });
  const good = await Promise.race([play(whole), died, signalled]);
  screen.close();
  return good ? 0 : 1;
}

const { values } = parseArgs({
  options: {
    encrypted: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});
if (values.help) {
  console.log(USAGE);
} else {
  try {
    process.exitCode = await main(values.encrypted);
  } catch (error) {
    console.error(error instanceof SetupFault ? error.message : error);
    process.exitCode = 1;
  }
  await close();
  process.exit();
}
