/** A lesson: one person teaches another a skill; after some failures it works. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';
import { SKILL, TRAIT } from '../world/words';

const WISH = saying(
  `{B:name} wanted to learn to {w}.
   {B:name} saw that other children could {w}, and wanted to learn it.
   {B:name} made up {B:his} mind to learn to {w}.`,
  `{B:name}想学{w}。
   {B:name}看见别的孩子会{w}，也想学。
   {B:name}下定决心学{w}。`,
);
const ASK = saying(
  `{B:name} asked {A:name}, who was {k:a} teacher, "Will you teach me?"
   {A:name}, {k:a} friend, was good at it.
   {k:a} friend called {A:name} knew how to do it.`,
  `{B:name}问{k}的老师{A:name}：“你能教我吗？”
   {k}的朋友{A:name}很擅长这个。
   有一个{k}的朋友叫{A:name}，会做这件事。`,
);
const TEACH = saying(
  `{A:name} taught {B:name} {p:in}.
   The first lesson with {A:name} was {p:in}.
   {B:name} met {A:name} {p:in} for the lesson.`,
  `{A:name}{p:in}教{B:name}。
   {A:name}{p:in}教了第一课。
   {B:name}{p:in}跟{A:name}上课。`,
);
const FAIL = saying(
  `{B:name} failed {n:times}.
   {B:name} tried hard, but failed {n:times}.`,
  `{B:name}失败了{n:times}。
   {B:name}很努力，可是失败了{n:times}。`,
);
const GIVE_UP = saying(
  `"I cannot do it," said {B:name}.
   {B:name} wanted to give up.`,
  `“我不行。”{B:name}说。
   {B:name}想放弃了。`,
);
const CHEER = saying(
  `"Try again. You will do it," said {A:name}.
   {A:name} answered, "Everybody has to learn slowly."
   But {A:name} showed it once more.`,
  `“再试一次，你会成功的。”{A:name}说。
   {A:name}回答：“每个人都要慢慢学。”
   可是{A:name}又示范了一次。`,
);
const WIN = saying(
  `Then {B:name} tried again, and it worked!
   At last {B:name} did it.
   The next time {B:name} did everything right.`,
  `然后{B:name}又试了一次，成功了！
   终于，{B:name}做到了。
   下一次，{B:name}全都做对了。`,
);
const REWARD = saying(
  `{A:name} was proud and gave {B:name} {t:a}.
   "This is for you," said {A:name}, and gave {B:name} {t:a}.`,
  `{A:name}很自豪，送给{B:name}{t:a}。
   “这是给你的。”{A:name}说，送给{B:name}{t:a}。`,
);
const REPAY = saying(
  `{B:name} thanked {A:name} with {t:a}.
   {B:name} was grateful and gave {A:name} {t:a}.`,
  `{B:name}用{t:a}感谢{A:name}。
   {B:name}很感激，送给{A:name}{t:a}。`,
);

export function lesson(world: World): void {
  const [A, B] = [world.person(), world.person()];
  const w = world.word(SKILL);
  const p = world.place('any');
  const n = world.count(2, 9);
  const t = world.thing('keep');
  world.say(WISH, { B, w });
  describe(world, B);
  world.say(ASK, { A, B, k: world.word(TRAIT) });
  world.say(TEACH, { A, B, p });
  world.move(p, A, B);
  world.fact('whoTeaches', { A, B });
  world.fact('whatLearned', { B, w });
  world.say(FAIL, { B, n });
  world.fact('manyTries', { B, n });
  world.say(GIVE_UP, { B });
  world.say(CHEER, { A });
  world.say(WIN, { B });
  world.say(EVENTS.glad, { A: B });
  const [from, to] = world.turn(2) === 0 ? [A, B] : [B, A];
  world.say(from === A ? REWARD : REPAY, { A, B, t });
  world.take(to, t);
  world.fact('whatGave', { A: from, B: to, t });
  finish(world, ending.has(to, t));
}
