import { expect, it } from "vitest";
import { createLog } from "./log.ts";
import { startRounds } from "./rounds.ts";

/** Lines of the log, without their times. */
function listeningLog(): { readonly log: ReturnType<typeof createLog>; readonly lines: string[] } {
  const lines: string[] = [];
  return { log: createLog("info", { write: (line) => void lines.push(line) }), lines };
}

it("what fails at its time is logged, and is done again at the next", async () => {
  const { log, lines } = listeningLog();
  let times = 0;
  const again = Promise.withResolvers<undefined>();
  const end = startRounds(
    [
      {
        name: "sweep",
        when: "* * * * * *",
        work: () => {
          times += 1;
          if (times === 1) return Promise.reject(new Error("the disk is full"));
          again.resolve(undefined);
          return Promise.resolve();
        },
      },
    ],
    log,
  );
  await again.promise;
  await end();
  expect(lines).toHaveLength(1);
  expect(lines[0]).toContain("sweep.failed");
});

it("what takes longer than until its next time is not begun beside itself, and nothing begins after the end", async () => {
  const { log, lines } = listeningLog();
  const first = Promise.withResolvers<undefined>();
  const passed = Promise.withResolvers<undefined>();
  let begun = 0;
  let seconds = 0;
  const slow = {
    name: "slow",
    when: "* * * * * *",
    work: async () => {
      begun += 1;
      await first.promise;
    },
  };
  const count = {
    name: "count",
    when: "* * * * * *",
    work: () => {
      seconds += 1;
      if (seconds === 3) passed.resolve(undefined);
      return Promise.resolve();
    },
  };
  const end = startRounds([slow, count], log);
  await passed.promise;
  await end();
  first.resolve(undefined);
  expect(begun).toBe(1);
  expect(lines.length).toBeGreaterThan(0);
  expect(lines.every((line) => line.includes("slow.late"))).toBe(true);
});
