import type { Target } from "../../../src/kinds/connections/target.ts";

/** What the tests have hookshot connect a room with. */
export const TARGETS = {
  feed: { entry: "feed", key: "https://news.example.org/feed.xml", name: "news.example.org" },
  webhook: { entry: "webhook", key: "builds", name: "builds" },
  outbound: {
    ...{ entry: "outbound", key: "archive", name: "archive" },
    url: "https://archive.example.org/take",
  },
  github: { entry: "github", key: "example/project", name: "example/project" },
} as const satisfies Readonly<Record<string, Target>>;

/** What went to one person alone. */
export interface SentLetter {
  readonly person: string;
  readonly template: string;
  readonly secret: string;
}
