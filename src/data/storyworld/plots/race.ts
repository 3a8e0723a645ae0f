/** A race from one place to another for a prize; the faster one stumbles, and the other passes by or stops to help. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';

const PLAN = saying(
  `{A:name} and {B:name} wanted to race from {p} to {q}.
   {A:name} asked {B:name} to run a race with {A:him} from {p} to {q}.
   {A:name} met {B:name} {p:in}, and they planned a race to {q}.`,
  `{A:name}和{B:name}想比赛，从{p}跑到{q}。
   {A:name}请{B:name}和{A:him}赛跑，从{p}跑到{q}。
   {A:name}{p:in}遇见{B:name}，{they}打算赛跑到{q}。`,
);
const PRIZE = saying(
  `The prize was {t:a}.
   The winner would get {t:a}.
   {C:name} promised the winner {t:a}.`,
  `奖品是{t:a}。
   赢的人可以得到{t:a}。
   {C:name}答应送给赢的人{t:a}。`,
);
const START = saying(
  `"One, two, three, go!" cried {C:name}.
   {C:name} waved a flag, and they began to run.
   {C:name} blew a horn, and off they went.`,
  `“一，二，三，跑！”{C:name}喊道。
   {C:name}挥了挥旗子，{they}跑了起来。
   {C:name}吹响号角，{they}出发了。`,
);
const AHEAD = saying(
  `{A:name} ran faster and was soon far ahead.
   At first {A:name} was in front.
   {A:name} was quick and left {B:name} behind.`,
  `{A:name}跑得更快，很快就跑到了前面。
   一开始{A:name}跑在前面。
   {A:name}很快，把{B:name}甩在了后面。`,
);
const FALL = saying(
  `But then {A:name} slipped on a stone and fell down.
   Suddenly {A:name} fell over a root.
   But {A:name} fell and hurt {A:his} knee.`,
  `可是{A:name}踩到石头滑倒了。
   突然，{A:name}被树根绊倒了。
   可是{A:name}摔了一跤，膝盖受伤了。`,
);
const PASS = saying(
  `{B:name} ran past and reached {q} first.
   {B:name} did not notice it and came to {q} first.`,
  `{B:name}跑了过去，先到了{q:loc}。
   {B:name}没有发现，先跑到了{q:loc}。`,
);
const HELP = saying(
  `{B:name} stopped at once and helped {A:o} up.
   "Are you all right?" asked {B:name}, and gave {A:name} a hand.`,
  `{B:name}马上停下来，扶起了{A:o}。
   “你没事吧？”{B:name}问，伸手拉起了{A:name}。`,
);
const UP = saying(
  `Then {W:name} ran on and reached {q} first.
   After that they ran on, and {W:name} was first at {q}.`,
  `然后{W:name}继续跑，先到了{q:loc}。
   之后{they}接着跑，{W:name}第一个到了{q:loc}。`,
);
const STEADY = saying(
  `{A:name} never looked back and reached {q} first.
   Nobody could catch {A:name}, who came to {q} first.`,
  `{A:name}没有回头，第一个到了{q:loc}。
   谁也追不上{A:name}，{A:he}先到了{q:loc}。`,
);
const GIVE = saying(
  `{C:name} gave {t} to {W:name}.
   {C:name} handed {t} to {W:name}. "Well done!"`,
  `{C:name}把{t}给了{W:name}。
   {C:name}把{t}交给{W:name}，说：“真棒！”`,
);
const SHARE = saying(
  `But {W:name} gave {t} to {L:name}. "You deserve it," {W:name} said.
   But {W:name} said to {L:name}, "Take it, {t:the} is for you."`,
  `可是{W:name}把{t}送给了{L:name}，说：“这是你应得的。”
   可是{W:name}对{L:name}说：“拿着吧，{t:the}送给你。”`,
);

export function race(world: World): void {
  const [A, B, C] = [world.person(), world.person(), world.person()];
  const p = world.place('out');
  const q = world.place('out');
  const t = world.thing('keep');
  world.say(PLAN, { A, B, p, q });
  world.fact('whereRace', { p: q });
  describe(world, A, B);
  world.say(PRIZE, { C, t });
  world.say(START, { C });
  world.fact('whoStarted', { A: C });
  world.say(AHEAD, { A, B });
  const course = world.turn(3, [2, 2, 1]);
  let winner = A;
  let helped = false;
  if (course < 2) {
    world.say(FALL, { A });
    world.fact('whoFell', { A });
    helped = course === 1;
    if (helped) {
      world.say(HELP, { A, B });
      winner = world.turn(2) === 0 ? A : B;
      world.say(UP, { W: winner, q });
    } else {
      winner = B;
      world.say(PASS, { B, q });
    }
  } else world.say(STEADY, { A, q });
  const loser = winner === A ? B : A;
  world.fact('whoWon', { A: winner });
  world.move(q, winner);
  world.say(GIVE, { C, W: winner, t });
  world.take(winner, t);
  world.say(EVENTS.glad, { A: winner });
  if (helped && winner === A) {
    world.say(SHARE, { W: winner, L: loser, t });
    world.take(loser, t);
    world.fact('whoGave', { t, A: winner, B: loser });
    finish(world, ending.has(loser, t));
  } else finish(world, ending.has(winner, t));
}
