/** Codes of failures, each with when it happens. */
export type ErrorCodes = Readonly<Record<string, string>>;

/**
 * Every code that a person or an operator can meet, whatever kinds there are, with when it happens. The sentence itself, with what to do
 * next, is the template `templates/en/error/<code>.mustache`; `docs/errors.md` is generated from both.
 */
export const ERROR_CODES = {
  "address-unknown-command": "The words after Usher's name are no command.",
  "asked-freely":
    "Somebody asked in their own words for what a command about their data does; nothing was done.",
  "argument-missing": "A command was given without something it needs.",
  "argument-invalid": "A value given to a command is not of the kind it takes.",
  "argument-unexpected": "A command was given more than it takes.",
  "quote-unclosed": "A quotation mark was opened and not closed.",
  "power-person": "The person's power level does not allow what the command would do.",
  "power-usher": "Usher's own power level does not allow what the command would do.",
  "state-owned":
    "Something in the room has a key that begins with somebody's Matrix ID, so nobody else can change it.",
  "operators-only": "The command is answered to operators only.",
  "confirm-none": "Somebody answered yes or no where nothing waits for their answer.",
  "confirm-expired": "The five minutes for a confirmation are over.",
  "command-stale":
    "A command that changes things arrived while Usher was away, and is too old to run unasked.",
  "command-interrupted": "Usher stopped in the middle of a command and could not finish it.",
  "sender-flooding":
    "Somebody, most likely another bot, sends commands faster than a person could.",
  unexpected:
    "Something failed that Usher did not foresee; the reference is in the operator's log too.",
  "help-unknown": "Help was asked for about something that is no command.",
  "settings-none": "A widget was to be changed, and nothing was said that would change.",
  "entry-unknown": "Nothing in the catalogue has the name that was given.",
  "undo-overtaken": "What was to be undone has been changed by somebody else since.",
  "setup-exists": "Something was to be set up that is being set up already.",
  "setup-not-kept":
    "Something was to be set up in several steps, and older ones that stopped cannot be deleted when they should be, so that nothing new of the kind is kept.",
  "setup-none": "Nothing that is being set up in the room has the id or name that was given.",
  "setup-running": "A set-up was to be gone on with while a command is at it.",
  "setup-undone": "A step of a set-up failed; what had been done before it was taken back.",
  "setup-stopped":
    "A step of a set-up failed, and what had been done before it could not be taken back.",
  "setup-stays": "What had been done of a set-up could not be taken back.",
  "setup-wait-over": "What a step of a set-up waits for has not come within the step's limit.",
  "setup-room-replaced": "Something was half done in a room that was replaced by this one.",
  "setup-unfinished": "Something was to be changed that is not set up yet.",
  "item-unknown": "Nothing that was added to the room has the id or name that was given.",
  "item-fixed": "A thing was to be changed of a kind of which nothing can be changed.",
  "item-missing": "A command about one thing in the room was given without saying which.",
  "item-ambiguous":
    "The name, or the beginning of one, that was given fits several things in the room.",
  "room-unknown":
    "A command names a room that is not there, or that the person or Usher is not in.",
  "move-power":
    "Somebody without power in the old room would move out of it what others arranged there.",
  "catalogue-unknown": "An operator named an entry that the catalogue does not have.",
  "catalogue-exists": "An operator would add an entry under an id that the catalogue has already.",
  "catalogue-invalid": "An operator would make an entry of the catalogue into what none can be.",
  "catalogue-not-json": "What an operator said of an entry of the catalogue is no JSON object.",
  "admin-leave-here": "An operator would have Usher leave the very room in which it is asked.",
  "room-encrypted-unreadable": "Usher cannot read encrypted rooms with its present set-up.",
  "device-unsigned":
    "A command came from a device that its owner has not verified, and the operator, or that command, asks for verified ones.",
  restricted:
    "Somebody gave a command who wants nothing done with what is kept about them, or objects to that part of it.",
  "correct-elsewhere":
    "Somebody would correct something in a room that they, or Usher, are no longer in.",
  "identity-changed":
    "Somebody asks for what is kept about them, and their account's identity (cross-signing) is not the one that Usher first saw, or gone.",
  "identity-unreachable":
    "The homeserver of an account does not say now which identity (cross-signing) it has.",
  "identity-other":
    "An operator would accept an identity that is not the account's any more, for it has changed again.",
  "confirm-older":
    "A yes or no came after its asker had asked for something else, and an older question waits.",
  "confirm-elsewhere":
    "In a chat of two a yes or no was a reply to another message than the question that waits.",
  "confirm-unclear": "Who was asked for a yes or no answered something else.",
  "confirm-unread":
    "A yes came from a device that was not given the keys of Usher's messages, so that what it confirms cannot have been read there.",
  "message-edited":
    "Somebody changed a message into one that is said to Usher; changes are not followed.",
  "message-too-long": "What was said to Usher is longer than any command.",
  "confirm-in-words":
    "A reaction was to confirm, in an encrypted room, what is taken from verified devices only; reactions are not encrypted, so no device can be told.",
  "verification-none": "An operator answered a comparison of emoji that nobody has begun.",
  "room-cleartext-refused": "A command came unencrypted into an encrypted room.",
  "room-unreachable": "The homeserver refused or could not do what Usher asked of it.",
  "room-limited": "The homeserver asks for fewer requests; Usher gave up after several tries.",
  "file-too-large": "A file is larger than the homeserver takes.",
  "export-enough":
    "Somebody asked again for a file with what is kept about them, sooner than Usher makes the next.",
  "export-running":
    "Somebody asked for a file with what is kept about them while one is being made for them.",
  "backup-recipient":
    "A backup was to be made, and the setting backup.recipient names nobody who could open it.",
  "backup-busy": "A backup was to be made, and what it is made of did not stand still.",
  "backup-not-kept":
    "A backup was to be made, and older ones cannot be deleted when they should be.",
  "backup-damaged": "What was to be restored is no backup, or is damaged or cut off.",
  "backup-newer": "What was to be restored was made by a later Usher.",
  "backup-closed": "The age identity does not open what was to be restored.",
  "backup-other-account": "What was to be restored is of another account than the settings name.",
  "backup-keys":
    "The backup of people's data keys, which belongs to what was to be restored, is not there.",
  "backup-tombstones":
    "Something was to be restored where no record says who was erased since it was made.",
  "export-too-large":
    "What is kept about a person is too much for the files that the homeserver takes, also in several.",
  "export-unsent":
    "A file with what is kept about a person lies on the homeserver, and its message could not be sent yet.",
  "export-disk-full":
    "There is no room on the disk to make the file with what is kept about a person.",
  "download-too-large": "A file that somebody uploaded is larger than Usher takes.",
  "attachment-none": "A message with a picture or file was meant, and another was found.",
  "attachment-broken": "An encrypted file is not, where it lies, what was sent.",
  "website-unreachable": "A website that Usher asked something of gave no answer.",
  "website-private":
    "A website that Usher was to ask lies in a private network, where it asks nobody.",
  "website-too-large": "A website answered with more than Usher reads.",
  "website-unexpected": "A website answered something else than what was asked of it.",
  "secret-unreadable": "A file in which the operator keeps a secret for Usher cannot be read.",
  "erasure-enough": "Somebody has confirmed many erasures today.",
  "erasure-word-waits": "Somebody says yes or no where their erasure waits for its word.",
  "object-unknown": "Somebody objects to something that is no kind and has no id of theirs.",
  "erasure-none": "Nothing of the person waits in the room for a word, or to be called off.",
  "erasure-expired": "The ten minutes for the word that confirms an erasure are over.",
  "erasure-word-wrong": "An erasure was to be confirmed with another word than its own.",
  "erasure-other-device":
    "The word that confirms an erasure was said from another device than the one that asked.",
  "erasure-word-spent": "The last of five wrong words was said to confirm an erasure.",
  "erasure-begun": "An erasure was to be called off that has begun.",
  "receipt-unknown":
    "There is no receipt of an erasure with the id and the secret that were given.",
  "cases-enough": "Somebody has written to the operators as often as one may in a day.",
  "case-unknown": "There is no case of that id, or it is somebody else's.",
  "case-closed": "A case was to be answered, put off or taken back that has ended.",
  underage: "Somebody was reported to be younger than the minimum age.",
  "role-missing": "An officer's command is given by somebody who has another role.",
  "case-word": "What an operator says to a case does not fit what it is about.",
  "user-self": "An operator named Usher's own account where a person is meant.",
  "user-erased": "An operator named somebody who has been erased meanwhile.",
  "case-day": "An operator would enter that something was received on a day that is yet to come.",
  "case-own": "An operator would decide a case of their own.",
  "case-extended": "A case was to be put off a second time.",
  "case-late": "A case was to be put off after the day before which it must be answered.",
  "case-text-missing":
    "Somebody wrote to a person, or an operator answered, without a word of text.",
  "case-text-long": "A text to or from the operators is longer than Usher keeps.",
  "private-rooms-enough":
    "Usher has made as many rooms to speak with one person as it makes in an hour.",
  "room-not-private":
    "Something personal was to be sent into a room that is not private between the person and Usher.",
  "notice-incomplete":
    "In production mode, facts that people must be told about whoever runs Usher are missing, or are placeholders; each is named. Usher does not start.",
  "controller-unannounced":
    "In production mode, the configuration names another controller than before, and no version of the privacy notice has told people so; Usher does not start.",
  "homeserver-unreachable":
    "At the start the homeserver did not answer, or what answered is no homeserver.",
  "wrong-user": "The access token belongs to another account than the configured one.",
  "data-directory-foreign": "The data directory holds what belongs to another account.",
  "invite-refused": "An invitation came from somebody whom the operator has not allowed.",
  "invite-budget": "Too many invitations came in a short time.",
  "crypto-device-missing":
    "The access token belongs to no device, so it cannot have encryption keys.",
  "crypto-device-mismatch":
    "The access token belongs to another device than the stored encryption keys.",
  "crypto-store-lost":
    "The device is known to the homeserver, but the store with its encryption keys is gone.",
  "crypto-store-unreadable":
    "The encryption store cannot be opened: its key is missing or does not fit, or the file is damaged.",
  "crypto-identity-unknown":
    "The account has a cross-signing identity whose keys Usher has not got and cannot recover.",
  "crypto-recovery-key-invalid": "The recovery key was mistyped or is no recovery key.",
  "crypto-recovery-key-wrong": "The recovery key does not open the account's secret storage.",
  "crypto-password-needed":
    "The homeserver wants the account's password before it replaces the cross-signing identity.",
  "crypto-engine-missing": "The configured encryption engine cannot be loaded on this machine.",
  "crypto-engine-changed":
    "The device's keys were made by another encryption engine than the one that is configured now.",
  "crypto-engine-broken": "The encryption engine stopped working and is being restarted.",
  "crypto-keys-unshared":
    "The room's key could not be given to the others in it, so nothing was sent.",
  "token-unknown": "The homeserver does not accept Usher's access token.",
  "data-directory-in-use": "Another Usher works with the data directory.",
  "data-directory-not-writable": "Usher may not write in its data directory.",
  "account-unreadable":
    "What is stored about Usher's own account cannot be read; Usher is in safe mode.",
  "data-directory-newer":
    "A stored document was written by a newer Usher; this one does not start, and has changed nothing.",
  "data-directory-unreadable":
    "The system does not let Usher read its data directory; Usher is in safe mode.",
  "data-directory-full":
    "There is no room left on the disk of the data directory; Usher is in safe mode.",
  "key-ring-inside": "The key ring would lie in the data directory, beside what its keys open.",
  "key-ring-open": "Others on the machine can read the key ring.",
  "key-ring-damaged": "The key ring is no whole key ring.",
  "key-ring-missing": "The key ring is gone, and something stored needs a key of it.",
  "key-ring-unusable": "The system does not let Usher read or write the key ring.",
  "key-ring-in-use": "Another Usher that runs has the key ring.",
  "key-missing": "Something stored needs a key that is not in the key ring.",
  "key-changed": "Another key than the one in use has its name in the key ring.",
  "data-key-put-aside":
    "A data key could not be read and was put aside; what is asked would make it useless once it is mended.",
  "data-key-unreadable":
    "A stored data key does not open with the key of the ring that has its name.",
  "credential-unreadable":
    "A credential that is kept for somebody does not open with their data key.",
  "credential-not-kept":
    "Somebody gave Usher something to act with at another service, and unused ones cannot be deleted when they should be, so that no new one is kept.",
  "key-name": "A new key of the ring was to have a name that none can have.",
  "key-unknown": "A key was named that is not in the key ring.",
  "key-primary": "The key that wraps the data keys now was to be taken out of the key ring.",
  "key-in-use": "A key was to be taken out of the key ring that stored data keys need.",
  "data-directory-key-missing": "The key that finds the stored documents is gone or damaged.",
} as const;

/** A kind adds the codes of its own here, in the file `errors.ts` of its folder, and hands them over as `KindDefinition.errors`. */
// oxlint-disable-next-line typescript/no-empty-interface typescript/no-empty-object-type -- is added to by the kinds
export interface KindErrorCodes {}

/** A code that nobody declared does not compile. */
export type ErrorCode = keyof typeof ERROR_CODES | keyof KindErrorCodes;

/** When this happens, in a sentence; of a kind's own code, which only the kind can explain, the code. */
export function meaningOf(code: ErrorCode): string {
  return Object.hasOwn(ERROR_CODES, code) ? ERROR_CODES[code as keyof typeof ERROR_CODES] : code;
}
