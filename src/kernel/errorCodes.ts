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
  "place-room-only": "The command works only in a room, and was sent in a direct chat.",
  "place-direct-only": "The command works only in a direct chat, and was sent in a room.",
  "operators-only": "The command is answered to operators only.",
  "confirm-none": "Somebody answered yes or no where nothing waits for their answer.",
  "confirm-expired": "The five minutes for a confirmation are over.",
  "command-stale": "A command that changes things arrived while Usher was away, and is too old to run unasked.",
  "command-interrupted": "Usher stopped in the middle of a command and could not finish it.",
  "sender-flooding": "Somebody, most likely another bot, sends commands faster than a person could.",
  unexpected: "Something failed that Usher did not foresee; the reference is in the operator's log too.",
  "help-unknown": "Help was asked for about something that is no command.",
  "widget-url-invalid": "The address given for a widget cannot be used.",
  "widget-unknown": "No widget in the room has the id that was given.",
  "room-encrypted-unreadable": "Usher cannot read encrypted rooms with its present set-up.",
  "room-cleartext-refused": "A command came unencrypted into an encrypted room.",
  "room-unreachable": "The homeserver refused or could not do what Usher asked of it.",
  "room-limited": "The homeserver asks for fewer requests; Usher gave up after several tries.",
  "invite-refused": "An invitation came from somebody whom the operator has not allowed.",
  "invite-budget": "Too many invitations came in a short time.",
  "crypto-device-mismatch": "The access token belongs to another device than the stored encryption keys.",
  "crypto-store-lost": "The device is known to the homeserver, but the store with its encryption keys is gone.",
  "crypto-store-unreadable": "The encryption store cannot be opened: its key is missing or does not fit, or the file is damaged.",
  "crypto-identity-unknown": "The account has a cross-signing identity whose keys Usher has not got and cannot recover.",
  "crypto-recovery-key-invalid": "The recovery key was mistyped or is no recovery key.",
  "crypto-recovery-key-wrong": "The recovery key does not open the account's secret storage.",
  "crypto-password-needed": "The homeserver wants the account's password before it replaces the cross-signing identity.",
  "crypto-engine-missing": "The configured encryption engine cannot be loaded on this machine.",
  "crypto-engine-broken": "The encryption engine stopped working and is being restarted.",
  "crypto-keys-unshared": "The room's key could not be given to the others in it, so nothing was sent.",
  "token-unknown": "The homeserver does not accept Usher's access token.",
} as const;

export type ErrorCode = keyof typeof ERROR_CODES;
