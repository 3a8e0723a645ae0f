/**
 * How commands are carried out by one thread or a pool: the first thread publishes a command, every thread claims some of its
 * units at a time, and the first goes on when all are done. A unit computes outputs of its own in an order of its own, so the bits
 * depend neither on who claims what nor on how many there are.
 *
 * A command is four words (kernel, units, units of a claim, bytes to the next command) and its arguments. The ticket holds
 * the number of the command under way and the next free unit in one word of 64 bits: a claim that comes too late
 * finds another number and takes nothing. Threads wait by spinning a while, then asleep.
 */
import { call } from './dispatch';

/** Words of a command's head. */
const kernelWord: usize = 0;
const unitsWord: usize = 4;
const grainWord: usize = 8;
const sizeWord: usize = 12;
const headBytes: usize = 16;

/** Places in the control block, a cache line each. */
const ticketAt: usize = 0;
const doneAt: usize = 64;
const commandAt: usize = 128;
/** Counts commands; sleeping threads wait for it to change. */
const epochAt: usize = 192;
const sleepersAt: usize = 256;
const quitAt: usize = 320;

/** A next unit that is beyond all: nothing may be claimed. */
const closed: i64 = 0xffffffff;

/** Looks at a word before sleeping: some tens of microseconds. */
const spins: i32 = 10000;

/** Nanoseconds between looks at a thread that does not answer. */
const patience: i64 = 1000000000;

/**
 * Carries out the commands from `first` up to `last` and returns `last`, or, when another thread has not answered for
 * `patience`, the command it is at: call again with `waiting` to go on waiting.
 */
export function run(first: usize, last: usize, control: usize, scratch: usize, threads: i32, waiting: bool): usize {
  let command = first;
  while (command < last) {
    const units = load<i32>(command, unitsWord);
    if (threads === 1 || units <= load<i32>(command, grainWord)) {
      call(load<i32>(command, kernelWord), command + headBytes, 0, units, scratch);
    } else {
      if (!waiting) publish(command, control);
      const epoch = atomic.load<u32>(control, epochAt);
      claim(command, epoch, control, scratch);
      if (!allDone(units, control)) return command;
      // A thread that wakes up late would read this command's units where there may be anything by then.
      atomic.store<i64>(control, ((epoch as i64) << 32) | closed, ticketAt);
    }
    waiting = false;
    command += load<u32>(command, sizeWord) as usize;
  }
  return command;
}

/** The life of another thread: ends when `stop` is called. */
export function serve(control: usize, scratch: usize): void {
  let seen: u32 = 0;
  while (true) {
    const epoch = nextEpoch(seen, control);
    if (atomic.load<i32>(control, quitAt) !== 0) return;
    seen = epoch;
    const command = atomic.load<u32>(control, commandAt) as usize;
    if (command) claim(command, epoch, control, scratch);
  }
}

/** Ends the other threads. */
export function stop(control: usize): void {
  atomic.store<i32>(control, 1, quitAt);
  atomic.add<u32>(control, 1, epochAt);
  atomic.notify(control + epochAt, -1);
}

function publish(command: usize, control: usize): void {
  const epoch = atomic.load<u32>(control, epochAt) + 1;
  // The ticket of the command before is closed, so nobody claims until this one's is there.
  atomic.store<u32>(control, command as u32, commandAt);
  atomic.store<i32>(control, 0, doneAt);
  atomic.store<i64>(control, (epoch as i64) << 32, ticketAt);
  atomic.store<u32>(control, epoch, epochAt);
  if (atomic.load<i32>(control, sleepersAt) > 0) atomic.notify(control + epochAt, -1);
}

/** Claims and computes until the command of `epoch` has no unit left. */
function claim(command: usize, epoch: u32, control: usize, scratch: usize): void {
  const units = load<i32>(command, unitsWord);
  const grain = load<i32>(command, grainWord);
  const kernel = load<i32>(command, kernelWord);
  while (true) {
    const ticket = atomic.load<i64>(control, ticketAt);
    if (((ticket >>> 32) as u32) !== epoch) return;
    const next = ticket & closed;
    if (next >= (units as i64)) return;
    if (atomic.cmpxchg<i64>(control, ticket, ticket + (grain as i64), ticketAt) !== ticket) continue;
    const begin = next as i32;
    const end = min(begin + grain, units);
    call(kernel, command + headBytes, begin, end, scratch);
    const done = atomic.add<i32>(control, end - begin, doneAt) + end - begin;
    if (done === units) atomic.notify(control + doneAt, 1);
  }
}

function allDone(units: i32, control: usize): bool {
  for (let i = 0; i < spins; i++) {
    if (atomic.load<i32>(control, doneAt) === units) return true;
  }
  while (true) {
    const done = atomic.load<i32>(control, doneAt);
    if (done === units) return true;
    if (atomic.wait<i32>(control + doneAt, done, patience) === 2) return atomic.load<i32>(control, doneAt) === units;
  }
}

/** Waits for a command after `seen`. */
function nextEpoch(seen: u32, control: usize): u32 {
  for (let i = 0; i < spins; i++) {
    const epoch = atomic.load<u32>(control, epochAt);
    if (epoch !== seen) return epoch;
  }
  while (true) {
    atomic.add<i32>(control, 1, sleepersAt);
    atomic.wait<i32>(control + epochAt, seen as i32, -1);
    atomic.sub<i32>(control, 1, sleepersAt);
    const epoch = atomic.load<u32>(control, epochAt);
    if (epoch !== seen) return epoch;
  }
}
