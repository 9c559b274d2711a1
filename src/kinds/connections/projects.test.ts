import { describe, expect, it } from "vitest";
import { ROOM, WHO } from "../../../test/harness/connections/connectionRooms.ts";
import { ConnectionTalk } from "../../../test/harness/connections/connectionTalk.ts";
import { ConnectionWorld } from "../../../test/harness/connections/connectionWorld.ts";
import { sentenceOf } from "../../../test/harness/sentenceOf.ts";
import { addedAnswer } from "./answers.ts";
import { connectionEntries } from "./entries.ts";
import { infoOf } from "./info.ts";
import { githubTarget, gitlabTarget, jiraTarget } from "./projects.ts";
import { GITHUB, GITLAB, JIRA, type Sort } from "./sorts.ts";
import { connectionUndoHandler } from "./undo.ts";

const { ann, bot } = WHO;

describe("a project elsewhere", () => {
  it.each([
    ["Example/Project", "example/project"],
    ["https://github.com/example/project", "example/project"],
    ["https://github.com/example/my.project.git", "example/my.project"],
    ["https://www.github.com/example/project/", "example/project"],
    ["https://github.com/example/project/issues/3", "example/project"],
    ["https://github.com/example/my.project?tab=readme#x", "example/my.project"],
    ["git@github.com:example/project.git", "example/project"],
  ])("at GitHub %s is %s", (said, key) => {
    expect(githubTarget(said)).toEqual({ entry: "github", key, name: key });
  });

  it.each([
    "example",
    "example/project/issues",
    "https://github.com/example?x=/y",
    "https://gitlab.com/a/b",
    "a/b c",
    "../x/y",
  ])("at GitHub is never %s", (said) => {
    expect(() => githubTarget(said)).toThrow(expect.objectContaining({ code: "github-unclear" }));
  });

  it.each([
    ["https://gitlab.com/Example/project", "example/project", "https://gitlab.com/Example/project"],
    ["https://git.x.org/a/b/c.git", "a/b/c", "https://git.x.org/a/b/c"],
    ["https://git.x.org/a/b/-/issues/1", "a/b", "https://git.x.org/a/b"],
  ])("at GitLab %s is %s", (said, key, url) => {
    expect(gitlabTarget(new URL(said))).toMatchObject({ entry: "gitlab", key, url });
  });

  it.each(["https://gitlab.com/", "https://gitlab.com/a", "https://gitlab.com/a/b?x=1"])(
    "at GitLab is never %s",
    (said) => {
      expect(() => gitlabTarget(new URL(said))).toThrow(
        expect.objectContaining({ code: "gitlab-unclear" }),
      );
    },
  );

  it.each([
    ["https://x.atlassian.net/projects/TEAM", "TEAM"],
    ["https://x.atlassian.net/jira/software/projects/TEAM/boards/1", "TEAM"],
    ["https://x.atlassian.net/browse/TEAM-12", "TEAM"],
    ["https://x.atlassian.net/secure/RapidBoard.jspa?projectKey=TEAM", "TEAM"],
  ])("at Jira %s is %s", (said, project) => {
    const key = `https://x.atlassian.net/projects/${project}`;
    expect(jiraTarget(new URL(said))).toMatchObject({ entry: "jira", key });
  });

  it("at Jira has a key", () => {
    expect(() => jiraTarget(new URL("https://x.atlassian.net/wiki/TEAM-1"))).toThrow(
      expect.objectContaining({ code: "jira-unclear" }),
    );
  });

  it.each<readonly [Sort, Readonly<Record<string, string>>, string, string]>([
    [
      GITHUB,
      { org: "Example", repo: "Project" },
      "https://github.com/example/project",
      "example/project",
    ],
    [GITLAB, { instance: "ours", path: "A/b" }, "ours/A/b", "a/b"],
    [
      JIRA,
      { url: "https://x.org/projects/T" },
      "https://x.org/projects/T",
      "https://x.org/projects/T",
    ],
  ])("is known by what hookshot writes of it: %j", ({ keyIn, keyOf }, content, stateKey, key) => {
    expect([keyIn(content), keyOf(stateKey), keyIn({})]).toEqual([key, key, undefined]);
  });
});

describe("what is said of projects", () => {
  const begun = (): { world: ConnectionWorld; talk: ConnectionTalk } => {
    const world = new ConnectionWorld({ sort: "github" });
    world.peer.managers.add(ann);
    return { world, talk: new ConnectionTalk(world) };
  };

  it.each([
    ["add github example/project", "!hookshot github repo https://github.com/example/project"],
    ["add gitlab https://git.x.org/a/b", "!hookshot gitlab project https://git.x.org/a/b"],
    ["add jira https://x.org/projects/T", "!hookshot jira project https://x.org/projects/T"],
  ])("before one is added: %s", async (line, words) => {
    const { world, talk } = begun();
    expect(await talk.said(line)).toContain(`Then you say \`${words}\``);
    for (const sort of ["github", "gitlab", "jira"]) world.peer.off.add(sort);
    expect(await talk.said(line)).toContain("switched off");
  });

  it("why one is not added", async () => {
    const { talk } = begun();
    expect(await talk.said("add github example")).toContain("no repository of GitHub");
    expect(await talk.said("add gitlab https://gitlab.com/a")).toContain("no project of GitLab");
    expect(await talk.said("add jira https://x.org/a")).toContain("no project of Jira");
  });

  it.each([
    ["github", "log-in at GitHub"],
    ["gitlab", "log-in at GitLab"],
    ["jira", "log-in at Jira"],
  ])("what %s is", (id, words) => {
    const { talk } = begun();
    const { settings } = talk;
    expect(sentenceOf(infoOf(connectionEntries(settings), id, settings))).toContain(words);
    const asked = {
      id: "x",
      name: "a/b",
      entry: id,
      key: "a/b",
      bot,
      person: ann,
      url: "https://x.org/a/b",
    };
    const waiting = sentenceOf(addedAnswer({ is: "waiting" }, asked));
    expect(waiting).toContain(`Now say in this room, just like that:`);
    expect(waiting.includes("with the name of the instance and a token")).toBe(id === "gitlab");
    const done = { is: "done", results: {} } as const;
    expect(sentenceOf(addedAnswer(done, asked))).toContain("Added a/b: hookshot tells");
  });

  it("what is still to be typed is shown until it is there, and is not brought back by undo", async () => {
    const { world, talk } = begun();
    await world.say("add");
    const shown = await talk.said(`show ${world.id}`);
    expect(shown).toMatch(/waits for you to say in this room:[^]*you are not logged in/);
    world.peer.loggedIn.add(ann);
    await world.types(ann, "!hookshot github repo https://github.com/example/project");
    expect(await talk.said(`show ${world.id}`)).not.toContain("waits for you");
    expect(await talk.said(`remove ${world.id}`)).toContain("hookshot tells nothing more of it");
    expect(await talk.said(`set ${world.id} label=x`)).toContain("Hookshot's own settings");
    const change = {
      ...{ id: world.id, name: "example/project", entry: "github", key: "example/project", bot },
      ...{ deed: "remove-connection", cause: "$x", person: ann, at: 0 },
    } as never;
    const { undo } = connectionUndoHandler(world.connections);
    const by = { person: ann, cause: "$y" as never };
    const refused = await undo(ROOM, change, by).catch(sentenceOf);
    expect(refused).toContain("add github example/project");
  });
});
