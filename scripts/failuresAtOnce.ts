import type { Reporter, TestCase } from "vitest/node";

/** Tells of each failed test when it fails, and not at the end alone: a long run may be ended before that. */
export default class FailuresAtOnce implements Reporter {
  onTestCaseResult(test: TestCase): void {
    const { state, errors = [] } = test.result();
    if (state !== "failed") return;
    const told = errors.map(({ message, stack }) => stack ?? message).join("\n");
    console.error(`\nFailed: ${test.module.relativeModuleId}: ${test.fullName}\n${told}\n`);
  }
}
