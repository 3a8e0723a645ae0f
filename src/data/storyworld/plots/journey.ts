/** A journey: a hint leads from place to place to a hidden treasure, which is shared, kept or given to its owner. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';
import { JOB } from '../world/words';

const FIND_NOTE = saying(
  `{A:name} found an old note {p:in}.
   {A:name} saw a piece of paper {p:in}, with writing on it.`,
  `{A:name}{p:in}发现了一张旧纸条。
   {A:name}{p:in}看见一张纸，上面写着字。`,
);
const READ = saying(
  `It said, "Ask {C:name}, {w:a}."
   On it was the name of {C:name}, {w:a}.`,
  `上面说：“去问{w}{C:name}。”
   上面写着{w}{C:name}的名字。`,
);
const FRIEND = saying(
  `{A:name} took {B:name} along, because two are braver than one.
   {A:name} showed it to {B:name}, and they set out together.`,
  `{A:name}叫上了{B:name}，因为两个人更勇敢。
   {A:name}拿给{B:name}看，{they}一起出发了。`,
);
const MEET = saying(
  `They met {C:name} {q:in}.
   {C:name} was working {q:in}.`,
  `{they}{q:in}遇见了{C:name}。
   {C:name}正{q:in}干活。`,
);
const HINT = saying(
  `"Look {r:in}," said {C:name}.
   {C:name} knew the answer: "It must be {r:in}."`,
  `“去{r:loc}看看吧。”{C:name}说。
   {C:name}知道答案：“一定{r:in}。”`,
);
const GO = saying(
  `It was a long way to {r}.
   So they walked to {r}.`,
  `去{r}的路很长。
   于是{they}走到{r}。`,
);
const TREASURE = saying(
  `There {F:name} found {t:a}.
   {F:name} looked behind an old box and found {t:a}.
   {F:name} opened a dusty box. Inside was {t:a}.`,
  `在那里，{F:name}找到了{t:a}。
   {F:name}往旧箱子后面一看，找到了{t:a}。
   {F:name}打开一个满是灰尘的盒子，里面是{t:a}。`,
);
const OWNER = saying(
  `They brought {t:the} to {C:name}, who had lost it long ago.
   It turned out that {C:name} had lost {t:the} as a child, so they gave it to {C:o}.`,
  `{they}把{t:the}带给{C:name}，那是{C:he}很久以前丢的。
   原来{t:the}是{C:name}小时候丢的，{they}就给了{C:o}。`,
);
const GIVE = saying(
  `{F:name} gave {t} to {G:name}.
   "You may have it," said {F:name} to {G:name}.`,
  `{F:name}把{t}给了{G:name}。
   “归你了。”{F:name}对{G:name}说。`,
);
const LEAVE = saying(
  `They left {t} there, so that others could see it.
   "Let us leave it here," said {F:name}.`,
  `{they}把{t}留在那里，让别人也能看到。
   “就把它留在这里吧。”{F:name}说。`,
);

export function journey(world: World): void {
  const [A, B, C] = [world.person(), world.person(), world.person()];
  const [p, q, r] = [world.place('any'), world.place('any'), world.place('any')];
  const t = world.thing('keep');
  const w = world.word(JOB);
  world.say(FIND_NOTE, { A, p });
  world.fact('whereNote', { p });
  world.say(READ, { C, w });
  world.fact('job', { A: C, w });
  world.say(FRIEND, { A, B });
  describe(world, A, B);
  world.say(MEET, { C, q });
  world.move(q, C);
  world.say(HINT, { C, r });
  world.say(GO, { r });
  const finder = world.turn(2) === 0 ? A : B;
  const other = finder === A ? B : A;
  world.say(TREASURE, { F: finder, t });
  world.move(r, A, B);
  world.take(finder, t);
  world.fact('whoFound', { t, A: finder });
  world.fact('whereFound', { t, p: r });
  world.say(EVENTS.glad, { A: finder });
  const course = world.turn(4);
  if (course === 0) {
    world.say(OWNER, { C, t });
    world.move(q, A, B);
    world.take(C, t);
    world.say(EVENTS.thank, { A: C, B: finder });
    finish(world, ending.has(C, t));
  } else if (course === 1) {
    world.say(GIVE, { F: finder, G: other, t });
    world.take(other, t);
    world.fact('whoGave', { t, A: finder, B: other });
    world.say(EVENTS.thank, { A: other, B: finder });
    finish(world, ending.has(other, t));
  } else if (course === 2) {
    world.say(LEAVE, { F: finder, t });
    world.put(t, r);
    finish(world, ending.lies(t, r));
  } else {
    world.say(EVENTS.together, { A, B });
    finish(world, ending.has(finder, t));
  }
}
