/** Weather: rain, wind or snow surprises people on the way; they shelter, share what they have, and things get moved. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';

const WALK = saying(
  `{A:name} and {B:name} were {p:in}. {A:name} had {t:a} with {A:him}.
   {A:name} took {t:a} and went to {p} with {B:name}.
   {A:name} showed {B:name} {t:a} {p:in}.`,
  `{A:name}和{B:name}{p:in}，{A:name}带着{t:a}。
   {A:name}带着{t:a}，和{B:name}去了{p}。
   {A:name}{p:in}给{B:name}看{t:a}。`,
);
const STORM = [
  saying(
    `Suddenly it began to rain hard.
     Dark clouds came, and it rained and rained.`,
    `突然下起了大雨。
     乌云来了，雨下个不停。`,
  ),
  saying(
    `Suddenly a strong wind began to blow.
     Then a storm came, and the trees bent.`,
    `突然刮起了大风。
     接着起了风暴，树都弯了腰。`,
  ),
  saying(
    `Suddenly there was a lot of thunder.
     Then there was lightning and loud thunder.`,
    `突然响起了很多雷声。
     接着打起了闪电和响雷。`,
  ),
];
const SHELTER = saying(
  `"Quick, to {q}!" called {B:name}, and they ran.
   They ran to {q} and stayed there.
   {A:name} saw {q}, and they ran inside.`,
  `“快，去{q}！”{B:name}喊道，{they}跑了起来。
   {they}跑到{q}，待在那里。
   {A:name}看见了{q}，{they}跑了进去。`,
);
const DROP = saying(
  `But {t:the} was left behind {p:in}.
   In the hurry {A:name} had left {t:the} {p:in}.`,
  `可是{t:the}落{p:in}了。
   匆忙中，{A:name}把{t:the}忘{p:in}了。`,
);
const BRAVE = saying(
  `{H:name} ran out and brought {t:the} back.
   "I will get it," said {H:name}, and came back with {t:the}.`,
  `{H:name}跑出去，把{t:the}拿了回来。
   “我去拿。”{H:name}说，然后拿着{t:the}回来了。`,
);
const STAY = saying(
  `"It is too dangerous now," said {B:name}. "We will get it tomorrow."
   {B:name} said, "Let it lie there until tomorrow."`,
  `“现在太危险了。”{B:name}说，“明天再去拿吧。”
   {B:name}说：“就让它留在那里，明天再说。”`,
);
const COLD = saying(
  `{X:name} was cold, so {Y:name} gave {X:o} {u:a}.
   "You are cold," said {Y:name}, and gave {X:name} {u:a}.`,
  `{X:name}很冷，{Y:name}就给了{X:o}{u:a}。
   “你很冷吧。”{Y:name}说着，给了{X:name}{u:a}。`,
);
const PASS_TIME = saying(
  `They told stories until it was over.
   They sang songs and waited.`,
  `{they}讲着故事，直到天气变好。
   {they}唱着歌等待。`,
);
const OVER = saying(
  `At last the sun came out again.
   After an hour the sky was blue.
   Then there was a rainbow over {q}.`,
  `终于，太阳又出来了。
   一个小时以后，天空变蓝了。
   后来，{q}上空出现了彩虹。`,
);

export function weather(world: World): void {
  const [A, B] = [world.person(), world.person()];
  const t = world.thing('own');
  const u = world.thing('warm');
  const p = world.place('out');
  const q = world.place('building');
  world.say(WALK, { A, B, t, p });
  world.take(A, t);
  describe(world, A, B);
  const storm = STORM[world.turn(STORM.length)];
  if (storm !== undefined) world.say(storm, {});
  world.say(SHELTER, { A, B, q });
  world.fact('whereWaited', { p: q });
  world.move(q, A, B);
  const dropped = world.turn(2) === 0;
  if (dropped) {
    world.say(DROP, { A, t, p });
    world.put(t, p);
    const course = world.turn(3);
    if (course === 2) world.say(STAY, { B });
    else {
      const hero = course === 0 ? A : B;
      world.say(BRAVE, { H: hero, t });
      world.take(hero, t);
    }
  }
  const [X, Y] = world.turn(2) === 0 ? [A, B] : [B, A];
  world.say(COLD, { X, Y, u });
  world.take(X, u);
  world.fact('whatGave', { A: Y, B: X, t: u });
  world.say(EVENTS.thank, { A: X, B: Y });
  world.say(PASS_TIME, {});
  world.say(OVER, { q });
  const options = [ending.has(X, u), ending.at(A, q), ending.at(B, q)];
  if (t.holder !== null) options.push(ending.has(t.holder, t));
  if (t.place !== null) options.push(ending.lies(t, t.place));
  finish(world, ...options);
}
