/**
 * Lets a long computation give way: events that arrived meanwhile (a wish to stop, another request) are handled before it
 * goes on. A timer would cost milliseconds each time in a browser, so a message to oneself is used.
 */

export type Breathe = () => Promise<void>;

/** Gives way when called at least `milliseconds` after it last did, else goes on at once. */
export function breather(milliseconds: number): Breathe {
  let last = performance.now();
  return async () => {
    if (performance.now() - last < milliseconds) return;
    await macrotask();
    last = performance.now();
  };
}

function macrotask(): Promise<void> {
  if (typeof setImmediate === 'function') return new Promise((resolve) => setImmediate(resolve));
  const { port1, port2 } = new MessageChannel();
  return new Promise((resolve) => {
    port1.onmessage = () => {
      port1.close();
      resolve();
    };
    port2.postMessage(null);
  });
}
