/** How fast steps pass, as a mean over the last few, since several are under way and come back in bursts. */

const steps = 10;

export class StepClock {
  #passed: { readonly tokens: number; readonly milliseconds: number }[] = [];
  #last = 0;

  /** Forgets the time until now: something else than steps took it. */
  skip(now: number): void {
    this.#last = now;
  }

  /** A step that was asked for at `begun` is done at `now`; both in milliseconds. */
  pass(tokens: number, begun: number, now: number): void {
    this.#passed.push({ tokens, milliseconds: now - Math.max(begun, this.#last) });
    if (this.#passed.length > steps) this.#passed.shift();
    this.#last = now;
  }

  get tokensPerSecond(): number {
    return (1000 * this.#passed.reduce((sum, { tokens }) => sum + tokens, 0)) / this.#milliseconds;
  }

  /** Of one step; 0 before the first. */
  get stepMilliseconds(): number {
    return this.#passed.length === 0 ? 0 : this.#milliseconds / this.#passed.length;
  }

  /** Never 0: clocks of a page are coarse. */
  get #milliseconds(): number {
    return Math.max(
      0.001,
      this.#passed.reduce((sum, { milliseconds }) => sum + milliseconds, 0),
    );
  }
}
