import type { View } from "../../src/kernel/errors.ts";
import { mark } from "./mark.ts";

const usage = {
  ...mark("add widget htp://pad.example", "htp://pad.example"),
  usage: "!usher add widget <url>",
  example: "add widget https://pad.example.org",
};
const problem = { label: "url", said: "htp://pad.example" };

const member = { level: 0, role: "role/member" };
const moderator = { level: 50, role: "role/moderator" };
const other = { level: 37, role: undefined };
const line = {
  id: "poll-7k2m4q",
  name: "Poll bot",
  step: { template: "bot-step/join", view: { user: "@poll:example.org" } },
  stopped: false,
};
const status = {
  version: "0.1.0",
  since: "3 d 4 h",
  heard: "2 s",
  takes: [{ template: "widget/status-takes", view: { needed: moderator } }],
  here: [
    { template: "widget/status", view: { count: 1 } },
    { template: "bot/status", view: { count: 2, fault: undefined } },
  ],
  halfDone: [line, { ...line, stopped: true }],
  waiting: 0,
};

/** What is said of the lines that people type: help, how Usher is, and what was not understood. */
export const LINE_SAMPLES: Readonly<Record<string, readonly View[]>> = {
  "argument/boolean-invalid": [{ label: "pinned" }],
  "argument/choice-unknown": [
    { label: "kind", said: "wigdet", advice: "browse widget", choices: ["widget", "bot"] },
    { label: "kind", said: "x", advice: undefined, choices: ["widget", "bot"] },
  ],
  "argument/day-invalid": [{ said: "yesterday" }],
  "argument/event-invalid": [{ said: "yesterday" }],
  "argument/integer-invalid": [{ label: "level", min: 0, max: 100 }],
  "argument/room-invalid": [{ said: "lounge" }],
  "argument/span-invalid": [{ said: "always", max: 366 }],
  "argument/text-control": [{ label: "name" }],
  "argument/text-later": [{ said: "here", label: "all, a kind or an id" }],
  "argument/text-too-long": [{ label: "name", max: 100 }],
  "error/item-fixed": [{ said: "Lunch" }],
  "argument/url-invalid": [{ said: "javascript:alert(1)" }],
  "argument/url-no-scheme": [
    { advice: "add widget https://pad.example.org" },
    { advice: undefined },
  ],
  "argument/url-not-https": [
    { advice: "add widget https://pad.example.org" },
    { advice: undefined },
  ],
  "argument/url-too-long": [{ max: 2048 }],
  "argument/url-userinfo": [{}],
  "argument/user-invalid": [{ said: "ada" }],
  "error/address-unknown-command": [
    { said: "wigdet", advice: "add widget <entry or url>", question: false, begun: undefined },
    {
      said: "add",
      advice: undefined,
      question: false,
      begun: { commands: [{ usage: "!usher add widget <url>" }], more: 0, start: "add" },
    },
    {
      said: "admin",
      advice: undefined,
      question: false,
      begun: { commands: [{ usage: "!usher admin status" }], more: 24, start: "admin" },
    },
    {
      said: "add",
      advice: "add widget jitsi",
      question: false,
      begun: { commands: [{ usage: "!usher add widget <url>" }], more: 0, start: "add" },
    },
    { said: "dance", advice: undefined, question: false, begun: undefined },
    { question: true },
  ],
  "error/argument-invalid": [
    { ...usage, problem: { template: "argument/url-invalid", view: problem } },
  ],
  "error/argument-missing": [
    { ...usage, label: "url", choices: [] },
    { ...usage, label: "kind", choices: ["all", "widgets"] },
  ],
  "error/argument-unexpected": [
    {
      ...usage,
      said: "--yse",
      advice: "add widget https://pad.example.org --yes",
      group: undefined,
    },
    { ...usage, said: "more", advice: undefined, quotes: true, group: undefined },
    { ...usage, said: "more", advice: undefined, quotes: false, group: undefined },
    { ...usage, said: "dta", advice: "privacy data", quotes: false, group: "privacy" },
    { ...usage, said: "help", advice: undefined, quotes: false, group: "privacy" },
  ],
  "error/quote-unclosed": [usage],
  "error/help-unknown": [
    { said: "wigdet", advice: "help add widget" },
    { said: "x", advice: undefined },
  ],
  "help-command": [
    {
      usage: "add widget <url>",
      summary: "help/add-widget",
      operators: false,
      power: "50",
      dependent: true,
      changes: true,
      aliases: ["widget add"],
      example: "add widget https://pad.example.org",
      below: [{ usage: "add widget dashboard", help: "help/add-widget" }],
    },
    {
      usage: "leave",
      summary: "help/leave",
      operators: false,
      power: undefined,
      changes: true,
      aliases: [],
      example: "leave",
      below: [],
    },
    {
      usage: "status",
      summary: "help/status",
      operators: true,
      changes: false,
      aliases: [],
      example: "status",
      below: [],
    },
    {
      usage: "help",
      summary: "help/help",
      operators: false,
      power: undefined,
      changes: false,
      aliases: [],
      example: "help",
      below: [],
    },
  ],
  "help-overview": [
    {
      commands: [
        { usage: "help", help: "help/help", variants: [], group: undefined },
        { usage: "add widget jitsi", help: "help/add-widget", variants: ["bot"], group: "add" },
      ],
      also: ["pin", "unpin"],
      withheld: true,
      narrowed: false,
    },
    {
      commands: [{ usage: "status", help: "help/status", variants: [], group: undefined }],
      also: [],
      withheld: false,
      narrowed: true,
    },
  ],
  status: [
    {
      ...status,
      encrypted: true,
      reads: true,
      doubted: true,
      usherPower: moderator,
      personPower: undefined,
      trial: true,
    },
    {
      ...status,
      encrypted: true,
      reads: false,
      doubted: false,
      usherPower: undefined,
      personPower: member,
      trial: false,
    },
    {
      ...status,
      encrypted: false,
      reads: true,
      doubted: false,
      usherPower: member,
      personPower: moderator,
      trial: false,
    },
    {
      ...status,
      encrypted: false,
      reads: false,
      doubted: false,
      usherPower: other,
      personPower: member,
      trial: false,
    },
    {
      ...status,
      encrypted: false,
      reads: false,
      doubted: false,
      usherPower: other,
      personPower: member,
      takes: [{ template: "widget/status-takes", view: { needed: undefined } }],
      trial: false,
    },
  ],
  usage: [usage],
};
