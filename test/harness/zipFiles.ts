import { crc32, deflateRawSync } from "node:zlib";

// Zips made byte by byte: good ones and hostile ones. No library makes the latter.

/** A file in a zip, and what is said of it where that is not true. */
export interface GivenFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  /** It is said to be encrypted. */
  readonly sealed?: true;
  /** Its mode in Unix, as of a link. */
  readonly mode?: number;
  /** How large it is said to be. */
  readonly says?: number;
  /** Not deflated. */
  readonly stored?: true;
}

/** A zip of these files, deflated unless said otherwise. */
export function zipOf(files: readonly GivenFile[]): Buffer {
  const locals: Buffer[] = [];
  const heads: Buffer[] = [];
  let at = 0;
  for (const file of files) {
    const name = Buffer.from(file.name);
    const data = file.stored === true ? file.bytes : deflateRawSync(file.bytes);
    const common = commonOf(file, name, data);
    const local = Buffer.concat([Buffer.from("PK\x03\x04"), common, Buffer.alloc(2), name, data]);
    const rest = Buffer.alloc(16);
    rest.writeUInt32LE(((file.mode ?? 0o100_644) << 16) >>> 0, 8);
    rest.writeUInt32LE(at, 12);
    // Made by Unix.
    heads.push(
      Buffer.concat([
        Buffer.from("PK\x01\x02\x14\x03"),
        common,
        Buffer.alloc(2),
        rest.subarray(2),
        name,
      ]),
    );
    locals.push(local);
    at += local.length;
  }
  const central = Buffer.concat(heads);
  const end = Buffer.from("PK\x05\x06\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0", "latin1");
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(central.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, central, end]);
}

/** What the head in front of a file and the one in the list share: from the version that is needed to the length of the name. */
function commonOf(
  { bytes, sealed, says, stored }: GivenFile,
  name: Buffer,
  data: Uint8Array,
): Buffer {
  const common = Buffer.alloc(24);
  common.writeUInt16LE(20, 0);
  // Names are UTF-8.
  common.writeUInt16LE(0x0800 + (sealed === true ? 1 : 0), 2);
  common.writeUInt16LE(stored === true ? 0 : 8, 4);
  common.writeUInt32LE(crc32(bytes), 10);
  common.writeUInt32LE(data.length, 14);
  common.writeUInt32LE(says ?? bytes.length, 18);
  common.writeUInt16LE(name.length, 22);
  return common;
}
