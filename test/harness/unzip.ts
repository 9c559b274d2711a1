import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Reads a ZIP with what comes with Python, and nothing of ours: each file in order, checked against its own sum. */
const READ = `
import base64, json, sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as file:
    assert file.testzip() is None
    print(json.dumps([[one.filename, base64.b64encode(file.read(one)).decode()] for one in file.infolist()]))
`;

/** The files of a ZIP by name, in their order. Rejects where it is none, or is damaged. */
export async function unzip(path: string): Promise<ReadonlyMap<string, Buffer>> {
  const { stdout } = await run("python3", ["-c", READ, path], { maxBuffer: 1 << 30 });
  const files = JSON.parse(stdout) as readonly (readonly [string, string])[];
  return new Map(files.map(([name, text]) => [name, Buffer.from(text, "base64")]));
}

/** The same of a ZIP in memory. */
export async function unzipBytes(bytes: Uint8Array): Promise<ReadonlyMap<string, Buffer>> {
  const folder = mkdtempSync(join(tmpdir(), "usher-zip-"));
  const path = join(folder, "sent.zip");
  writeFileSync(path, bytes);
  try {
    return await unzip(path);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** As in a manifest. */
export function sha256(bytes: Buffer): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** The rows of a CSV file, read with Python as well: each cell as a spreadsheet has it. */
export async function readCsv(bytes: Buffer): Promise<readonly (readonly string[])[]> {
  const read = `
import csv, io, json, sys
text = sys.stdin.buffer.read().decode("utf-8-sig")
print(json.dumps(list(csv.reader(io.StringIO(text, newline=""), strict=True))))
`;
  const running = run("python3", ["-c", read], { maxBuffer: 1 << 30 });
  running.child.stdin?.end(bytes);
  return JSON.parse((await running).stdout) as readonly (readonly string[])[];
}
