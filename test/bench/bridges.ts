import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { bodyOf, finalAnswerTo } from "../harness/expect.ts";
import { connectAccount } from "../harness/person.ts";
import { prepareHeisenbridge } from "../harness/peers/heisenbridge.ts";
import { startIrc } from "../harness/peers/irc.ts";
import type { Peer } from "../harness/peers/pythonPeer.ts";
import { startSynapse } from "../harness/synapse.ts";
import { UsherProcess } from "../harness/usherProcess.ts";
import { compared, type Row } from "./figures.ts";
import { makeRooms, residentMb, setStage, stopWith, type Stage } from "./stage.ts";
import { STILL_MS, Typist } from "./typist.ts";

const USHERS = "heisenbridge";
const TYPED = "typedbridge";
const ASKED = "askedbridge";
/** What a linked room says goes to IRC as well, and after a long line heisenbridge writes nothing for up to 6 s: what comes next would be measured with it; ms. */
const QUIET_MS = 6_500;
/** How long each side took, ms. */
class Times {
  readonly usher: number[] = [];
  /** The script by itself. */
  readonly typed: number[] = [];
  /** The script, where it is asked in the room and answers there. */
  readonly asked: number[] = [];
}

/**
 * How long a person waits for `add bridge` and `remove` of a channel of IRC, beside a script that types the same, in turns; then so many rooms at once.
 * Each has a heisenbridge of its own, the real one, with one IRC server: it writes so much to a server in so much time and no more.
 */
export async function bridgeRows(
  { rounds, atOnce }: { readonly rounds: number; readonly atOnce: number },
  say: (sentence: string) => void,
): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "usher-bench-bridges-"));
  const prepared = await Promise.all(
    [USHERS, TYPED, ASKED].map((bot) => prepareHeisenbridge(folder, { bot, people: `${bot}_` })),
  );
  const synapse = await startSynapse({
    progress: say,
    settings: { app_service_config_files: prepared.map(({ registration }) => registration) },
  });
  const running: Peer[] = [];
  const stage = await setStage(synapse, 0);
  const irc = await startIrc(folder);
  running.push(irc);
  for (const [place, bridge] of prepared.entries())
    running.push(
      await bridge.start(synapse.url, place === 0 ? stage.usher.userId : stage.echo.userId),
    );
  const server = `127.0.0.1:${String(irc.port)}`;
  const usher = await preparedUsher(stage, server);
  const typing = await connectAccount(synapse.url, stage.echo);
  const typists = [TYPED, ASKED].map((bot) => new Typist(typing, `@${bot}:usher.test`, server));
  try {
    await usher.start();
    for (const typist of typists) await typist.begin();
    // Usher says what it is where it comes in: that belongs to no command.
    const rooms = await makeRooms(stage, rounds + atOnce + 1);
    // To unlink a room, Usher must be able to put the bot out.
    for (const room of rooms) await stage.person.setLevel(room, stage.usher.userId, 50);
    // The first has the network made known.
    await inTurns(stage, typists, rooms.slice(0, 1));
    say(`${String(rounds)} rooms, one after another …`);
    const [add, remove] = await inTurns(stage, typists, rooms.slice(1, rounds + 1));
    say(`${String(atOnce)} rooms at once …`);
    const many = await manyAtOnce(stage, usher, rooms.slice(rounds + 1));
    return [
      ...comparedRows("add bridge", add),
      ...comparedRows("remove a bridge", remove),
      ...many,
    ];
  } finally {
    if (usher.running) await usher.kill();
    await typing.stop();
    for (const peer of running.toReversed()) await peer.kill();
    await stopWith(stage);
    for (const one of [usher.folder, folder]) await rm(one, { recursive: true, force: true });
  }
}

function comparedRows(what: string, { usher, typed, asked }: Times): readonly Row[] {
  return [
    compared(`${what}, median`, usher, typed, 0.5, 1.2),
    compared(`${what}, p95`, usher, typed, 0.95, undefined),
    compared(`${what}, beside the script asked in the room, median`, usher, asked, 0.5, undefined),
  ];
}

function preparedUsher({ synapse, usher }: Stage, server: string): Promise<UsherProcess> {
  return UsherProcess.prepare({
    ...{ homeserver: synapse.url, account: usher, env: { USHER_LOG_LEVEL: "info" } },
    config: {
      limits: { commandsPerMinute: 100_000 },
      bridges: {
        catalogue: [
          {
            ...{ id: "irc", name: "IRC", connector: "heisenbridge", bot: `@${USHERS}:usher.test` },
            networks: { testnet: { servers: [server], nick: "usher" } },
          },
        ],
      },
    },
  });
}

/** Links and unlinks each room by Usher and by the script in both ways, the order changing from room to room. */
async function inTurns(
  stage: Stage,
  [typed, asked]: readonly Typist[],
  rooms: readonly string[],
): Promise<readonly [Times, Times]> {
  const [add, remove] = [new Times(), new Times()];
  for (const [place, room] of rooms.entries()) {
    const channel = `#${room.replaceAll(/[^a-z0-9]/gi, "").slice(0, 16)}`;
    const byUsher = async (): Promise<void> => {
      add.usher.push(
        await timed(() => answered(stage, room, `add bridge irc ${channel}`, "Linked")),
      );
      await wait(QUIET_MS);
      remove.usher.push(await timed(() => answered(stage, room, `remove ${channel}`, "Unlinked")));
    };
    const byScript = async (): Promise<void> => {
      add.typed.push(await timed(() => typed?.link(room, `${channel}t`)));
      await wait(QUIET_MS);
      remove.typed.push(await timed(() => typed?.unlink(room, `${channel}t`)));
    };
    const byAsked = async (): Promise<void> => {
      add.asked.push(
        await timed(() => asked?.asked(stage.person, room, () => asked.link(room, `${channel}a`))),
      );
      await wait(QUIET_MS);
      remove.asked.push(
        await timed(() =>
          asked?.asked(stage.person, room, () => asked.unlink(room, `${channel}a`)),
        ),
      );
    };
    const sides = [byUsher, byScript, byAsked];
    for (let turn = 0; turn < sides.length; turn += 1) {
      await wait(QUIET_MS);
      await sides[(place + turn) % sides.length]?.();
    }
  }
  return [add, remove];
}

async function timed(work: () => Promise<void> | undefined): Promise<number> {
  const begin = performance.now();
  await work();
  return performance.now() - begin;
}

/** Rejects where the last word on the command does not have these. */
async function answered(
  { person }: Stage,
  room: string,
  command: string,
  words: string,
): Promise<void> {
  const from = person.mark();
  const asked = await person.say(room, `!usher ${command} --yes`);
  const answer = await person.waitFor(finalAnswerTo(asked, person), { from, stillMs: STILL_MS });
  const body = bodyOf(answer);
  if (!body.includes(words)) throw new Error(`${command} was answered: ${body}`);
}

async function manyAtOnce(
  stage: Stage,
  usher: UsherProcess,
  rooms: readonly string[],
): Promise<Row[]> {
  const before = residentMb(usher.pid);
  let most = before;
  const looking = setInterval(() => {
    most = Math.max(most, residentMb(usher.pid));
  }, 500);
  const begin = performance.now();
  const ends = await Promise.allSettled(
    rooms.map((room, place) =>
      answered(stage, room, `add bridge irc #many${String(place)}`, "Linked"),
    ),
  ).finally(() => {
    clearInterval(looking);
  });
  const took = performance.now() - begin;
  const lost = ends.flatMap((end) => (end.status === "rejected" ? [String(end.reason)] : []));
  const mb = (value: number): string => `${value.toFixed(0)} MB`;
  const count = String(rooms.length);
  return [
    {
      ...{ what: `${count} rooms linked at once: not linked`, usher: String(lost.length) },
      ...{ beside: lost[0] ?? "", ratio: "", target: "0" },
    },
    {
      ...{ what: `${count} rooms linked at once: until the last is`, beside: "", ratio: "" },
      ...{ usher: `${(took / 1000).toFixed(0)} s`, target: "" },
    },
    {
      ...{ what: "most resident memory meanwhile, beside before", usher: mb(most) },
      ...{ beside: mb(before), ratio: (most / before).toFixed(2), target: "≤ 1.25" },
    },
  ];
}
