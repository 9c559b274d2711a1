import { wholeAnswer } from "./answers.ts";
import type { DemoClock } from "./clock.ts";
import type { Files } from "./files.ts";
import type { DemoPeers } from "./peers.ts";
import { HELP, parseLine, type Line } from "./line.ts";
import { owesAnswer } from "./owed.ts";
import type { Screen } from "./screen.ts";
import { show } from "./show.ts";
import { isFile, type Stage } from "./stage.ts";

const PREFIXES = ["!usher", "!im"];
const CONFIRMING = /^[✅❌]/u;

interface Play {
  readonly stage: Stage;
  readonly screen: Screen;
  readonly usherId: string;
  readonly files: Files;
  readonly clock: DemoClock;
  readonly peers: DemoPeers;
}

/** Shows everything that happens from now on. In a terminal the line that was typed stands there already. */
export function showEverything({ stage, screen, files }: Play): void {
  stage.feed.listen((event) => {
    const isOwn = event.sender === stage.person.userId;
    const holdsFile = isFile(event) && (event.content["msgtype"] === "m.file" || !isOwn);
    if (holdsFile) files.take(stage.person, event);
    const own = isOwn && event.type === "m.room.message";
    const shown = show(event, {
      person: (userId) => stage.nameOf(userId),
      event: (eventId) => stage.feed.seen.find((earlier) => earlier.eventId === eventId),
    });
    if (shown === undefined || (own && screen.interactive)) return;
    const elsewhere = event.roomId !== stage.scene.id;
    screen.print(
      elsewhere
        ? { ...shown, text: `(${stage.sceneOf(event.roomId)?.name ?? "elsewhere"}) ${shown.text}` }
        : shown,
    );
  });
}

/** Acts on every line. Resolves at the end of input or at `/quit`; false if a line said to Usher got no answer (found out in a pipe only). */
export async function play(play: Play): Promise<boolean> {
  let allAnswered = true;
  const prompt = (): void => {
    play.screen.prompt(
      `${play.stage.nameOf(play.stage.person.userId)} in ${play.stage.scene.name}`,
    );
  };
  prompt();
  for await (const text of play.screen.lines()) {
    const line = parseLine(text);
    if (line.kind === "quit") break;
    try {
      if (!(await act(line, play))) {
        allAnswered = false;
        console.error(`Usher gave no answer within 30 s to: ${text}`);
      }
    } catch (error) {
      play.screen.note(
        `That did not work: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`,
      );
    }
    await play.files.settled();
    prompt();
  }
  return allAnswered;
}

/** Gives somebody a power level in the present room, as its creator. */
async function setLevel(
  stage: Stage,
  { name, level }: { readonly name: string; readonly level: number },
): Promise<void> {
  const user = stage.idOf(name);
  if (user === undefined)
    throw new Error(`there is nobody called ${name} here; /as ${name} makes them.`);
  await stage.scene.creator.setLevel(stage.scene.id, user, level);
}

/** Whether Usher owes an answer to it. */
function owes(body: string, { stage: { asked, scene }, usherId }: Play): boolean {
  const { direct } = scene;
  return owesAnswer(body, { usherId, displayName: "Usher", prefixes: PREFIXES, direct, asked });
}

/** Says it; resolves with its event. */
function said(body: string, { stage: { person, scene }, usherId }: Play): Promise<string> {
  return person.say(scene.id, body, body.includes(usherId) ? { mentions: [usherId] } : {});
}

type Spoken = Extract<Line, { readonly kind: "say" | "send" | "reply" | "react" }>;

/** Says it, and resolves when it is seen: whether Usher owes an answer, by what waited before. */
async function spoken(line: Spoken, play: Play, from: number): Promise<boolean> {
  const { stage, files } = play;
  const { person, scene } = stage;
  const seen = async (eventId: string): Promise<void> => {
    await stage.feed.waitFor((event) => event.eventId === eventId, { from });
  };
  switch (line.kind) {
    case "say": {
      const owed = owes(line.body, play);
      await seen(await said(line.body, play));
      return owed;
    }
    case "send":
      await seen(await files.send(person, scene.id, line.path));
      return false;
    case "reply": {
      const target = stage.lastFile();
      if (target === undefined)
        throw new Error("nobody has sent a picture or file here: /send FILE");
      const owed = owes(line.body, play);
      await seen(await person.say(scene.id, line.body, { replyTo: target.eventId }));
      return owed;
    }
    case "react": {
      const target = stage.lastOfUsher();
      if (target === undefined) throw new Error("Usher has said nothing here yet.");
      const owed = stage.asked && CONFIRMING.test(line.emoji);
      await seen(await person.react(scene.id, target.eventId, line.emoji));
      return owed;
    }
  }
}

/** Does what a line asks; in a pipe, until Usher's answer is whole. False if an answer was owed and none came. */
async function act(line: Line, play: Play): Promise<boolean> {
  const { stage, screen, usherId, clock, peers } = play;
  const from = stage.feed.seen.length;
  const answered = (owed: boolean): Promise<boolean> =>
    screen.interactive
      ? Promise.resolve(true)
      : wholeAnswer(stage.feed, { usherId, room: stage.scene.id, from, owed });
  switch (line.kind) {
    case "nothing":
    case "quit":
      return true;
    case "help":
      screen.note(HELP);
      return true;
    case "wrong":
      screen.note(line.sentence);
      return true;
    case "clock":
      screen.note(line.aheadMs === 0 ? clock.told() : await clock.move(line.aheadMs));
      return true;
    case "peers":
      screen.note(await peers.start());
      return true;
    case "irc":
      await peers.say(line.text, stage);
      return answered(false);
    case "say":
    case "send":
    case "reply":
    case "react":
      return answered(await spoken(line, play, from));
    case "level":
      await setLevel(stage, line);
      return answered(false);
    case "as":
      await stage.speakAs(await stage.call(line.name));
      break;
    case "room":
      await stage.goToRoom(line.name);
      break;
    case "dm":
      await stage.goToDirect();
      break;
  }
  screen.note(`-- ${stage.nameOf(stage.person.userId)} in ${stage.scene.name} --`);
  return answered(false);
}
