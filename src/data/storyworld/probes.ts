/**
 * Probes: a prompt in the form of the training documents and four choices of which one is right; a model answers with
 * the choice of lowest loss after the prompt. Wrong choices come from the same story where it offers enough.
 *
 * recall: an English story and a question. reading-zh: the same in Chinese. counting: a question about a number.
 * ending: the last sentence against three that contradict the state. translation: a sentence or two in the other language.
 */

import type { Memo } from './cast';
import { RandomChooser, TextSink } from './chooser';
import { QUESTION_MARK, TRANSLATION_MARK, tellStory } from './document';
import type { Entity } from './entity';
import { CounterRandom } from './random';
import { tellScene } from './scene';
import { isTold, World } from './state';
import type { Language, Way } from './tell/saying';
import { NAMES } from './world/names';
import { PLACE_POOLS, PLACES } from './world/places';
import { THING_POOLS, THINGS } from './world/things';

export type ProbeKind = 'recall' | 'ending' | 'reading-zh' | 'counting' | 'translation';

export interface Probe {
  readonly kind: ProbeKind;
  readonly language: Language;
  readonly prompt: string;
  /** distinct; each continues the prompt directly */
  readonly choices: readonly string[];
  readonly answer: number;
}

const CHOICES = 4;
/** Each kind draws its documents with its own purpose, so the five kinds do not share stories. */
const PURPOSE: Record<ProbeKind, number> = { recall: 11, ending: 12, 'reading-zh': 13, counting: 14, translation: 15 };

export function probe(kind: ProbeKind, seed: number, index: number): Probe {
  const language: Language = kind === 'recall' ? 'en' : kind === 'reading-zh' ? 'zh' : index % 2 === 0 ? 'en' : 'zh';
  for (let attempt = 0; attempt < 1000; attempt++) {
    const random = new CounterRandom('probe', seed, index, PURPOSE[kind] + 16 * attempt);
    const found = kind === 'translation' ? translationProbe(random, language) : storyProbe(kind, random, language);
    if (found !== null) return found;
  }
  throw new Error(`No ${kind} probe for seed ${seed}, index ${index} in 1,000 stories; try another index.`);
}

function storyProbe(kind: ProbeKind, random: CounterRandom, language: Language): Probe | null {
  const sink = new TextSink();
  const { world } = tellStory(new RandomChooser(random), sink, language);
  if (kind === 'ending') {
    const { ending } = world;
    if (ending === null) return null;
    const way = ending.saying[language][ending.way] ?? [];
    return choose(
      kind,
      language,
      ending.before,
      world,
      way,
      ending.roles,
      ending.contrast,
      language === 'en' ? ' ' : '',
      random,
    );
  }
  const facts = world.askable().filter((fact) => fact.question.counting === (kind === 'counting'));
  const fact = facts[facts.length === 0 ? 0 : random.below(facts.length)];
  if (fact === undefined) return null;
  const [ask, mark] = QUESTION_MARK[language];
  const { question, roles } = fact;
  const prompt = sink.text + ask + world.realiser.render(question.ask[language], roles) + mark.trimEnd();
  return choose(
    kind,
    language,
    prompt,
    world,
    question.reply[language],
    roles,
    question.answer,
    mark.endsWith(' ') ? ' ' : '',
    random,
  );
}

/** Says `way` with the right entity in `role` and with three others. */
function choose(
  kind: ProbeKind,
  language: Language,
  prompt: string,
  world: World,
  way: Way,
  roles: Readonly<Record<string, Entity>>,
  role: string,
  space: string,
  random: CounterRandom,
): Probe | null {
  const right = roles[role];
  if (right === undefined) return null;
  const say = (entity: Entity) => space + world.realiser.render(way, { ...roles, [role]: entity });
  const texts = new Set([say(right)]);
  for (const other of rivals(world, right, way, random)) {
    if (texts.size === CHOICES) break;
    texts.add(say(other));
  }
  return texts.size === CHOICES ? shuffled(kind, language, prompt, [...texts], random) : null;
}

function shuffled(kind: ProbeKind, language: Language, prompt: string, texts: string[], random: CounterRandom): Probe {
  const answer = random.below(texts.length);
  const [right = '', ...choices] = texts;
  choices.splice(answer, 0, right);
  return { kind, language, prompt, choices, answer };
}

/** Other entities of the same kind: those the story told first, then ones of the world in random order. */
function* rivals(world: World, right: Entity, way: Way, random: CounterRandom): Generator<Entity> {
  const sample = <T>(list: readonly T[]): T => list[random.below(list.length)] as T;
  switch (right.type) {
    case 'person':
      yield* world.people.filter((person) => person !== right && isTold(person));
      for (let draw = 0; draw < 20; draw++) yield { ...right, name: sample(NAMES) };
      return;
    case 'place': {
      yield* world.places.filter((place) => place !== right && isTold(place));
      const pool = PLACES.filter((place) => place.kind === right.name?.kind);
      for (let draw = 0; draw < 20; draw++) yield { ...right, name: sample(pool) };
      return;
    }
    case 'thing': {
      const byColour = way.some((piece) => typeof piece !== 'string' && piece.form === 'adj');
      if (byColour) {
        const colours = THINGS.flatMap((thing) => thing.adjectives).filter((adjective) => adjective.colour);
        for (let draw = 0; draw < 40; draw++) yield { ...right, adjective: sample(colours) };
        return;
      }
      yield* world.things.filter((thing) => thing !== right && isTold(thing));
      for (let draw = 0; draw < 20; draw++) {
        const name = sample(THING_POOLS[right.pool]);
        yield { ...right, name, adjective: name.adjectives.length === 0 ? null : sample(name.adjectives) };
      }
      return;
    }
    case 'count': {
      const value = right.value ?? 0;
      yield* world.counts.filter((count) => count.value !== null);
      const near = [1, -1, 2, -2, 3, -3, 4].filter((step) => value + step >= 1);
      for (let draw = 0; draw < 20; draw++) yield { ...right, value: value + sample(near) };
      return;
    }
    case 'word':
      for (let draw = 0; draw < 40; draw++) yield { ...right, word: sample(right.pool) };
      return;
    default:
      right satisfies never;
  }
}

function translationProbe(random: CounterRandom, language: Language): Probe | null {
  const memo: Memo = new Map();
  const source = new TextSink();
  const first = new World(new RandomChooser(random), source, language, memo);
  tellScene(first);
  const other: Language = language === 'en' ? 'zh' : 'en';
  const mark = TRANSLATION_MARK[other];
  const wording = random.below(0x7fffffff);
  const tell = (world: Memo) => {
    const sink = new TextSink();
    tellScene(new World(new RandomChooser(new CounterRandom('probe', wording, 0)), sink, other, world));
    return (mark.endsWith(' ') ? ' ' : '') + sink.text;
  };
  const texts = new Set([tell(new Map(memo))]);
  const told = [...first.people, ...first.places].filter(isTold);
  for (let draw = 0; draw < 40 && texts.size < CHOICES; draw++) {
    const changed = told[draw % told.length];
    if (changed === undefined) return null;
    const key = `is${changed.id}`;
    const pool = changed.type === 'person' ? NAMES.length : PLACE_POOLS.any.length;
    const wrong = random.below(pool);
    const taken = told.some((entity) => entity.type === changed.type && memo.get(`is${entity.id}`) === wrong);
    if (!taken) texts.add(tell(new Map(memo).set(key, wrong)));
  }
  return texts.size === CHOICES
    ? shuffled('translation', language, source.text + mark.trimEnd(), [...texts], random)
    : null;
}
