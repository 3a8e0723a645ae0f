/** Hide and seek: the seeker counts, finds one after the other, and learns where each had been hiding. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';

const PLAY = saying(
  `{A:name}, {B:name} and {C:name} played hide and seek {p:in}.
   {A:name} met {B:name} and {C:name} {p:in} to play hide and seek.`,
  `{A:name}、{B:name}和{C:name}{p:in}玩捉迷藏。
   {A:name}和{B:name}、{C:name}{p:in}碰面，一起玩捉迷藏。`,
);
const SEEK = saying(
  `{A:name} closed {A:his} eyes and counted to {n}.
   It was {A:name}'s turn to seek. {A:name} counted to {n}.`,
  `{A:name}闭上眼睛，数到{n}。
   轮到{A:name}来找。{A:name}数到{n}。`,
);
const HIDE = saying(
  `{B:name} hid {p:in}.
   {B:name} quickly found a place {p:in}.
   {B:name} lay still {p:in}.`,
  `{B:name}藏{p:in}。
   {B:name}很快躲好了，就{p:in}。
   {B:name}{p:in}一动不动。`,
);
const HIDE_TOO = saying(
  `{C:name} hid {p:in}.
   {C:name} chose a place {p:in}.`,
  `{C:name}躲{p:in}。
   {C:name}选了个地方，{p:in}。`,
);
const LOOK = saying(
  `"I am coming!" {A:name} shouted, and looked {p:in}. There was nothing but {t:a}.
   First {A:name} looked {p:in}, but there was only {t:a}.`,
  `“我来了！”{A:name}喊着，看了看{p:loc}，那里只有{t:a}。
   {A:name}先看了看{p:loc}，可是那里只有{t:a}。`,
);
const NOISE = saying(
  `Then {F:name} sneezed, and {A:name} found {F:o}.
   {F:name} had to laugh, so {A:name} found {F:o}.
   {A:name} saw {F:name}'s foot. "I have found you!"`,
  `这时{F:name}打了个喷嚏，{A:name}找到了{F:o}。
   {F:name}忍不住笑了，{A:name}就找到了{F:o}。
   {A:name}看见了{F:name}的脚，说：“找到你了！”`,
);
const LAST = saying(
  `{L:name} was still hiding. {A:name} had to look for a long time.
   But {A:name} could not find {L:name} for a long time.
   Only {L:name} was missing.`,
  `{L:name}还藏着，{A:name}找了很久。
   可是{A:name}很久都找不到{L:name}。
   只差{L:name}了。`,
);
const GIVE_UP = saying(
  `"I give up!" called {A:name}. {L:name} came out and had won.
   At last {A:name} gave up, and {L:name} jumped out.`,
  `“我认输了！”{A:name}喊道。{L:name}走出来，赢了。
   最终{A:name}认输了，{L:name}跳了出来。`,
);
const FIND = saying(
  `At last {A:name} saw {L:name} {p:in}.
   Then {A:name} looked {p:in}, and there was {L:name}.`,
  `终于，{A:name}看见{L:name}{p:in}。
   后来{A:name}往{p:loc}一看，{L:name}就在那里。`,
);
const TREASURE = saying(
  `{L:name} had found {t:a} in the hiding place.
   "Look what I found!" {L:name} cried. It was {t:a}.`,
  `{L:name}在藏身的地方发现了{t:a}。
   “看我找到了什么！”{L:name}喊道。那是{t:a}。`,
);

export function hide(world: World): void {
  const [A, B, C] = [world.person(), world.person(), world.person()];
  const p = world.place('any');
  world.say(PLAY, { A, B, C, p });
  describe(world, A, B, C);
  const [spotB, spotC, empty] = [world.spotOf(p, true), world.spotOf(p, true), world.spotOf(p, true)];
  world.fact('whoSeeks', { A });
  world.say(SEEK, { A, n: world.count(10, 20) });
  world.say(HIDE, { B, p: spotB });
  world.fact('whereHid', { A: B, p: spotB });
  world.say(HIDE_TOO, { C, p: spotC });
  world.fact('whereHid', { A: C, p: spotC });
  world.say(LOOK, { A, p: empty, t: world.thing('own') });
  const [found, last, spot] = world.turn(2) === 0 ? [B, C, spotC] : [C, B, spotB];
  world.say(NOISE, { A, F: found });
  world.fact('whoFirst', { A: found });
  world.say(LAST, { A, L: last });
  if (world.turn(2) === 0) world.say(GIVE_UP, { A, L: last });
  else world.say(FIND, { A, L: last, p: spot });
  const t = world.thing('keep');
  world.say(TREASURE, { L: last, t });
  world.take(last, t);
  world.fact('whoFound', { t, A: last });
  world.fact('whereFound', { t, p: spot });
  world.say(EVENTS.glad, { A: last });
  finish(world, ending.has(last, t));
}
