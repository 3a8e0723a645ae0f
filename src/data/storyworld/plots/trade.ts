/** A trade: two people own one thing each and want the other's; they exchange, and one may change their mind. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';

const OWN = saying(
  `{A:name} brought {t:a} to school, and {B:name} brought {u:a}.
   {A:name} had {t:a}, and {B:name} had {u:a}.
   {A:name} was playing with {t:a}. {B:name} came to see, carrying {u:a}.`,
  `{A:name}带了一样东西来学校，是{t:a}，{B:name}带来的是{u:a}。
   {A:name}有{t:a}，{B:name}有{u:a}。
   {A:name}正在玩{t:a}。{B:name}拿着{u:a}走了过来。`,
);
const WANT = saying(
  `{A:name} liked {u:the} very much.
   {A:name} had always wanted {u:the}.
   {A:name} could not stop looking at {u:the}.`,
  `{A:name}很喜欢{u:the}。
   {A:name}一直想要{u:the}。
   {A:name}一直盯着{u:the}看。`,
);
const OFFER = saying(
  `"Shall we trade?" {A:name} asked. "You get {t:the} and I get {u:the}."
   "I will give you {t:the} for {u:the}," said {A:name} to {B:name}.`,
  `“我们交换好吗？”{A:name}问，“{t:the}给你，{u:the}给我。”
   “我用{t:the}换你的{u:the}吧。”{A:name}对{B:name}说。`,
);
const AGREE = saying(
  `{B:name} thought about it and said yes.
   "That is a good idea," answered {B:name}.
   {B:name} nodded at once.`,
  `{B:name}想了想，同意了。
   “好主意。”{B:name}回答。
   {B:name}马上点了点头。`,
);
const REFUSE = saying(
  `{B:name} shook {B:his} head. "I want to keep {u:the}," {B:he} said.
   "No, {u:the} was a present from my grandmother," answered {B:name}.`,
  `{B:name}摇摇头说：“我想留着{u:the}。”
   “不行，{u:the}是奶奶送给我的。”{B:name}回答。`,
);
const SWAP = saying(
  `So {A:name} gave {t:full} to {B:name}, and {B:name} gave {u:full} to {A:name}.
   They traded: {A:name} got {u:full} and {B:name} got {t:full}.`,
  `于是{A:name}把{t:full}给了{B:name}，{B:name}把{u:full}给了{A:name}。
   {they}换了东西：{A:name}得到了{u:full}，{B:name}得到了{t:full}。`,
);
const REGRET = saying(
  `But at home {B:name} missed {u:the} and could not sleep.
   But soon {B:name} was sorry, because {B:he} missed {u:the}.`,
  `可是回到家，{B:name}很想念{u:the}，睡不着觉。
   可是不久{B:name}后悔了，因为{B:he}很想念{u:the}。`,
);
const BACK = saying(
  `The next day they traded back. {B:name} got {u:the} again and {A:name} got {t:the}.
   {A:name} understood and gave {u:the} back, and {B:name} gave back {t:the}.`,
  `第二天{they}又换了回来，{B:name}拿回了{u:the}，{A:name}拿回了{t:the}。
   {A:name}很理解，把{u:the}还了回去，{B:name}也还了{t:the}。`,
);
const SHARE = saying(
  `So they played together with both of them.
   "Then we can share," said {A:name}, and they did.`,
  `于是{they}一起玩这两样东西。
   “那我们一起玩吧。”{A:name}说，{they}就一起玩了。`,
);
const KEEP = saying(
  `Both of them were happy with the trade.
   {A:name} and {B:name} were both pleased.`,
  `两个人对这次交换都很满意。
   {A:name}和{B:name}都很开心。`,
);

export function trade(world: World): void {
  const A = world.person();
  const B = world.person();
  const t = world.thing('play');
  const u = world.thing('play');
  world.say(OWN, { A, B, t, u });
  world.take(A, t);
  world.take(B, u);
  describe(world, A, B);
  world.say(WANT, { A, u });
  world.fact('whatWanted', { A, t: u });
  world.say(OFFER, { A, B, t, u });
  const course = world.turn(3, [3, 2, 2]);
  if (course === 2) {
    world.say(REFUSE, { B, u });
    world.say(SHARE, { A });
  } else {
    world.say(AGREE, { B });
    world.say(SWAP, { A, B, t, u });
    if (course === 0) {
      world.take(A, u);
      world.take(B, t);
      world.fact('whatGave', { A, B, t });
      world.fact('whatGave', { A: B, B: A, t: u });
      world.say(KEEP, { A, B });
    } else {
      world.say(REGRET, { B, u });
      world.say(BACK, { A, B, t, u });
    }
  }
  world.say(EVENTS.together, { A, B });
  if (course === 0) finish(world, ending.has(B, t), ending.has(A, u));
  else finish(world, ending.has(A, t), ending.has(B, u));
}
