import type { EventId, MxcUri, UserId } from "../kernel/ids.ts";
import type { UploadType } from "../privacy/declared.ts";

/** Bytes that can be read from their beginning again, for each try anew. */
export interface ByteSource {
  /** How many there are; where that is not known before, they are counted by reading them once. */
  readonly size?: number;
  readonly open: () => AsyncIterable<Uint8Array>;
}

/** A file for the media repository. */
export interface UploadContent {
  /** What it is, as the data map knows it. */
  readonly holds: UploadType;
  /** Its base name with its ending; shown to people, and where it is not encrypted told to the homeserver. */
  readonly name: string;
  readonly mimetype: string;
  readonly bytes: ByteSource;
  /** Told where a copy of it will lie, before a byte is sent where the homeserver can promise that. Each try places another. */
  readonly placed?: (file: MxcUri) => Promise<void>;
}

/** A file to send into a room. */
export interface FileContent extends UploadContent {
  /** Of a picture that apps are to show at once: its size, in pixels. */
  readonly picture?: { readonly width: number; readonly height: number };
  /** As of a message. */
  readonly replyTo?: EventId;
  readonly thread?: EventId;
  readonly onlyFor?: UserId;
}

/** A message about a file that lies in the media repository, not sent yet. It can be stored; where the file is sealed, the key is in it. */
export interface FileMessage {
  /** Whether the file is sealed, and the message must be. */
  readonly encrypted: boolean;
  /** Of the message. */
  readonly content: Readonly<Record<string, unknown>>;
}

/** A file of the media repository, as it lies there. What is not read to its end must be closed: leaving a `for await` does. */
export interface DownloadedFile {
  /** As whoever uploaded it says; undefined where nobody does. */
  readonly mimetype: string | undefined;
  /** Can be read once. Fails as `download` does. */
  readonly bytes: AsyncIterable<Uint8Array>;
}
