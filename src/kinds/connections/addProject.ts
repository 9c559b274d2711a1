import { httpsUrl, text, type ArgumentKind } from "../../chat/arguments.ts";
import { defineCommand, required, type Command } from "../../chat/command.ts";
import { added, adding, planned, type AddDeps } from "./adding.ts";
import type { Target } from "./target.ts";
import { handWords } from "./handWords.ts";
import { githubTarget, gitlabTarget, jiraTarget } from "./projects.ts";
import { GITHUB, GITLAB, JIRA, type Sort } from "./sorts.ts";

/**
 * `add github`, `add gitlab`, `add jira`: hookshot comes, and whoever asked says its own command to it. It lets nobody connect a project but who is logged in there and
 * may change it: in Usher's name everybody could, or nobody.
 */
export function addProjects(deps: AddDeps): readonly Command[] {
  const { github, gitlab, jira } = {
    github: {
      ...{ sort: GITHUB, kind: text("owner/repository", 250), targetOf: githubTarget },
      example: "add github example/project",
    },
    gitlab: {
      ...{ sort: GITLAB, kind: httpsUrl(), targetOf: gitlabTarget },
      example: "add gitlab https://gitlab.com/example/project",
    },
    jira: {
      ...{ sort: JIRA, kind: httpsUrl(), targetOf: jiraTarget },
      example: "add jira https://example.atlassian.net/projects/TEAM",
    },
  };
  return [addProject(deps, github), addProject(deps, gitlab), addProject(deps, jira)];
}

interface Project<T> {
  readonly sort: Sort;
  readonly kind: ArgumentKind<T>;
  readonly targetOf: (said: T) => Target;
  readonly example: string;
}

function addProject<T>(deps: AddDeps, { sort, kind, targetOf, example }: Project<T>): Command {
  const words = `add ${sort.id}`;
  return defineCommand({
    words,
    aliases: [`${sort.id} add`],
    parameters: { project: required(kind) },
    example,
    changes: true,
    needs: () => [{ kind: "invite" }],
    needsHere: (_, { room }) => adding(deps, room, sort),
    plan: async ({ project }, request) => {
      const target = targetOf(project);
      const { url = target.key } = target;
      const more = { hand: handWords(sort, target) };
      return planned(deps, { sort, target, words: `${words} ${url}`, more }, request);
    },
    perform: ({ project }, request) => added(deps, { sort, target: targetOf(project) }, request),
  });
}
