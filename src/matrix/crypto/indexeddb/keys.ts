import { exception } from "./exception.ts";

/** A valid key of IndexedDB; binary keys come back as ArrayBuffer. */
export type Key = number | Date | string | ArrayBuffer | Key[];

/** Where an index finds its key in a value: one path, or several for an array key. */
export type KeyPath = string | readonly string[];

// The order of the tags is the order of the types: number < date < string < binary < array.
const end = 0x00;
const tag = { number: 0x10, date: 0x20, string: 0x30, binary: 0x40, array: 0x50 } as const;

/**
 * A key as bytes whose order (memcmp, as SQLite compares blobs) is the order of keys in IndexedDB 3.0, section 2.4.
 * Every encoding is free of prefixes, so keys stand one after another inside an array key. -0 becomes 0, which is the same key.
 * Throws DataError for what is not a key.
 */
export function encodeKey(value: unknown): Uint8Array {
  const out: number[] = [];
  write(value, out, new Set());
  return Uint8Array.from(out);
}

function write(value: unknown, out: number[], parents: Set<unknown>): void {
  if (typeof value === "number" && !Number.isNaN(value)) {
    out.push(tag.number);
    writeNumber(value, out);
  } else if (typeof value === "string") {
    out.push(tag.string);
    for (let i = 0; i < value.length; i++) writeUnit(value.charCodeAt(i), out);
    out.push(end);
  } else if (value instanceof Date && !Number.isNaN(value.getTime())) {
    out.push(tag.date);
    writeNumber(value.getTime(), out);
  } else if (value instanceof ArrayBuffer || ArrayBuffer.isView(value)) {
    out.push(tag.binary);
    const bytes = ArrayBuffer.isView(value)
      ? new Uint8Array(value.buffer, value.byteOffset, value.byteLength)
      : new Uint8Array(value);
    for (const byte of bytes) writeUnit(byte, out);
    out.push(end);
  } else if (Array.isArray(value) && !parents.has(value)) {
    parents.add(value);
    out.push(tag.array);
    for (const item of value as unknown[]) write(item, out, parents);
    out.push(end);
    parents.delete(value);
  } else {
    throw exception("DataError", "the value is not a valid key");
  }
}

/** A double, big-endian, with the sign bit turned (positive) or every bit turned (negative), so that bytes order as numbers do. */
function writeNumber(value: number, out: number[]): void {
  const view = new DataView(new ArrayBuffer(8));
  view.setFloat64(0, value + 0);
  const flip = value < 0 ? 0xff : 0x00;
  for (let i = 0; i < 8; i++) out.push(view.getUint8(i) ^ (i === 0 && value >= 0 ? 0x80 : flip));
}

// One byte for ASCII below DEL, two up to 0x407e, three above; the first byte grows with the unit and is never `end`.
const oneByte = 0x7f;
const twoBytes = oneByte + 0x4000;

function writeUnit(unit: number, out: number[]): void {
  if (unit < oneByte) out.push(unit + 1);
  else if (unit < twoBytes) out.push(0x80 | ((unit - oneByte) >> 8), (unit - oneByte) & 0xff);
  else out.push(0xc0, unit >> 8, unit & 0xff);
}

/** The key that `encodeKey` wrote. */
export function decodeKey(bytes: Uint8Array): Key {
  return read({ bytes, at: 0 });
}

interface Reader {
  readonly bytes: Uint8Array;
  at: number;
}

function next(reader: Reader): number {
  const byte = reader.bytes[reader.at++];
  if (byte === undefined) throw exception("UnknownError", "a stored key is cut short");
  return byte;
}

function read(reader: Reader): Key {
  const type = next(reader);
  if (type === tag.number) return readNumber(reader);
  if (type === tag.date) return new Date(readNumber(reader));
  if (type === tag.string)
    return readUnits(reader).reduce((text, unit) => text + String.fromCharCode(unit), "");
  if (type === tag.binary) return Uint8Array.from(readUnits(reader)).buffer;
  if (type !== tag.array) throw exception("UnknownError", "a stored key has an unknown type");
  const items: Key[] = [];
  while (reader.bytes[reader.at] !== end) items.push(read(reader));
  reader.at++;
  return items;
}

function readNumber(reader: Reader): number {
  const view = new DataView(new ArrayBuffer(8));
  for (let i = 0; i < 8; i++) view.setUint8(i, next(reader));
  const positive = (view.getUint8(0) & 0x80) !== 0;
  for (let i = 0; i < 8; i++)
    view.setUint8(i, view.getUint8(i) ^ (positive ? (i === 0 ? 0x80 : 0) : 0xff));
  return view.getFloat64(0);
}

function readUnits(reader: Reader): number[] {
  const units: number[] = [];
  for (let first = next(reader); first !== end; first = next(reader)) {
    if (first < 0x80) units.push(first - 1);
    else if (first < 0xc0) units.push((((first & 0x3f) << 8) | next(reader)) + oneByte);
    else units.push((next(reader) << 8) | next(reader));
  }
  return units;
}

const identifier = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** Throws SyntaxError for what is not a key path (IndexedDB 3.0, section 2.5). */
export function checkKeyPath(path: KeyPath): void {
  const paths = typeof path === "string" ? [path] : path;
  const valid = (one: unknown) =>
    typeof one === "string" &&
    (one === "" || one.split(".").every((part) => identifier.test(part)));
  if (paths.length === 0 || !paths.every(valid))
    throw exception("SyntaxError", "the key path is not valid");
}

/** The encoded key a value has at a path, or undefined where it has none or one that is not valid: such a value is not indexed. */
export function keyAt(value: unknown, path: KeyPath): Uint8Array | undefined {
  const found = typeof path === "string" ? walk(value, path) : path.map((one) => walk(value, one));
  try {
    return encodeKey(found);
  } catch (error) {
    if (error instanceof DOMException && error.name === "DataError") return undefined;
    throw error;
  }
}

function walk(value: unknown, path: string): unknown {
  let at = value;
  for (const part of path === "" ? [] : path.split(".")) {
    if (at === null || at === undefined || !Object.hasOwn(at, part)) return undefined;
    at = (at as Record<string, unknown>)[part];
  }
  return at;
}
