type Levels = Readonly<Record<string, unknown>>;

/** Power levels as bridges read them: without the creators of newer rooms. */
export class Powers {
  readonly #levels: Levels;
  readonly own: number;

  constructor(levels: Levels, bot: string) {
    this.#levels = levels;
    this.own = this.of(bot);
  }

  get kick(): number {
    return Number(this.#levels["kick"] ?? 50);
  }

  get invite(): number {
    return Number(this.#levels["invite"] ?? 0);
  }

  of(user: string): number {
    const users = (this.#levels["users"] ?? {}) as Levels;
    return Number(users[user] ?? this.#levels["users_default"] ?? 0);
  }

  needed(type: string): number {
    const events = (this.#levels["events"] ?? {}) as Levels;
    return Number(events[type] ?? this.#levels["state_default"] ?? 50);
  }
}
