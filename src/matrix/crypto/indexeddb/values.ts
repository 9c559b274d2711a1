import { Deserializer, Serializer } from "node:v8";
import { exception } from "./exception.ts";

class ValueWriter extends Serializer {
  /** Called by V8 for what cannot be cloned (functions, symbols). */
  _getDataCloneError(message: string): DOMException {
    return exception("DataCloneError", message);
  }
}

/**
 * A value as V8 serialises it for structured cloning. JSON would do for what the crypto store writes today and is a few microseconds faster, but it
 * would change undefined, dates, bytes and NaN without a word; and V8 keeps reading its older formats, since Chromium's IndexedDB rests on it.
 * Throws DataCloneError for what cannot be cloned.
 */
export function encodeValue(value: unknown): Uint8Array {
  const writer = new ValueWriter();
  writer.writeHeader();
  writer.writeValue(value);
  return writer.releaseBuffer();
}

/** The value that `encodeValue` wrote; each call gives a new one. */
export function decodeValue(bytes: Uint8Array): unknown {
  const reader = new Deserializer(bytes);
  reader.readHeader();
  return reader.readValue();
}
