/** A misunderstanding: a thing is gone, the wrong person is blamed, and the truth comes out. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';

const PUT = saying(
  `{A:name} left {t:a} {p:in} and went away.
   {A:name} put {t:a} down {p:in}.
   {A:name} kept {t:a} {p:in}.`,
  `{A:name}把{t:a}留{p:in}，然后走了。
   {A:name}把{t:a}放{p:in}。
   {A:name}有{t:a}，放{p:in}。`,
);
const GONE = saying(
  `When {A} came back, {t:the} was gone.
   An hour later {t:the} was not there any more.
   Later {A} wanted to get {t:the}, but could not find it.`,
  `{A}回来的时候，{t:the}不见了。
   一个小时以后，{t:the}已经不在了。
   后来{A}想拿{t:the}，可是找不到了。`,
);
const SEEN = saying(
  `{A:name} had seen {B:name} nearby.
   Only {B:name} had been there.
   {A:name} remembered that {B:name} liked {t:the}.`,
  `{A:name}看见{B:name}来过附近。
   只有{B:name}到过那里。
   {A:name}想起{B:name}很喜欢{t:the}。`,
);
const BLAME = saying(
  `"You took my {t:n}!" {A:name} shouted at {B:name}.
   {A:name} thought that {B:name} had taken {t:the}.
   "Give me back my {t:n}, {B:name}!" said {A:name}.`,
  `“你拿了我的{t:n}！”{A:name}对{B:name}喊道。
   {A:name}以为{B:name}拿走了{t:the}。
   “{B:name}，把我的{t:n}还给我！”{A:name}说。`,
);
const DENY = saying(
  `"I did not take it," said {B:name} sadly.
   {B:name} did not know anything about it.`,
  `“我没有拿。”{B:name}难过地说。
   {B:name}什么也不知道。`,
);
const TRUTH_MOVED = saying(
  `Then {C:name} came. "I moved {t:the}, because it looked like rain. It is {q:in}."
   Then {C:name} said, "I took {t:the} and put it {q:in}, to keep it safe."`,
  `这时{C:name}来了，说：“我怕下雨，把{t:the}拿走了，它就{q:in}。”
   这时{C:name}说：“我拿了{t:the}，为了安全，放{q:in}了。”`,
);
const TRUTH_USED = saying(
  `Then {C:name} came in with {t:full}. "I only wanted to look at it," {C:he} said.
   But {C:name} had {t:full}. "I took it to clean it," {C:he} explained.`,
  `这时{C:name}拿着{t:full}进来了，{C:he}说：“我只是想看看。”
   原来{t:full}在{C:name}那里，{C:he}解释说：“我拿去擦干净了。”`,
);
const RETURN = saying(
  `{C:name} gave {t:the} back to {A:name}.
   {A:name} took {t:the} from {C:name}.`,
  `{C:name}把{t:the}还给了{A:name}。
   {A:name}从{C:name}手里拿回了{t:the}。`,
);
const LOOK = saying(
  `They went to look, and there it was.
   It was true: {t:the} was there.`,
  `{they}去看，它果然在那里。
   真的，{t:the}就在那里。`,
);

export function misunderstanding(world: World): void {
  const [A, B, C] = [world.person(), world.person(), world.person()];
  const t = world.thing('own');
  const p = world.place('any');
  world.say(PUT, { A, t, p });
  world.fact('whereLeft', { t, p });
  describe(world, A);
  world.say(GONE, { A, t });
  world.say(SEEN, { A, B, t });
  world.say(BLAME, { A, B, t });
  world.fact('whoBlamed', { A: B });
  world.say(DENY, { B });
  const moved = world.turn(2) === 0;
  const q = world.place('any');
  world.groupSize = 3;
  if (moved) {
    world.say(TRUTH_MOVED, { C, t, q });
    world.put(t, q);
    world.say(LOOK, { t });
  } else {
    world.say(TRUTH_USED, { C, t });
    world.say(RETURN, { A, C, t });
    world.take(A, t);
  }
  world.fact('whoTook', { t, A: C });
  world.say(EVENTS.sorry, { A, B });
  world.say(EVENTS.forgive, { B });
  if (moved) finish(world, ending.lies(t, q));
  else finish(world, ending.has(A, t));
}
