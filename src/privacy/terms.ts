/** The closed terms that records are described in, each with the words of docs/data-map.md. */

/** What ends the keeping of something. */
export const ENDS = {
  "room-left": "Usher has left the room",
  "keys-unused": "Usher is no longer in the room that they are for",
  "old-room-left": "Usher has left the old room",
  removed: "it is removed through Usher",
  "command-done": "the command is done",
  "set-up-done": "it is done or taken back",
  lifted: "it is lifted",
  "by-hand": "the operators erase it by hand",
  unnamed: "the record of what operators had Usher do names them no more",
  overwritten: "Usher goes on and overwrites it",
  "catalogue-changed": "operators change it again",
  "device-gone": "its homeserver tells that the device is no more",
  "no-credential": "no credential of theirs is kept any more",
  uninstalled: "Usher is no longer installed",
} as const;
export type End = keyof typeof ENDS;
/** Ends that a sweep must look for. */
export type SweptEnd = "keys-unused";
export type PlainEnd = Exclude<End, SweptEnd>;

/** Who gets to see it, beside the program itself and whoever runs its machine. */
export const RECIPIENTS = {
  nobody: "nobody",
  operators: "the operators",
  room: "the people in the room, where they ask",
  homeservers: "everybody in the room, and the homeservers of all of them",
  "own-homeserver": "Usher's own homeserver",
} as const;

/** What a person gets of it who asks for what is kept about them. */
export const IN_EXPORT = {
  full: "in full",
  "if-present": "if there is one at that time",
  pointer: "a pointer to where it lies",
  "about-person": "the entries about the person",
  statement: "a statement of how long it is kept",
  described: "that it is kept, for what and since when; never the secret itself",
  none: "none",
} as const;

/** What becomes of it when a person is erased. */
export const ON_ERASURE = {
  delete: "deleted",
  "forget-name": "the person's id is taken out; the rest stays while the room uses it",
  "delete-last": "deleted when everything else is",
  pseudonymise: "the person's id is replaced by a random word",
  "ages-out": "ages out",
  "is-its-trace": "made by the erasure itself, and ages out",
  "offer-removal":
    "its removal from the room is offered; older state remains in the room's history",
  "tell-operators": "the operators are told to remove it",
  "by-hand": "erased by the operators by hand; until they say that it is done, the erasure is not",
  "devices-stay":
    "nothing can be erased; what is kept is public, and goes when the device is no more",
  nothing: "nothing to erase",
} as const;
