import { expect, it } from "vitest";
import { lookAtCopies } from "./copies.ts";

const JOURNAL = "/etc/systemd/journald.conf";
const NGINX = "/etc/logrotate.d/nginx";

const look = (there: Readonly<Record<string, string>>, onStandardError = true) =>
  lookAtCopies(onStandardError, {
    list: (folder) =>
      Promise.resolve(
        Object.keys(there).flatMap((path) =>
          path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : [],
        ),
      ),
    read: (path) =>
      there[path] === "no" ? Promise.reject(new Error("EACCES")) : Promise.resolve(there[path]),
  });

it("R55 a journal must let lines go after 14 days at most, where any go there", async () => {
  const journal = async (text: string): Promise<string> =>
    (await look({ [JOURNAL]: text })).journal;
  for (const text of [
    "MaxRetentionSec=14day",
    "MaxRetentionSec=2week",
    "MaxRetentionSec = 1209600",
    "MaxRetentionSec=336h",
    "MaxRetentionSec=1week 6days 24hr",
    "MaxRetentionSec=1m",
  ])
    expect([text, await journal(`[Journal]\n${text}\n`)]).toEqual([text, "in-time"]);
  for (const text of [
    "MaxRetentionSec=15day",
    "MaxRetentionSec=1month",
    "MaxRetentionSec=1M",
    "MaxRetentionSec=1week 8days",
    "MaxRetentionSec=14day\nMaxRetentionSec=",
    "MaxRetentionSec=0",
    "#MaxRetentionSec=14day",
    "",
  ])
    expect([text, await journal(`[Journal]\n${text}\n`)]).toEqual([text, "too-long"]);
  expect(await journal("MaxRetentionSec=14moons")).toBe("unseen");
  const own = { "/etc/systemd/journald@usher.conf": "MaxRetentionSec=7d", [JOURNAL]: "" };
  expect((await look(own)).journal).toBe("in-time");
  expect((await look(own, false)).journal).toBe("not-asked");
});

it("R55 a journal's settings are also those of the folders beside its file, where the last by name counts", async () => {
  const there = {
    [JOURNAL]: "MaxRetentionSec=14day",
    "/usr/lib/systemd/journald.conf.d/90-all.conf": "MaxRetentionSec=1year",
    "/etc/systemd/journald.conf.d/50-short.conf": "MaxRetentionSec=7day",
  };
  expect((await look(there)).journal).toBe("too-long");
  // A file of the same name in /etc takes its place.
  const own = { ...there, "/etc/systemd/journald.conf.d/90-all.conf": "[Journal]" };
  expect((await look(own)).journal).toBe("in-time");
  const alone = { "/etc/systemd/journald@usher.conf.d/usher.conf": "MaxRetentionSec=14day" };
  expect((await look({ ...alone, [JOURNAL]: "" })).journal).toBe("in-time");
  const elsewhere = { "/usr/lib/systemd/journald.conf": "#MaxRetentionSec=0" };
  expect((await look(elsewhere)).journal).toBe("too-long");
});

it("R60 nginx's logs go after 60 days at most; what cannot be read is not guessed at", async () => {
  expect((await look({ [NGINX]: "/var/log/nginx/*.log {\n  daily\n  maxage 59\n}" })).nginx).toBe(
    "in-time",
  );
  expect((await look({ [NGINX]: "/var/log/nginx/*.log {\n  rotate 52\n}" })).nginx).toBe(
    "too-long",
  );
  expect(await look({ [NGINX]: "no" })).toEqual({ journal: "unseen", nginx: "unseen" });
});
