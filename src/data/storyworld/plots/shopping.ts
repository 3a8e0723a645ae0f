/** Shopping: coins are counted, a thing is bought (perhaps with lent coins), and the rest is what remains. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';
import { COIN } from '../world/things';

const START = saying(
  `{A:name} had {n*u} in {A:his} pocket.
   {A:name} took {n*u} out of {A:his} money box.
   {A:name} had saved {n*u}.`,
  `{A:name}的口袋里有{n*u}。
   {A:name}从存钱罐里拿出{n*u}。
   {A:name}存了{n*u}。`,
);
const GO = saying(
  `{A:name} and {B:name} went to {p}.
   {A} walked to {p} with {B:name}.
   {A} met {B:name} on the way to {p}.`,
  `{A:name}和{B:name}去了{p}。
   {A}和{B:name}一起走到{p}。
   {A}在去{p}的路上遇见了{B:name}。`,
);
const PRICE = saying(
  `There was {t:a} for {n*u}.
   {A} saw {t:a}, which cost {n*u}.
   "How much is {t:a}?" asked {A:name}. "It costs {n*u}."`,
  `那里有{t:a}，要{n*u}。
   {A}看见{t:a}，价钱是{n*u}。
   “{t:a}多少钱？”{A:name}问。“{n*u}。”`,
);
const BUY = saying(
  `{A:name} paid and took {t}.
   "I will take it," said {A:name}, and paid.
   {A:name} bought {t}.`,
  `{A:name}付了钱，拿走了{t}。
   “我买了。”{A:name}说着，付了钱。
   {A:name}买下了{t}。`,
);
const LEFT = saying(
  `Now {A:name} had {n*u} left.
   After that {A:his} pocket still held {n*u}.`,
  `现在{A:name}还剩{n*u}。
   之后，{A:name}的口袋里还有{n*u}。`,
);
const GIFT_COINS = saying(
  `{B:name} gave {A:name} {n*u} more.
   {A:name} got {n*u} more from {B:name}.`,
  `{B:name}又给了{A:name}{n*u}。
   {A:name}又从{B:name}那里得到{n*u}。`,
);
const FIND_COINS = saying(
  `On the way home {A:name} found {n*u} on the road.
   Then {A:name} sold an old toy for {n*u}.`,
  `回家的路上，{A:name}捡到{n*u}。
   后来{A:name}卖了一个旧玩具，得到{n*u}。`,
);
const GIVE_COINS = saying(
  `{A:name} gave {B:name} {n*u}.
   {B:name} asked for help, and {A:name} gave {B:him} {n*u}.`,
  `{A:name}给了{B:name}{n*u}。
   {B:name}请求帮忙，{A:name}就给了{B:him}{n*u}。`,
);

export function shopping(world: World): void {
  const [A, B] = [world.person(), world.person()];
  const t = world.thing('buy');
  const u = world.known(COIN);
  const p = world.place('shop');
  const money = world.count(6, 15);
  const price = world.count(2, () => world.valueOf(money) - 3);
  const left = world.result(() => world.valueOf(money) - world.valueOf(price));
  world.say(START, { A, n: money, u });
  world.fact('manyFirst', { A, n: money, u });
  describe(world, A);
  world.say(GO, { A, B, p });
  world.say(PRICE, { A, t, n: price, u });
  world.fact('manyCost', { t, n: price, u });
  world.say(BUY, { A, t });
  world.take(A, t);
  world.fact('whatBought', { A, t });
  world.fact('whereBought', { A, t, p });
  world.say(LEFT, { A, n: left, u });
  world.say(EVENTS.glad, { A });
  const course = world.turn(3);
  const change = world.count(1, () => (course === 2 ? world.valueOf(left) - 1 : 5));
  const total = world.result(() => world.valueOf(left) + (course === 2 ? -1 : 1) * world.valueOf(change));
  world.say(course === 0 ? GIFT_COINS : course === 1 ? FIND_COINS : GIVE_COINS, { A, B, n: change, u });
  const end = ending.count({ A, n: total, u });
  world.fact('manyHave', { A, n: total, u });
  if (course !== 1 && world.turn(2) === 1) {
    world.say(EVENTS.thank, course === 0 ? { A, B } : { A: B, B: A });
  }
  finish(world, end);
}
