import { bodyOf, membership } from "../test/harness/expect.ts";
import type { SeenEvent } from "../test/harness/observed.ts";
import type { Person } from "../test/harness/person.ts";

const SIGNS = ["👍", "👎"] as const;

/** The demo's poll bot: a bot of its own, with an account of its own, which knows nothing of Usher. Returns what ends it. */
export function letItPoll(bot: Person, onError: (error: unknown) => void): () => void {
  /** The votes on each question, by its event. */
  const polls = new Map<
    string,
    { readonly room: string; readonly question: string; readonly votes: Map<string, string> }
  >();

  async function hear(event: SeenEvent): Promise<void> {
    if (membership(event.roomId, bot.userId, "invite")(event)) await bot.join(event.roomId);
    if (event.sender === bot.userId || event.past) return;
    const question = /^!poll (.+)$/.exec(bodyOf(event))?.[1];
    if (event.content["msgtype"] === "m.text" && question !== undefined) {
      const id = await bot.say(event.roomId, `${question}  React with ${SIGNS.join(" or ")}.`, {
        msgtype: "m.notice",
      });
      polls.set(id, { room: event.roomId, question, votes: new Map() });
    }
    if (event.type !== "m.reaction") return;
    const { event_id: target, key } = (event.content["m.relates_to"] ?? {}) as {
      event_id?: string;
      key?: string;
    };
    const poll = polls.get(target ?? "");
    if (poll === undefined || target === undefined || !SIGNS.some((sign) => sign === key)) return;
    poll.votes.set(event.sender, key ?? "");
    const counts = SIGNS.map(
      (sign) =>
        `${sign} ${String([...poll.votes.values()].filter((vote) => vote === sign).length)}`,
    );
    await bot.edit(poll.room, target, `${poll.question}  ${counts.join("  ")}`, {
      msgtype: "m.notice",
    });
  }

  return bot.listen((event) => {
    hear(event).catch(onError);
  });
}
