import { relative } from "node:path";
import { z } from "zod";

/** How many tests ended how. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
}

const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0 };

export function sum(tallies: readonly Tally[]): Tally {
  return tallies.reduce(
    (all, one) => ({
      passed: all.passed + one.passed,
      failed: all.failed + one.failed,
      skipped: all.skipped + one.skipped,
    }),
    NOTHING,
  );
}

/** The line that ends a run: `12 passed, 0 failed`, and `, 3 skipped` where there are any. */
export function sentence({ passed, failed, skipped }: Tally): string {
  return `${String(passed)} passed, ${String(failed)} failed${skipped === 0 ? "" : `, ${String(skipped)} skipped`}`;
}

const reportSchema = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      startTime: z.number(),
      endTime: z.number(),
      status: z.string(),
      message: z.string(),
      assertionResults: z.array(
        z.object({
          status: z.enum(["passed", "failed", "skipped", "pending", "todo", "disabled"]),
          fullName: z.string(),
          ancestorTitles: z.array(z.string()),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
});

/**
 * Counts vitest's JSON report. A file that failed as a whole (it could not be loaded, a hook threw) counts as one failed test, and so does a
 * run that failed without any failed test (an unhandled rejection), or left no report.
 */
export function tallyOfReport(report: unknown, exitCode: number): Tally {
  const parsed = reportSchema.safeParse(report);
  if (!parsed.success) return { passed: 0, failed: 1, skipped: 0 };
  const files = parsed.data.testResults.map(({ status, assertionResults }) => {
    const count = (wanted: string): number =>
      assertionResults.filter((result) => result.status === wanted).length;
    const failed = count("failed");
    const passed = count("passed");
    return {
      passed,
      failed: status === "failed" && failed === 0 ? 1 : failed,
      skipped: assertionResults.length - passed - failed,
    };
  });
  const all = sum(files);
  return exitCode !== 0 && all.failed === 0 ? { ...all, failed: 1 } : all;
}

/** Each failed test of vitest's JSON report with the beginning of what it said, and each file that failed as a whole, by its place below `root`. */
export function failuresOfReport(report: unknown, root: string): readonly string[] {
  const parsed = reportSchema.safeParse(report);
  const files = parsed.success ? parsed.data.testResults : [];
  return files.flatMap(({ name, status, message, assertionResults }) => {
    const failed = assertionResults.filter((result) => result.status === "failed");
    const file = relative(root, name);
    if (status === "failed" && failed.length === 0) return [`${file}: ${beginning(message)}`];
    return failed.map(
      ({ fullName, failureMessages }) =>
        `${file}: ${fullName}: ${beginning(failureMessages?.join("\n") ?? "")}`,
    );
  });
}

/** Each skipped test of vitest's JSON report, by its place below `root`; where all of one subject were skipped, the subject, with how many. */
export function skippedOfReport(report: unknown, root: string): readonly string[] {
  const parsed = reportSchema.safeParse(report);
  const files = parsed.success ? parsed.data.testResults : [];
  return files.flatMap(({ name, assertionResults }) => {
    const subjects = Map.groupBy(assertionResults, ({ ancestorTitles: [subject = ""] }) => subject);
    return [...subjects].flatMap(([subject, tests]) => {
      const skipped = tests.filter(({ status }) => status !== "passed" && status !== "failed");
      const names =
        tests.length > 1 && skipped.length === tests.length
          ? [`${subject} (${String(tests.length)})`]
          : skipped.map(({ fullName }) => fullName);
      return names.map((one) => `${relative(root, name)}: ${one}`);
    });
  });
}

/** As much of an error as tells it from others. */
function beginning(text: string): string {
  return text.split("\n").slice(0, 12).join("\n    ");
}

/** How long a test file took; ms. */
export interface FileTime {
  readonly file: string;
  readonly ms: number;
}

/** What each file of vitest's JSON report took, by its place below `root`. */
export function timesOfReport(report: unknown, root: string): readonly FileTime[] {
  const parsed = reportSchema.safeParse(report);
  const files = parsed.success ? parsed.data.testResults : [];
  return files.map(({ name, startTime, endTime }) => ({
    file: relative(root, name),
    ms: endTime - startTime,
  }));
}

/** The files that took longest, a line each: `  352.1 s  test/e2e/widgets.test.ts`. */
export function slowest(times: readonly FileTime[], most = 10): readonly string[] {
  const longest = times.toSorted((one, other) => other.ms - one.ms).slice(0, most);
  return longest.map(({ file, ms }) => `${(ms / 1000).toFixed(1).padStart(7)} s  ${file}`);
}

/** Counts what `npm run check` wrote: its last line is the sentence above. One that ended otherwise counts as a single test. */
export function tallyOfCheck(output: string, exitCode: number): Tally {
  const last = output.trimEnd().split("\n").at(-1) ?? "";
  const [, passed, failed, skipped] =
    /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?$/.exec(last) ?? [];
  if (passed === undefined)
    return exitCode === 0
      ? { passed: 1, failed: 0, skipped: 0 }
      : { passed: 0, failed: 1, skipped: 0 };
  const tally = { passed: Number(passed), failed: Number(failed), skipped: Number(skipped ?? 0) };
  return exitCode !== 0 && tally.failed === 0 ? { ...tally, failed: 1 } : tally;
}
