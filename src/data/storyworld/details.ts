/**
 * Details about a person: where they live, how old they are, what they like, carry or keep. They do not move the plot;
 * they are true, told, and asked about, so a reader has to keep more than one fact of each person in mind.
 */
import type { Person } from './entity';
import type { World } from './state';
import { saying } from './tell/saying';
import { SKILL } from './world/words';

const LIVES = saying(
  `{A} lived near {p}.
   {A:p} house was near {p}.
   {p} was not far from {A:name}'s home.`,
  `{A}住在{p}附近。
   {A:p}家在{p}附近。
   {p}离{A:name}的家不远。`,
);
const AGE = saying(
  `{A} was {n} years old.
   {A:name} had just turned {n}.`,
  `{A}今年{n}岁。
   {A:name}刚满{n}岁。`,
);
const LIKES = saying(
  `{A} liked to eat {u:pl}.
   Nothing tasted better to {A:name} than {u:pl}.
   {A:p} favourite food was {u:pl}.`,
  `{A}喜欢吃{u:pl}。
   {A:name}觉得{u:pl}最好吃。
   {A:p}最爱是{u:pl}。`,
);
const CARRIES = saying(
  `{A} also had {t:a} in {A:his} bag.
   {A} carried {t:a} too.
   There was {t:a} in {A:name}'s hand.`,
  `{A}的包里还有{t:a}。
   {A}还带着{t:a}。
   {A:name}的手里有{t:a}。`,
);
const PET = saying(
  `{A} had {t:a} at home.
   At home {t:a} was waiting for {A:name}.`,
  `{A}家里养着{t:a}。
   家里有{t:a}在等{A:name}。`,
);
const GOOD_AT = saying(
  `{A} could {w} very well.
   Everyone knew that {A:name} could {w} well.`,
  `{A}很会{w}。
   大家都知道{A:name}擅长{w}。`,
);

/** One detail or none for each of the people, who have all been told. */
export function describe(world: World, ...people: Person[]): void {
  const used = new Set<number>();
  for (const A of people) {
    const kinds = [0, 1, 2, 3, 4, 5, 6].filter((kind) => kind === 0 || !used.has(kind));
    const kind =
      kinds[
        world.turn(
          kinds.length,
          kinds.map((one) => (one === 0 ? 4 : one === 4 ? 3 : 1)),
        )
      ] ?? 0;
    used.add(kind);
    describeOne(world, A, kind);
  }
}

function describeOne(world: World, A: Person, kind: number): void {
  if (kind === 1) {
    const p = world.place('out');
    world.say(LIVES, { A, p });
    world.fact('whereLives', { A, p });
  } else if (kind === 2) {
    const n = world.count(5, 12);
    world.say(AGE, { A, n });
    world.fact('howOld', { A, n });
  } else if (kind === 3) {
    const u = world.thing('food');
    world.say(LIKES, { A, u });
    world.fact('whatLikes', { A, t: u });
  } else if (kind === 4) {
    const t = world.thing('own');
    world.say(CARRIES, { A, t });
    world.take(A, t);
  } else if (kind === 5) {
    const t = world.thing('animal');
    world.say(PET, { A, t });
    world.fact('whatPet', { A, t });
  } else if (kind === 6) {
    const w = world.word(SKILL);
    world.say(GOOD_AT, { A, w });
    world.fact('whatGoodAt', { A, w });
  }
}
