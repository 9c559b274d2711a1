import { describe, expect, it } from "vitest";
import {
  failuresOfReport,
  sentence,
  skippedOfReport,
  slowest,
  sum,
  tallyOfCheck,
  tallyOfReport,
  timesOfReport,
} from "./tally.ts";

const file = (status: string, ...results: string[]) => ({
  name: "/usher/src/a.test.ts",
  startTime: 1_000,
  endTime: 3_500,
  status,
  message: "could not be loaded",
  assertionResults: results.map((result) => ({
    status: result,
    fullName: `it is ${result}`,
    ancestorTitles: ["it"],
    failureMessages: result === "failed" ? ["Error: one\n  at two"] : [],
  })),
});

describe("the count that ends a test run", () => {
  it("adds up what every file reports", () => {
    const report = {
      testResults: [
        file("passed", "passed", "passed", "skipped"),
        file("failed", "failed", "passed", "todo"),
      ],
    };
    expect(tallyOfReport(report, 1)).toEqual({ passed: 3, failed: 1, skipped: 2 });
  });

  it("counts a file that could not be loaded, or whose hooks threw, as a failed test", () => {
    expect(
      tallyOfReport({ testResults: [file("failed"), file("failed", "skipped", "skipped")] }, 1),
    ).toEqual({
      passed: 0,
      failed: 2,
      skipped: 2,
    });
  });

  it("never calls a failed run a good one", () => {
    expect(tallyOfReport({ testResults: [file("passed", "passed")] }, 1).failed).toBe(1);
    expect(tallyOfReport(undefined, 0).failed).toBe(1);
    expect(tallyOfCheck("3 passed, 0 failed", 1).failed).toBe(1);
    expect(tallyOfCheck("", 1).failed).toBe(1);
  });

  it("reads the last line of the checks", () => {
    expect(tallyOfCheck("types … ok\n6 passed, 1 failed\n", 1)).toEqual({
      passed: 6,
      failed: 1,
      skipped: 0,
    });
    expect(tallyOfCheck("6 passed, 0 failed, 2 skipped\n", 0)).toEqual({
      passed: 6,
      failed: 0,
      skipped: 2,
    });
    expect(tallyOfCheck("all is well\n", 0)).toEqual({ passed: 1, failed: 0, skipped: 0 });
  });

  it("is one sentence, which names skipped tests only where there are any", () => {
    expect(
      sentence(
        sum([
          { passed: 1, failed: 0, skipped: 0 },
          { passed: 2, failed: 1, skipped: 0 },
        ]),
      ),
    ).toBe("3 passed, 1 failed");
    expect(sentence({ passed: 3, failed: 0, skipped: 4 })).toBe("3 passed, 0 failed, 4 skipped");
  });
});

describe("what failed", () => {
  it("is told by file, name and the beginning of what it said", () => {
    expect(
      failuresOfReport(
        { testResults: [file("passed", "passed"), file("failed", "passed", "failed")] },
        "/usher",
      ),
    ).toEqual(["src/a.test.ts: it is failed: Error: one\n      at two"]);
  });

  it("may be a file as a whole", () => {
    expect(failuresOfReport({ testResults: [file("failed", "skipped")] }, "/usher")).toEqual([
      "src/a.test.ts: could not be loaded",
    ]);
    expect(failuresOfReport(undefined, "/usher")).toEqual([]);
  });
});

describe("what was skipped", () => {
  it("is told by name, and where all of a subject was, by the subject's", () => {
    const report = {
      testResults: [
        file("passed", "passed", "skipped", "pending"),
        file("passed", "skipped"),
        file("passed", "skipped", "pending", "skipped"),
      ],
    };
    expect(skippedOfReport(report, "/usher")).toEqual([
      "src/a.test.ts: it is skipped",
      "src/a.test.ts: it is pending",
      "src/a.test.ts: it is skipped",
      "src/a.test.ts: it (3)",
    ]);
    expect(skippedOfReport(undefined, "/usher")).toEqual([]);
  });
});

describe("the slowest files", () => {
  it("are read from the report, by their place in the project", () => {
    expect(timesOfReport({ testResults: [file("passed", "passed")] }, "/usher")).toEqual([
      { file: "src/a.test.ts", ms: 2_500 },
    ]);
    expect(timesOfReport(undefined, "/usher")).toEqual([]);
  });

  it("are the first ten, the slowest first", () => {
    const lines = slowest(
      Array.from({ length: 12 }, (_, n) => ({ file: `${String(n)}.test.ts`, ms: n * 10_100 })),
    );
    expect(lines).toHaveLength(10);
    expect(lines[0]).toBe("  111.1 s  11.test.ts");
    expect(lines[9]).toBe("   20.2 s  2.test.ts");
  });
});
