/**
 * What a story is about: people, things, places, numbers and words. An entity is born unbound; the choice of which
 * name, thing or number it is gets made when the telling first mentions it (state.ts), so nothing untold is ever chosen.
 */
import type { PersonName } from './world/names';
import type { PlaceName, PlacePool } from './world/places';
import type { Adjective, ThingName, ThingPool } from './world/things';
import type { Word } from './world/words';

export interface Person {
  readonly type: 'person';
  readonly id: number;
  name: PersonName | null;
  place: Place | null;
}

export interface Thing {
  readonly type: 'thing';
  readonly id: number;
  readonly pool: ThingPool;
  name: ThingName | null;
  /** undefined until a mention has told whether there is one */
  adjective: Adjective | null | undefined;
  holder: Person | null;
  place: Place | null;
}

export interface Place {
  readonly type: 'place';
  readonly id: number;
  readonly pool: PlacePool | (() => PlacePool);
  name: PlaceName | null;
}

/** A whole number; low and high are read when it is first told, so they may depend on numbers told before. */
export interface Count {
  readonly type: 'count';
  readonly id: number;
  readonly low: () => number;
  readonly high: () => number;
  value: number | null;
}

export interface WordEntity {
  readonly type: 'word';
  readonly id: number;
  readonly pool: readonly Word[];
  word: Word | null;
}

export type Entity = Person | Thing | Place | Count | WordEntity;
export type Roles = Readonly<Record<string, Entity>>;
