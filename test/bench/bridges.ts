import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bodyOf, finalAnswerTo, membership } from "../harness/expect.ts";
import { connectAccount, type Person } from "../harness/person.ts";
import { prepareHeisenbridge } from "../harness/peers/heisenbridge.ts";
import { startIrc } from "../harness/peers/irc.ts";
import type { Peer } from "../harness/peers/pythonPeer.ts";
import { startSynapse } from "../harness/synapse.ts";
import { UsherProcess } from "../harness/usherProcess.ts";
import { compared, type Row } from "./figures.ts";
import { residentMb, setStage, stopWith, type Stage } from "./stage.ts";

const USHERS = "heisenbridge";
const TYPISTS = "typedbridge";
/** One answer of the slowest of so many bridges that are set up at once may be long in coming; ms without any progress. */
const STILL_MS = 600_000;

/** How long each side took, ms. */
interface Times {
  readonly usher: number[];
  readonly typed: number[];
}

/**
 * How long a person waits for `add bridge` and `remove` of a channel of IRC, beside a script that types to a second bridge what Usher types to its own, each line once the
 * one before is answered, in turns; then so many rooms at once. Both bridges are heisenbridge, the real one, with one IRC server.
 */
export async function bridgeRows(
  { rounds, atOnce }: { readonly rounds: number; readonly atOnce: number },
  say: (sentence: string) => void,
): Promise<Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "usher-bench-bridges-"));
  const [own, other] = await Promise.all([
    prepareHeisenbridge(folder, { bot: USHERS, people: "irc" }),
    prepareHeisenbridge(folder, { bot: TYPISTS, people: "typed" }),
  ]);
  const synapse = await startSynapse({
    progress: say,
    settings: { app_service_config_files: [own.registration, other.registration] },
  });
  const running: Peer[] = [];
  const stage = await setStage(synapse, rounds + atOnce + 1);
  // To unlink a room, Usher must be able to put the bot out.
  for (const room of stage.rooms) await stage.person.setLevel(room, stage.usher.userId, 50);
  const irc = await startIrc(folder);
  running.push(irc);
  running.push(await own.start(synapse.url, stage.usher.userId));
  running.push(await other.start(synapse.url, stage.echo.userId));
  const server = `127.0.0.1:${String(irc.port)}`;
  const usher = await preparedUsher(stage, server);
  const typist = new Typist(await connectAccount(synapse.url, stage.echo), server);
  try {
    await usher.start();
    await typist.begin();
    // The first has the network made known.
    await inTurns(stage, typist, [stage.rooms[0] ?? ""]);
    say(`${String(rounds)} rooms, one after another …`);
    const [add, remove] = await inTurns(stage, typist, stage.rooms.slice(1, rounds + 1));
    say(`${String(atOnce)} rooms at once …`);
    const many = await manyAtOnce(stage, usher, stage.rooms.slice(rounds + 1));
    return [
      compared("add bridge, median", add.usher, add.typed, 0.5, 1.2),
      compared("add bridge, p95", add.usher, add.typed, 0.95, undefined),
      compared("remove a bridge, median", remove.usher, remove.typed, 0.5, 1.2),
      compared("remove a bridge, p95", remove.usher, remove.typed, 0.95, undefined),
      ...many,
    ];
  } finally {
    if (usher.running) await usher.kill();
    await typist.person.stop();
    for (const peer of running.toReversed()) await peer.kill();
    await stopWith(stage);
    for (const one of [usher.folder, folder]) await rm(one, { recursive: true, force: true });
  }
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

/** Links and unlinks each room by Usher and by the typist, the order changing from room to room. */
async function inTurns(
  stage: Stage,
  typist: Typist,
  rooms: readonly string[],
): Promise<readonly [Times, Times]> {
  const [add, remove]: [Times, Times] = [
    { usher: [], typed: [] },
    { usher: [], typed: [] },
  ];
  for (const [place, room] of rooms.entries()) {
    const channel = `#${room.replaceAll(/[^a-z0-9]/gi, "").slice(0, 16)}`;
    const byUsher = async (): Promise<void> => {
      add.usher.push(
        await timed(() => answered(stage, room, `add bridge irc ${channel}`, "Linked")),
      );
      remove.usher.push(await timed(() => answered(stage, room, `remove ${channel}`, "Unlinked")));
    };
    const byTypist = async (): Promise<void> => {
      add.typed.push(await timed(() => typist.link(room, `${channel}t`)));
      remove.typed.push(await timed(() => typist.unlink(room, `${channel}t`)));
    };
    for (const side of place % 2 === 0 ? [byUsher, byTypist] : [byTypist, byUsher]) await side();
  }
  return [add, remove];
}

async function timed(work: () => Promise<void>): Promise<number> {
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

/** Who types to a heisenbridge of their own what Usher types to its own. */
class Typist {
  readonly person: Person;
  readonly #server: string;
  readonly #bot = `@${TYPISTS}:usher.test`;
  #control = "";
  #network = "";

  constructor(person: Person, server: string) {
    this.person = person;
    this.#server = server;
  }

  /** Makes the network known, and comes into its room. */
  async begin(): Promise<void> {
    this.#control = await this.person.createRoom({ invite: [this.#bot], direct: true });
    await this.person.waitFor(membership(this.#control, this.#bot, "join"));
    await this.#type(this.#control, "ADDNETWORK testnet", /Network added/);
    const [host = "", port = ""] = this.#server.split(":");
    await this.#type(this.#control, `ADDSERVER testnet ${host} ${port}`, /Server added/);
    const from = this.person.mark();
    await this.person.say(this.#control, "OPEN testnet");
    const invited = await this.person.waitFor(
      ({ type, stateKey, sender, content }) =>
        type === "m.room.member" &&
        stateKey === this.person.userId &&
        sender === this.#bot &&
        content["membership"] === "invite",
      { from },
    );
    this.#network = invited.roomId;
    await this.person.join(this.#network);
    await this.#type(this.#network, "NICK typist", /Nickname set/);
    await this.#type(this.#network, "CONNECT", /MOTD/);
  }

  async link(room: string, channel: string): Promise<void> {
    // It comes when it is told to.
    await this.person.invite(room, this.#bot);
    await this.#open();
    await this.#type(this.#network, "NICK typist", /Nickname set/);
    await this.#type(this.#network, "CONNECT", /Already connected/);
    await this.#type(this.#network, `PLUMB ${room} ${channel}`, /: Joined #\S+ as/);
    await this.#open();
    await this.#type(this.#network, "STATUS", /Plumbs:/);
  }

  async unlink(room: string, channel: string): Promise<void> {
    const from = this.person.mark();
    await this.#open();
    await this.#type(this.#network, `UNPLUMB ${channel}`, /You left/);
    await this.person.waitFor(membership(room, this.#bot, "leave"), { from });
  }

  #open(): Promise<void> {
    return this.#type(this.#control, "OPEN testnet", /already in|Inviting back/);
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
