/**
 * Asks one question at a time where a hand moves faster than answers come: a question rests a moment before it is sent, and of
 * those that come while one is under way only the last is sent.
 */
export class Latest<T> {
  #underWay = false;
  #next: { readonly value: T } | null = null;
  #resting: ReturnType<typeof setTimeout> | null = null;

  constructor(
    private readonly send: (value: T) => void,
    /** Milliseconds. */
    private readonly rest: number,
  ) {}

  ask(value: T): void {
    this.#next = { value };
    if (this.#resting !== null) clearTimeout(this.#resting);
    this.#resting = setTimeout(() => {
      this.#resting = null;
      this.#go();
    }, this.rest);
  }

  /** The question under way was answered, or failed. */
  answered(): void {
    this.#underWay = false;
    if (this.#resting === null) this.#go();
  }

  /** What was not sent yet is not wanted any more. */
  forget(): void {
    if (this.#resting !== null) clearTimeout(this.#resting);
    this.#resting = null;
    this.#next = null;
  }

  #go(): void {
    if (this.#underWay || !this.#next) return;
    const { value } = this.#next;
    this.#next = null;
    this.#underWay = true;
    this.send(value);
  }
}
