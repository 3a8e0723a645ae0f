/** A thread is gone: what it was computing is lost, and with it the memory's state. */
export class ThreadGone extends Error {
  override readonly name = 'ThreadGone';
}
