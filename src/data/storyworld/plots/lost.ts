/** Lost and found: somebody has lost a thing, looks in one or two wrong places, and it is found in a third. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';

const LOST = saying(
  `{A:name} could not find {A:his} {t:fn}.
   {A:name} had lost {A:his} {t:fn}.
   {A:name} was looking everywhere for {A:his} {t:fn}.`,
  `{A:name}找不到{A:his}{t:fn}了。
   {A:name}弄丢了{A:his}{t:fn}。
   {A:name}到处寻找{A:his}{t:fn}。`,
);
const LOOK = saying(
  `First {A} looked {p:in}, but {t} was not there.
   {A} went to look {p:in}, but found nothing.
   {A} searched for a long time {p:in}, but {t} was not there.`,
  `{A}先{p:in}找，可是{t}不在那里。
   {A}去{p:loc}找，可是什么也没找到。
   {A}{p:in}找了很久，可是{t}不在那里。`,
);
const LOOK_AGAIN = saying(
  `Then {A} looked {p:in}. {t} was not there either.
   After that {A} tried to find it {p:in}, again without luck.`,
  `接着{A}又{p:in}找，{t}也不在那里。
   然后{A}去{p:loc}找，还是没有找到。`,
);
const MEET = saying(
  `"What are you looking for?" asked {B:name}.
   {B:name} came by and asked, "Why do you look so worried?"
   Just then {A:name} met {B:name}. "Can I help you?" asked {B:name}.`,
  `“你在找什么？”{B:name}问。
   {B:name}走过来问：“你怎么这么着急？”
   就在这时，{A:name}遇见了{B:name}。“要我帮忙吗？”{B:name}问。`,
);
const TELL = saying(
  `"I have lost my {t:n}," {A:name} answered.
   "My {t:n} is gone," said {A:name}.
   {A:name} told {B:o} all about the lost {t:n}.`,
  `“我的{t:n}丢了。”{A:name}回答。
   “我的{t:n}不见了。”{A:name}说。
   {A:name}把丢了{t:n}的事告诉了{B:o}。`,
);
const FOUND = saying(
  `In the end {F:name} found {t:the} {p:in}.
   Soon {F:name} saw something {p:in}. It was {t:full}!
   "Here it is!" cried {F:name}. {t:the} was {p:in}.`,
  `最终，{F:name}{p:in}找到了{t:the}。
   不久，{F:name}看见{p:loc}有个东西，那正是{t:full}！
   “在这里！”{F:name}喊道。原来{t:the}{p:in}。`,
);
const GIVE_BACK = saying(
  `{F:name} gave {t} back to {A:name}.
   {F:name} picked {t} up and handed it to {A:name}.`,
  `{F:name}把{t}还给了{A:name}。
   {F:name}捡起{t}，交给了{A:name}。`,
);

export function lost(world: World): void {
  const A = world.person();
  const B = world.person();
  const t = world.thing('own');
  const first = world.place('any');
  world.say(LOST, { A, t });
  world.fact('whoLost', { t, A });
  describe(world, A);
  world.say(EVENTS.sad, { A });
  world.say(LOOK, { A, t, p: first });
  world.fact('whereLooked', { A, p: first });
  const spot = world.turn(2) === 0 ? world.place('any') : world.spotOf(first);
  if (world.turn(2) === 0) world.say(LOOK_AGAIN, { A, t, p: world.place('any') });
  world.say(MEET, { A, B });
  world.say(TELL, { A, B, t });
  const finder = world.turn(2) === 0 ? A : B;
  world.say(FOUND, { F: finder, t, p: spot });
  world.fact('whoFound', { t, A: finder });
  world.fact('whereFound', { t, p: spot });
  if (finder === B) world.say(GIVE_BACK, { F: B, A, t });
  world.take(A, t);
  if (finder === B) world.say(EVENTS.thank, { A, B });
  else world.say(EVENTS.glad, { A });
  finish(world, ending.has(A, t));
}
