import { describe, expect, it } from "vitest";
import { ALICE, MemoryConversation } from "../../test/harness/memoryConversation.ts";
import { definedDocuments } from "../store/documents.ts";
import { defineCommand, required } from "./command.ts";
import { restOfLine } from "./arguments.ts";

const TOKEN = `syt_YWxpY2U_${"abcdefghij".repeat(2)}_0aB9zZ`;
const DASHES = "-".repeat(5);
const letters = "a1B2c3D4e5F6g7H8i9J0".repeat(4);

/** A command that takes anything, and whose preview waits. */
function room(): { talk: MemoryConversation; planned: string[] } {
  const planned: string[] = [];
  const command = defineCommand({
    words: "set",
    parameters: { rest: required(restOfLine("rest")) },
    example: "set x",
    changes: true,
    needs: () => [],
    plan: ({ rest }) => {
      planned.push(rest);
      return Promise.resolve({ nothing: { template: "declined", view: {} } });
    },
    perform: () => Promise.resolve({ template: "declined", view: {} }),
  });
  return { talk: new MemoryConversation({ commands: [command] }), planned };
}

const mayTake = (talk: MemoryConversation, level = 50): void => {
  talk.power = { ...talk.power, levels: { users: { "@usher:example.org": level } } };
};
const answers = (talk: MemoryConversation): string => talk.said.map(({ body }) => body).join("\n");

/** As a service would give it: a header and a body in base64url, and a signature. */
const JWT = [
  { alg: "HS256", typ: "JWT" },
  { sub: "1234567890", name: "Ada" },
]
  .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
  .concat(Buffer.alloc(32, "usher").toString("base64url"))
  .join(".");

describe("a credential that is written to Usher", () => {
  it("is taken away where Usher may, after its writer was told what to do; nothing else is done with it", async () => {
    const { talk, planned } = room();
    mayTake(talk);
    const event = await talk.say(`!usher set token ${TOKEN}`);
    expect(talk.redacted).toEqual([event]);
    expect(talk.said).toHaveLength(1);
    expect(answers(talk)).toContain("looks like an access token of Matrix");
    expect(answers(talk)).toContain("sign out of the session that it belongs to");
    expect(answers(talk)).toContain("I take your message away. Homeservers can still keep it");
    expect(planned).toEqual([]);
    expect(answers(talk)).not.toContain(TOKEN);
    expect(await stored(talk)).not.toContain(TOKEN);
  });

  it("is to be deleted by its writer where Usher may not", async () => {
    const { talk } = room();
    mayTake(talk, 49);
    await talk.say(`!usher set token ${TOKEN}`);
    expect(talk.redacted).toEqual([]);
    expect(answers(talk)).toContain("Delete your message: I may not take it away here");
  });

  it("that the homeserver does not let go is told of", async () => {
    const { talk } = room();
    mayTake(talk);
    talk.answers = "refuses";
    await talk.say(`!usher set token ${TOKEN}`);
    expect(answers(talk)).toContain("I could not take your message away");
  });

  it("is told of by what it is", async () => {
    for (const [said, what] of [
      [`ghp_${letters.slice(0, 36)}`, "a token of GitHub"],
      [`glpat-${letters.slice(0, 20)}`, "a token of GitLab"],
      [`xoxb-${letters.slice(0, 40)}`, "a token of Slack"],
      [`12345678:${letters.slice(0, 35)}`, "the token of a Telegram bot"],
      [`MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.${letters.slice(0, 27)}`, "the token of a Discord bot"],
      [`x ${DASHES}BEGIN RSA PRIVATE KEY${DASHES}`, "a private key"],
      [JWT, "a token or a secret key"],
      ["password hunter2!", "a password"],
      ["api key: 4f9ZZ01abQ", "a token or a secret key"],
    ] as const) {
      const { talk } = room();
      await talk.say(`!usher set ${said}`);
      expect(answers(talk)).toContain(`looks like ${what}. I did nothing with it`);
      expect(answers(talk)).toContain(
        what === "a password" ? "Change the password now" : "Take it back (revoke it)",
      );
    }
  });

  it("is no JSON Web Token that stands in an address, lacks a part, or only begins like one", async () => {
    const [head = "", body = "", signature = ""] = JWT.split(".");
    for (const said of [
      `https://meet.example.org/room?jwt=${JWT}`,
      `https://meet.example.org/${JWT}`,
      `${head}.${body}`,
      `${head}.${letters.slice(0, 30)}.${signature}`,
      `${head}.${body}.short`,
      "eyJ.eyJ.eyJ",
    ]) {
      const { talk, planned } = room();
      await talk.say(`!usher set ${said}`);
      expect([said, planned]).toEqual([said, [said]]);
    }
  });

  it("is none of Usher's where it is not written to Usher, nor where nothing is one", async () => {
    const { talk, planned } = room();
    mayTake(talk);
    await talk.say(`here is my token: ${TOKEN}`);
    expect(talk.said).toEqual([]);
    await talk.say("!usher set password protection on");
    expect(planned).toEqual(["password protection on"]);
    expect(talk.redacted).toEqual([]);
  });

  it("in lines below the command is seen too, and in a direct chat without a command", async () => {
    const { talk, planned } = room();
    mayTake(talk);
    await talk.say(`!usher set it up, please\n\n${TOKEN}`);
    expect(planned).toEqual([]);
    talk.members.delete("@bob:example.org" as never);
    await talk.say(TOKEN, { sender: ALICE });
    expect(talk.redacted).toHaveLength(2);
  });

  it("is seen in what a message is changed into, too", async () => {
    const { talk } = room();
    mayTake(talk);
    const event = await talk.say("!usher set it");
    const edit = await talk.edit(event, `!usher set token ${TOKEN}`);
    expect(talk.redacted).toEqual([edit]);
    expect(answers(talk)).toContain("looks like an access token of Matrix");
    await talk.edit(event, "!usher set it up");
    expect(talk.redacted).toHaveLength(1);
  });

  it("is told before it is taken away, and each once", async () => {
    const { talk } = room();
    mayTake(talk);
    const event = await talk.say(`!usher set token ${TOKEN}`);
    await talk.say(`!usher set token ${TOKEN}`, {}, { eventId: event });
    expect(talk.said).toHaveLength(1);
    expect(talk.redacted).toHaveLength(1);
  });
});

/** All that is stored. */
async function stored({ documents }: MemoryConversation): Promise<string> {
  const all: unknown[] = [];
  for (const type of definedDocuments())
    for await (const { document } of documents.scan(type)) all.push(document);
  expect(all.length).toBeGreaterThan(0);
  return JSON.stringify(all);
}
