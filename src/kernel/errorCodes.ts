/**
 * Every code a person or an operator can meet, with when it happens. The sentence itself, with what to do next, is the
 * template `templates/en/error/<code>.mustache`; `docs/errors.md` is generated from both.
 */
export const ERROR_CODES = {
  "address-unknown-command": "The words after Usher's name are no command.",
  "argument-missing": "A command was given without something it needs.",
  "argument-invalid": "A value given to a command is not of the kind it takes.",
  "argument-unexpected": "A command was given more than it takes.",
  "quote-unclosed": "A quotation mark was opened and not closed.",
  "power-person": "The person's power level does not allow what the command would do.",
  "power-usher": "Usher's own power level does not allow what the command would do.",
  "state-owned":
    "Something in the room has a key that begins with somebody's Matrix ID, so nobody else can change it.",
  "place-room-only": "The command works only in a room, and was sent in a direct chat.",
  "place-direct-only": "The command works only in a direct chat, and was sent in a room.",
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
  "widget-url-invalid": "The address given for a widget cannot be used.",
  "widget-setting-unknown": "A setting was given that this kind of widget does not have.",
  "widget-setting-invalid": "A setting of a widget has a value that it cannot take.",
  "widget-setting-missing": "A widget cannot be added without a setting that was left out.",
  "widget-setting-one-of": "A kind of widget takes exactly one of several settings.",
  "settings-none": "A widget was to be changed, and nothing was said that would change.",
  "widget-setting-fixed":
    "A widget that Usher did not make, and cannot read, was to be changed in more than its name.",
  "widget-secret":
    "An address would give a password or a moderator's rights to everybody in the room.",
  "widget-address-unknown":
    "The operator has not allowed any page to be added, and no other kind of widget knows the address.",
  "widget-top-full": "Three widgets are on top already, which is as many as clients show there.",
  "entry-unknown": "Nothing in the catalogue has the name that was given.",
  "entry-not-widget": "Something of the catalogue that is no widget was to be added as one.",
  "undo-overtaken": "What was to be undone has been changed by somebody else since.",
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
  "bot-unknown": "No bot of the catalogue has the name that was given, and it is no Matrix ID.",
  "bot-disabled": "The operator has switched this bot off in the catalogue.",
  "bot-absent":
    "No bot that Usher brought into the room, or that is in the catalogue, has the id that was given.",
  "bot-invite-refused": "The homeserver does not let Usher invite the bot.",
  "bot-self": "Usher was to bring in itself.",
  "bot-banned": "The bot is banned from the room, so it cannot be invited.",
  "bot-creator":
    "Who created the room cannot be removed or given another power in it (room version 12).",
  "bot-stayed": "The bot is still in the room after it was asked to leave and kicked.",
  "bot-setting-unknown": "A setting was given that a bot does not have.",
  "bot-level-invalid": "The power given for a bot is no whole number from 0 to 100.",
  "room-encrypted-unreadable": "Usher cannot read encrypted rooms with its present set-up.",
  "device-unsigned":
    "A command came from a device that its owner has not verified, and the operator, or that command, asks for verified ones.",
  "confirm-older":
    "A yes or no came after its asker had asked for something else, and an older question waits.",
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
  "room-not-private":
    "Something personal was to be sent into a room that is not private between the person and Usher.",
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
  "data-directory-key-missing": "The key that finds the stored documents is gone or damaged.",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
