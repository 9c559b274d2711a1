import { expect, it } from "vitest";
import { ManualClock } from "../kernel/clock.ts";
import type { RoomId } from "../kernel/ids.ts";
import { silentLog, type LogFields } from "../kernel/log.ts";
import type { Members } from "../matrix/port.ts";
import { Company } from "./company.ts";

const room = "!room:example.org" as RoomId;
const nobody: Members = { joined: new Set(), invited: new Set() };

it.each([
  ["does not answer", () => new Promise<Members>(() => undefined)],
  ["refuses", () => Promise.reject(new Error("500"))],
])(
  "of a room about which the homeserver %s it is asked once in a while, and waited for once",
  async (_, answer) => {
    const clock = new ManualClock();
    const logged: LogFields[] = [];
    let asked = 0;
    let members: () => Promise<Members> = answer;
    const matrix = { members: () => ((asked += 1), members()) };
    const company = new Company({
      matrix,
      clock,
      log: { ...silentLog, warn: (fields) => logged.push(fields) },
    });
    const first = company.soon(room);
    clock.advance(10_000);
    expect(await first).toBeUndefined();
    for (let n = 0; n < 70; n += 1) expect(await company.soon(room)).toBeUndefined();
    expect([asked, logged.length, clock.waiting]).toEqual([1, 1, 0]);
    members = () => Promise.resolve(nobody);
    clock.advance(60_000);
    expect(await company.soon(room)).toBe(nobody);
  },
);
