import type { View } from "../../src/kernel/errors.ts";

const person = "@ada:example.org";

/** What is said of people's answers to previews, and of what they take back. */
export const ANSWER_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "argument/settings-bare": [
    { said: "call", advice: 'add widget jitsi name="Team call"' },
    { said: "call", advice: undefined },
  ],
  "argument/text-empty": [{ label: "name" }],
  "argument/settings-flag": [
    { said: "--yse", advice: "add widget jitsi --yes" },
    { said: "--force", advice: undefined },
  ],
  "undo/unknown": [{}],
  "error/confirm-in-words": [{}],
  "error/confirm-none": [{ advice: "add widget jitsi" }, { advice: undefined }],
  "error/confirm-expired": [{}],
  "error/identity-changed": [
    { gone: false, dpo: "@dpo:example.org", support: undefined },
    { gone: true, dpo: undefined, support: "@help:example.org" },
  ],
  "error/identity-unreachable": [{}],
  "error/restricted": [
    { what: undefined, room: undefined, objected: false },
    { what: "widgets", room: undefined, objected: true },
    { what: undefined, room: "!abc:example.org", objected: true },
  ],
  "error/confirm-older": [
    { asked: "add widget jitsi", inWords: false },
    { asked: "add widget jitsi", inWords: true },
  ],
  "error/confirm-elsewhere": [{ asked: "add widget jitsi" }],
  "error/confirm-unclear": [true, false].map((inWords) => ({ inWords, asked: "add widget jitsi" })),
  "error/confirm-unread": [{}],
  "error/message-edited": [{}],
  "error/message-too-long": [{}],
  "error/website-unreachable": ["unknownName", "certificate", "redirects", "silent"].map((why) => ({
    host: "notes.example.org",
    unknownName: false,
    certificate: false,
    redirects: false,
    silent: false,
    [why]: true,
  })),
  "error/website-private": [{ host: "notes.example.org" }],
  "error/website-too-large": [{ host: "notes.example.org", most: 1024 }],
  "error/website-unexpected": [{ host: "notes.example.org", status: 503 }],
  "error/secret-unreadable": [{ setting: "notes.keyFile" }],
  "unread/device": [{}],
  declined: [{ asked: undefined }, { asked: "add widget jitsi" }],
  withdrawn: [
    { person, edited: true, deleted: false },
    { edited: false, deleted: true },
    { edited: false, deleted: false },
  ],
};
