import { expect, it } from "vitest";
import { SAMPLES } from "../../../templates/samples.ts";
import { ofSamples } from "../../../test/harness/saidSentences.ts";
import { createRenderer } from "../../chat/render.ts";
import { loadTemplates } from "../../chat/templates.ts";
import { UsherError } from "../../kernel/errors.ts";
import type { UserId } from "../../kernel/ids.ts";
import { refusal } from "./addBot.ts";

it("a refused invitation is told in plain words first, without the homeserver's code", () => {
  const view = { action: "invite", code: "M_FORBIDDEN", passing: false };
  const error = refusal(new UsherError("room-unreachable", view), "@poll:example.org" as UserId);
  if (!(error instanceof UsherError)) throw new Error("an error for people");
  const { body } = createRenderer(loadTemplates()).renderError(
    new UsherError(error.code, { ...error.view, reason: "Federation denied with example.org." }),
    { calledAs: "!usher" },
  );
  expect(body).toMatch(
    /^@poll:example\.org was not invited: the homeserver does not let me\. .*ask them\. .*“Federation denied with example.org\.”$/,
  );
  expect(body).not.toContain("M_FORBIDDEN");
});

it("the list does not claim to have brought in a bot that was only taken on", () => {
  for (const view of SAMPLES["list/bots"] ?? [])
    expect(
      ofSamples(() =>
        createRenderer(loadTemplates()).render(
          { template: "list/bots", view },
          { calledAs: "!usher" },
        ),
      ).body,
    ).not.toMatch(/I brought/);
});
