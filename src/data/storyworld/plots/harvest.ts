/** Picking and counting: two people pick the same fruits or flowers, put them together, and share some. */
import { describe } from '../details';
import { EVENTS, ending, finish } from '../events';
import type { World } from '../state';
import { saying } from '../tell/saying';

const GO = saying(
  `{A:name} and {B:name} went to pick {u:pl} {p:in}.
   {A:name} and {B:name} were {p:in}, where there were many {u:pl}.
   {A:name} took {B:name} along to look for {u:pl} {p:in}.`,
  `{A:name}和{B:name}{p:in}摘{u:pl}。
   {A:name}和{B:name}{p:in}，那里有很多{u:pl}。
   {A:name}带着{B:name}{p:in}找{u:pl}。`,
);
const PICK = saying(
  `{A:name} picked {n*u}.
   {A:name} filled a bag with {n*u}.`,
  `{A:name}摘了{n*u}。
   {A:name}往袋子里装了{n*u}。`,
);
const PICK_TOO = saying(
  `{B:name} picked {n*u}.
   {B:name} was slower and got {n*u}.
   In the meantime {B:name} found {n*u}.`,
  `{B:name}摘了{n*u}。
   {B:name}慢一些，得到了{n*u}。
   与此同时，{B:name}找到了{n*u}。`,
);
const BASKET = saying(
  `They put everything into {t:a}.
   They had {t:a} with them and put it all inside.`,
  `{they}把东西都放进{t:a}里。
   {they}带着{t:a}，把东西全装了进去。`,
);
const ALL = saying(
  `Together they had {n*u}.
   "That makes {n*u}!" they counted.
   They counted everything: {n*u}.`,
  `{they}一共有{n*u}。
   “一共是{n*u}！”{they}数着。
   {they}数了数，总共{n*u}。`,
);
const CHILD = saying(
  `On the way home they met {C:name}, who was all alone.
   Then {C:name} came by and looked at them.
   {C:name} was ill, so they went to see {C:o}.`,
  `回家的路上，{they}遇见了孤单的{C:name}。
   这时{C:name}走过来看着{they}。
   {C:name}病了，{they}去看望{C:o}。`,
);
const GIVE = saying(
  `{A:name} gave {C:name} {n*u}.
   {C:name} got {n*u} from {A:name}.`,
  `{A:name}给了{C:name}{n*u}。
   {C:name}从{A:name}那里得到了{n*u}。`,
);
const LEFT = saying(
  `So {A:name} kept {n*u}.
   Now {A:name} had {n*u}.`,
  `于是{A:name}留下{n*u}。
   现在{A:name}有{n*u}。`,
);

export function harvest(world: World): void {
  const [A, B, C] = [world.person(), world.person(), world.person()];
  const u = world.thing('pick');
  const t = world.thing('hold');
  const p = world.place('green');
  const first = world.count(3, 10);
  const second = world.count(2, 9);
  const all = world.result(() => world.valueOf(first) + world.valueOf(second));
  world.say(GO, { A, B, u, p });
  describe(world, A, B);
  world.say(PICK, { A, n: first, u });
  world.fact('manyFound', { A, n: first, u });
  world.say(PICK_TOO, { B, n: second, u });
  world.fact('manyFound', { A: B, n: second, u });
  if (world.turn(2) === 0) world.say(BASKET, { t });
  world.say(ALL, { n: all, u });
  world.fact('manyAll', { n: all, u });
  world.say(CHILD, { C });
  const given = world.count(1, () => world.valueOf(first) - 1);
  const left = world.result(() => world.valueOf(first) - world.valueOf(given));
  world.say(GIVE, { A, C, n: given, u });
  world.fact('manyGave', { A, n: given, u });
  world.fact('manyHave', { A: C, n: given, u });
  world.say(EVENTS.thank, { A: C, B: A });
  world.say(LEFT, { A, n: left, u });
  world.fact('manyHave', { A, n: left, u });
  world.fact('manyHave', { A: B, n: second, u });
  finish(
    world,
    ending.count({ A, n: left, u }),
    ending.count({ A: B, n: second, u }),
    ending.count({ A: C, n: given, u }),
  );
}
