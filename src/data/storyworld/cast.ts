/**
 * The cast of one story: its people, things, places, numbers and words, and the choices that say who and what they are.
 * An entity is made unbound; it is bound, by a choice, when the telling first needs its name (see entity.ts).
 *
 * These choices and the turns of the plot go through `memo`, so the same world can be told again in the other language:
 * a second telling reads the memo instead of choosing. Choices of wording are not kept; they are made afresh.
 */
import type { Chooser } from './chooser';
import type { Count, Person, Place, Thing, WordEntity } from './entity';
import type { Language } from './tell/saying';
import { NAMES, type PersonName } from './world/names';
import { PLACE_POOLS, type PlaceName, type PlacePool } from './world/places';
import { THING_POOLS, type ThingName, type ThingPool } from './world/things';
import type { Word } from './world/words';

/** Choices of the world by key; shared between two tellings of one story. */
export type Memo = Map<string, number>;

export class Cast {
  readonly people: Person[] = [];
  readonly things: Thing[] = [];
  readonly places: Place[] = [];
  readonly counts: Count[] = [];
  groupSize = 2;
  private nextId = 0;
  private turns = 0;

  constructor(
    readonly chooser: Chooser,
    readonly language: Language,
    readonly memo: Memo,
  ) {}

  // --- entities -------------------------------------------------------------------------------------------------

  person(): Person {
    const person: Person = { type: 'person', id: this.nextId++, name: null, place: null };
    this.people.push(person);
    return person;
  }

  thing(pool: ThingPool): Thing {
    const thing: Thing = {
      type: 'thing',
      id: this.nextId++,
      pool,
      name: null,
      adjective: undefined,
      holder: null,
      place: null,
    };
    this.things.push(thing);
    return thing;
  }

  /** A thing whose kind is fixed, such as the coins of a purse. */
  known(name: ThingName): Thing {
    return { type: 'thing', id: this.nextId++, pool: 'own', name, adjective: null, holder: null, place: null };
  }

  place(pool: Place['pool']): Place {
    const place: Place = { type: 'place', id: this.nextId++, pool, name: null };
    this.places.push(place);
    return place;
  }

  /** A hiding spot for a thing or a child, in the open or in a room as its place, which must have been told before. */
  spotOf(place: Place, forChild = false): Place {
    return this.place(() => (isOpen(place) ? 'spot-out' : forChild ? 'hide-room' : 'spot-room'));
  }

  count(low: number | (() => number), high: number | (() => number)): Count {
    const bound = (value: number | (() => number)) => (typeof value === 'number' ? () => value : value);
    const count: Count = { type: 'count', id: this.nextId++, low: bound(low), high: bound(high), value: null };
    this.counts.push(count);
    return count;
  }

  /** A number that follows from numbers told before; telling it chooses nothing. */
  result(compute: () => number): Count {
    return this.count(compute, compute);
  }

  word(pool: readonly Word[]): WordEntity {
    return { type: 'word', id: this.nextId++, pool, word: null };
  }

  /** Whom "they" names: the first two people of the plot, or as many as the plot says. */
  group(): readonly Person[] {
    return this.people.slice(0, this.groupSize);
  }

  // --- choices of the world -------------------------------------------------------------------------------------

  /** A turn of the plot: which way it goes. The next words of the story must tell it. */
  turn(count: number, weights: readonly number[] | null = null): number {
    return this.remember(`turn${this.turns++}`, () => this.chooser.choose(count, weights));
  }

  private remember(key: string, choose: () => number): number {
    const known = this.memo.get(key);
    if (known !== undefined) return known;
    const choice = choose();
    this.memo.set(key, choice);
    return choice;
  }

  /** Chooses uniformly among the entries of a pool that this story does not use yet. Returns the entry's index. */
  private pick<T extends { en: string; zh: string }>(id: number, pool: readonly T[], used: readonly T[]): T {
    const index = this.remember(`is${id}`, () => {
      const taken: number[] = [];
      for (const entry of used) {
        const at = pool.indexOf(entry);
        if (at >= 0) taken.push(at);
      }
      taken.sort((a, b) => a - b);
      const skip = (option: number) => {
        let at = option;
        for (const other of taken) if (other <= at) at++;
        return at;
      };
      return skip(this.chooser.choose(pool.length - taken.length, null, (option) => this.surface(pool[skip(option)])));
    });
    const entry = pool[index];
    if (entry === undefined)
      throw new Error(`Entity ${id} is number ${index} of a pool of ${pool.length}; the pool is too small.`);
    return entry;
  }

  private surface(entry: { en: string; zh: string } | undefined): string {
    const form = entry?.[this.language] ?? '';
    // the first letter may be a capital, and an irregular plural (leaves) does not keep the last two
    return this.language === 'en' ? form.slice(1, Math.max(2, form.length - 2)) : form;
  }

  nameOf(person: Person): PersonName {
    person.name ??= this.pick(
      person.id,
      NAMES,
      this.people.flatMap((other) => other.name ?? []),
    );
    return person.name;
  }

  nounOf(thing: Thing): ThingName {
    thing.name ??= this.pick(
      thing.id,
      THING_POOLS[thing.pool],
      this.things.flatMap((other) => other.name ?? []),
    );
    return thing.name;
  }

  /** Tells the adjective too: only forms that show it may call this for a thing mentioned for the first time. */
  adjectiveOf(thing: Thing): NonNullable<Thing['adjective']> | null {
    const noun = this.nounOf(thing);
    if (thing.adjective === undefined) {
      const options = noun.adjectives;
      thing.adjective =
        options.length === 0
          ? null
          : (options[
              this.remember(`how${thing.id}`, () =>
                this.chooser.choose(options.length, null, (i) => options[i]?.[this.language] ?? ''),
              )
            ] ?? null);
    }
    return thing.adjective;
  }

  placeOf(place: Place): PlaceName {
    if (place.name === null) {
      const pool: PlacePool = typeof place.pool === 'string' ? place.pool : place.pool();
      place.name = this.pick(
        place.id,
        PLACE_POOLS[pool],
        this.places.flatMap((other) => other.name ?? []),
      );
    }
    return place.name;
  }

  valueOf(count: Count): number {
    if (count.value === null) {
      const low = count.low();
      const span = count.high() - low + 1;
      count.value = low + this.remember(`is${count.id}`, () => this.chooser.choose(span));
    }
    return count.value;
  }

  wordOf(entity: WordEntity): Word {
    const { pool } = entity;
    entity.word ??=
      pool[
        this.remember(`is${entity.id}`, () =>
          this.chooser.choose(pool.length, null, (i) => pool[i]?.[this.language] ?? ''),
        )
      ] ?? null;
    if (entity.word === null) throw new Error(`Word ${entity.id} lies outside its pool of ${pool.length}.`);
    return entity.word;
  }
}

function isOpen(place: Place): boolean {
  return place.name?.kind === 'out' || place.name?.kind === 'green';
}
