/** A borrowed thing: lent with a request, lent on or left somewhere, and given back or replaced. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';

const ASK = saying(
  `{A:name} asked {B:name}, "May I borrow your {t:fn}?"
   {A:name} wanted to borrow {t:a} from {B:name}.
   {A:name} needed {t:a}, and {B:name} had one.`,
  `{A:name}问{B:name}：“能借我你的{t:fn}吗？”
   {A:name}想向{B:name}借{t:a}。
   {A:name}需要{t:a}，{B:name}正好有。`,
);
const LEND = saying(
  `"Yes, but take good care of it," said {B:name}.
   {B:name} lent it to {A:name} at once.
   "You can have it until tomorrow," answered {B:name}.`,
  `“可以，但是要好好爱护。”{B:name}说。
   {B:name}马上借给了{A:name}。
   “可以借到明天。”{B:name}回答。`,
);
const USE = saying(
  `{A:name} took {t:the} to {p}.
   {A:name} went to {p} with {t:the}.
   {A:name} wanted to show {t:the} to friends {p:in}.`,
  `{A:name}把{t:the}带到{p}。
   {A:name}带着{t:the}去了{p}。
   {A:name}想{p:in}给大家看{t:the}。`,
);
const LEAVE = saying(
  `But {A:name} forgot {t:the} there and went home.
   But when {A:name} went home, {t:the} was left there.`,
  `可是{A:name}把{t:the}忘在那里，就回家了。
   可是{A:name}回家的时候，{t:the}落在了那里。`,
);
const TAKEN = saying(
  `{C:name} found {t:full} and took it to {q}.
   {C:name} saw {t:full} and put it {q:in}.`,
  `{C:name}发现了{t:full}，把它带到{q}。
   {C:name}看见了{t:full}，把它放{q:in}。`,
);
const SEARCH = saying(
  `{A:name} ran back, but {t:the} was not there.
   {A:name} went back at once and saw that {t:the} was gone.`,
  `{A:name}跑回去，可是{t:the}不在了。
   {A:name}马上回去，发现{t:the}不见了。`,
);
const NEWS = saying(
  `"I have seen it," said {C:name}. "It is {q:in}."
   {C:name} told {A:name}, "{t:the} is {q:in}."`,
  `“我看见了。”{C:name}说，“它{q:in}。”
   {C:name}告诉{A:name}：“{t:the}{q:in}。”`,
);
const LENT_ON = saying(
  `There {C:name} asked for {t:the}, and {A:name} lent it to {C:o}.
   {C:name} was there too and wanted {t:the}. {A:name} gave it to {C:o}.`,
  `在那里，{C:name}想要{t:the}，{A:name}就借给了{C:o}。
   {C:name}也在那里，想要{t:the}。{A:name}就给了{C:o}。`,
);
const WANTS = saying(
  `The next day {B:name} asked for {t:the}. "It is with {C:name}," said {A:name}.
   Then {B:name} needed {t:the}. {A:name} had to say that {C:name} had it.`,
  `第二天，{B:name}来要{t:the}。“在{C:name}那里。”{A:name}说。
   后来{B:name}要用{t:the}。{A:name}只好说，{t:the}在{C:name}那里。`,
);
const FETCH = saying(
  `{A:name} went to {C:name} and got {t:the} back.
   So {A:name} fetched {t:the} from {C:name}.`,
  `{A:name}去找{C:name}，拿回了{t:the}。
   于是{A:name}从{C:name}那里取回了{t:the}。`,
);
const PICK_UP = saying(
  `So {A:name} went to {q} and got {t:the}.
   There {A:name} got {t:the} again.`,
  `于是{A:name}去{q:loc}拿到了{t:the}。
   {A:name}在那里拿回了{t:the}。`,
);
const RETURN = saying(
  `{A:name} gave {t} back to {B:name}.
   {A:name} brought {t} back to {B:name} the same evening.`,
  `{A:name}把{t}还给了{B:name}。
   当天晚上，{A:name}就把{t}还给了{B:name}。`,
);

export function borrow(world: World): void {
  const [A, B, C] = [world.person(), world.person(), world.person()];
  const t = world.thing('own');
  const p = world.place('any');
  world.say(ASK, { A, B, t });
  world.say(LEND, { A, B });
  describe(world, A, B);
  world.take(A, t);
  world.say(USE, { A, t, p });
  if (world.turn(2) === 0) {
    const q = world.place('any');
    world.fact('whoLent', { t, A: B });
    world.fact('whoBorrowed', { t, A });
    world.say(LEAVE, { A, t });
    world.fact('whereLeft', { t, p });
    world.put(t, p);
    world.say(TAKEN, { C, t, q });
    world.put(t, q);
    world.fact('whoFound', { t, A: C });
    world.say(SEARCH, { A, t });
    world.say(NEWS, { A, C, t, q });
    world.fact('whoKnew', { t, A: C });
    if (world.turn(2, [1, 3]) === 0) {
      world.say(EVENTS.sad, { A: B });
      world.say(EVENTS.sorry, { A, B });
      finish(world, ending.lies(t, q));
      return;
    }
    world.say(PICK_UP, { A, t, q });
  } else {
    world.say(LENT_ON, { A, C, t });
    world.take(C, t);
    world.say(WANTS, { A, B, C, t });
    world.say(EVENTS.sorry, { A, B });
    if (world.turn(2, [1, 3]) === 0) {
      world.say(EVENTS.forgive, { B });
      finish(world, ending.has(C, t));
      return;
    }
    world.say(FETCH, { A, C, t });
  }
  world.take(A, t);
  world.say(RETURN, { A, B, t });
  world.take(B, t);
  world.say(EVENTS.thank, { A, B });
  finish(world, ending.has(B, t));
}
