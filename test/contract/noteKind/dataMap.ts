import { declareAccountData, declareState, declareUpload } from "../../../src/privacy/declared.ts";
import { defineRecord } from "../../../src/privacy/record.ts";

/** What Usher keeps about people for notes. */
export const NOTES_RECORD = defineRecord({
  id: "D99-notes",
  title: "A note: who asked for it",
  layer: "manager",
  purpose: "list and take down what was put up",
  basis: "legitimate interest",
  necessity: "the room's state names Usher as the sender; only this says who asked",
  recipients: "room",
  retention: { until: ["removed", "room-left"] },
  inExport: "full",
  onErasure: "delete",
  told: "room",
});

/** The state event that is a note; its state key is the note's id. */
export const NOTE_TYPE = declareState("org.example.note", NOTES_RECORD);

/** The state event that is a frame for a note; its state key is that of the note. */
export const FRAME_TYPE = declareState("org.example.frame", NOTES_RECORD);

/** The text of a note from a website, and where the last one lies. */
export const NOTE_FILE = declareUpload("a note from a website", NOTES_RECORD);
export const LAST_NOTE = declareAccountData("org.example.last_note", NOTES_RECORD);
