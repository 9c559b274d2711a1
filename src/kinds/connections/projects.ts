import { UsherError } from "../../kernel/errors.ts";
import type { Target } from "./target.ts";

/** Its owner and name; also as what is copied from a page below it, and as git is told. */
const GITHUB =
  /^(?:https:\/\/(?:www\.)?github\.com\/|git@github\.com:)?(?<owner>[\w.-]+)\/(?<repository>[\w.-]+?)(?:\.git)?\/?$/i;
const BELOW = /^(https:\/\/(?:www\.)?github\.com(?:\/[\w.-]+){2})[/?#].*$/i;

/** A state key may be 255 bytes long, and what is taken here is in ASCII. */
const MAX_KEY = 200;

/** The repository that is meant, by its address or as `owner/name`. Throws `github-unclear`. */
export function githubTarget(said: string): Target {
  const { owner, repository } = GITHUB.exec(said.replace(BELOW, "$1"))?.groups ?? {};
  const key = `${String(owner)}/${String(repository)}`.toLowerCase();
  if (owner === undefined || repository === undefined || key.length > MAX_KEY)
    throw new UsherError("github-unclear");
  return { entry: "github", key, name: key };
}

/** The project at this address, which hookshot must know as one of its instances. Throws `gitlab-unclear`. */
export function gitlabTarget({ origin, pathname, search, hash }: URL): Target {
  const path = pathname.replace(/\/-\/.*$/, "").replace(/^\/+|(?:\.git)?\/*$/g, "");
  const isProject = /^[\w.-]+(?:\/[\w.-]+)+$/.test(path) && path.length <= MAX_KEY;
  if (!isProject || search !== "" || hash !== "") throw new UsherError("gitlab-unclear");
  return { entry: "gitlab", key: path.toLowerCase(), name: path, url: `${origin}/${path}` };
}

/** The project at this address, as hookshot writes it. Throws `jira-unclear`. */
export function jiraTarget({ host, pathname, searchParams }: URL): Target {
  const [, inPath] = /\/(?:projects|browse)\/(\w+)/.exec(pathname) ?? [];
  const project = inPath ?? searchParams.get("projectKey") ?? "";
  const key = `https://${host}/projects/${project}`;
  if (!/^\w+$/.test(project) || key.length > MAX_KEY) throw new UsherError("jira-unclear");
  return { entry: "jira", key, name: `${project} (${host})` };
}
