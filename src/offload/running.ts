/** Work that is waited for twice: until it has begun, and until it is done. */

/** Something under way: begun in its turn, and done at some time. */
export interface Running<T> {
  readonly begun: Promise<void>;
  readonly done: Promise<T>;
}

export function running<T>(work: (begun: () => void) => Promise<T>): Running<T> {
  let begin: () => void = () => {};
  const begins = new Promise<void>((resolve) => {
    begin = resolve;
  });
  const done = work(begin);
  // What fails never begins; whoever waits for the beginning must hear of it.
  return { begun: Promise.race([begins, done.then(() => {})]), done };
}

/** A failure is heard by whoever waits for the layer; here it only must not count as unheard. */
export function quiet({ begun, done }: Running<unknown>): void {
  begun.catch(() => {});
  done.catch(() => {});
}
