/** A promise: to bring a thing to a place. Something comes between; it is kept late, or broken and made good. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';

const PROMISE = saying(
  `{A:name} promised to bring {t:a} to {B:name} {p:in}.
   {A:name} said to {B:name}, "I will bring you {t:a}. Wait for me {p:in}."
   {A:name} gave {B:name} {A:his} word to bring {t:a} and meet {p:in}.`,
  `{A:name}答应{p:in}把{t:a}带给{B:name}。
   {A:name}对{B:name}说：“我会给你带{t:a}，{p:in}等我吧。”
   {A:name}向{B:name}保证，会带上{t:a}，{p:in}见面。`,
);
const WAIT = saying(
  `{B:name} sat down {p:in} and waited.
   {B:name} waited {p:in} for an hour.
   {B:name} came early and waited {p:in}.`,
  `{B:name}坐{p:in}等着。
   {B:name}{p:in}等了一个小时。
   {B:name}早早就来了，{p:in}等着。`,
);
const SET_OUT = saying(
  `{A:name} took {t} and set out.
   {A:name} left home with {t}.`,
  `{A:name}拿着{t}出发了。
   {A:name}带着{t}离开了家。`,
);
const DELAY = saying(
  `On the way {A:name} met {C:name}, who had hurt {C:his} foot, and took {C:name} home.
   On the way {A:name} saw that {C:name} was lost, so {A:he} showed {C:name} the way.`,
  `路上，{A:name}遇见了脚受伤的{C:name}，就送{C:name}回家。
   路上，{A:name}看见{C:name}迷路了，就给{C:name}指路。`,
);
const FORGET = saying(
  `But {A:name} played with {C:name} {q:in} and forgot the time.
   But {A:name} fell asleep {q:in}, until {C:name} woke {A:him}.`,
  `可是{A:name}和{C:name}{q:in}玩，忘记了时间。
   可是{A:name}{q:in}睡着了，直到{C:name}叫醒了{A:him}。`,
);
const LATE = saying(
  `{A:name} ran all the way to {p} and came late.
   When {A:name} came to {p}, it was late.`,
  `{A:name}一路跑到{p}，还是迟到了。
   {A:name}来到{p}的时候，已经很晚了。`,
);
const EXPLAIN = saying(
  `"I helped {C:name} first," {A:name} explained.
   {A:name} told {B:name} about {C:name}.`,
  `“我先帮了{C:name}。”{A:name}解释说。
   {A:name}把{C:name}的事告诉了{B:name}。`,
);
const GIVE = saying(
  `Then {A:name} gave {t} to {B:name}.
   Then {B:name} got {t} from {A:name}.`,
  `然后{A:name}把{t}给了{B:name}。
   然后{B:name}从{A:name}手里接过了{t}。`,
);
const KEPT = saying(
  `"You kept your promise," said {B:name}.
   {B:name} was glad that {A:name} had kept the promise.`,
  `“你遵守了诺言。”{B:name}说。
   {B:name}很高兴，{A:name}遵守了诺言。`,
);

export function promise(world: World): void {
  const [A, B, C] = [world.person(), world.person(), world.person()];
  const t = world.thing('own');
  const p = world.place('any');
  world.say(PROMISE, { A, B, t, p });
  world.take(A, t);
  describe(world, A, B);
  world.say(WAIT, { B, p });
  world.move(p, B);
  world.fact('whoWaited', { A: B });
  world.say(SET_OUT, { A, t });
  const helps = world.turn(2) === 0;
  if (helps) world.say(DELAY, { A, C });
  else world.say(FORGET, { A, C, q: world.place('any') });
  world.say(LATE, { A, p });
  world.fact('whoCame', { A });
  world.move(p, A);
  if (helps) world.say(EXPLAIN, { A, B, C });
  else {
    world.say(EVENTS.sorry, { A, B });
    world.say(EVENTS.forgive, { B });
  }
  world.say(GIVE, { A, B, t });
  world.take(B, t);
  world.fact('whatGave', { A, B, t });
  world.fact('whoGave', { t, A, B });
  if (helps) world.say(KEPT, { A, B });
  else world.say(EVENTS.together, { A, B });
  finish(world, ending.has(B, t));
}
