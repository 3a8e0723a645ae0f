/**
 * The state of one story: who is where, who holds what, what has been told and can be asked. Plots (plots/) create
 * entities (cast.ts), change the state and tell each change; realisation (tell/) turns it into text.
 */
import { Cast, type Memo } from './cast';
import type { Chooser, Sink } from './chooser';
import type { Entity, Person, Place, Roles, Thing } from './entity';
import { QUESTIONS, type Question, type QuestionName } from './questions';
import { Realiser } from './tell/realiser';
import type { Language, Saying } from './tell/saying';

export interface Fact {
  readonly question: Question;
  readonly roles: Roles;
}

/** The last sentence: enough to say it again with one role exchanged, which makes it contradict the state. */
export interface Ending {
  readonly saying: Saying;
  readonly way: number;
  readonly roles: Roles;
  readonly contrast: string;
  /** what came before the last sentence */
  readonly before: string;
}

export class World extends Cast {
  readonly realiser: Realiser;
  ending: Ending | null = null;
  private readonly facts = new Map<string, Fact>();

  constructor(
    chooser: Chooser,
    readonly sink: Sink & { text?: string },
    language: Language,
    memo: Memo = new Map(),
  ) {
    super(chooser, language, memo);
    this.realiser = new Realiser(this, sink);
  }

  // --- changes of the state -------------------------------------------------------------------------------------

  take(person: Person, ...things: Thing[]): void {
    for (const thing of things) {
      thing.holder = person;
      thing.place = null;
    }
  }

  put(thing: Thing, place: Place | null): void {
    thing.holder = null;
    thing.place = place;
  }

  move(place: Place | null, ...people: Person[]): void {
    for (const person of people) person.place = place;
  }

  // --- telling --------------------------------------------------------------------------------------------------

  say(what: Saying, roles: Roles): void {
    this.realiser.say(what, roles);
  }

  /** The last sentence. `contrast` names the role whose exchange makes the sentence false. */
  end(what: Saying, roles: Roles, contrast: string): void {
    const before = this.sink.text ?? '';
    const way = this.realiser.say(what, roles);
    this.ending = { saying: what, way, roles, contrast, before };
  }

  /** Something the story has told and a question may ask. Of two answers to one question the later one holds. */
  fact(name: QuestionName, roles: Roles): void {
    const question = QUESTIONS[name];
    const key = name + question.about.map((role) => `-${roles[role]?.id}`).join('');
    this.facts.set(key, { question, roles });
  }

  /** Everything that may be asked: events, then the final state, in a fixed order. */
  askable(): Fact[] {
    for (const thing of this.things) {
      if (thing.name === null || thing.adjective === undefined) continue;
      if (thing.holder !== null) this.fact('whoHas', { t: thing, A: thing.holder });
      else if (thing.place !== null) this.fact('whereThing', { t: thing, p: thing.place });
      if (thing.adjective?.colour) this.fact('colour', { t: thing });
    }
    for (const person of this.people) {
      if (person.place !== null) this.fact('wherePerson', { A: person, p: person.place });
    }
    return [...this.facts.values()].filter((fact) => Object.values(fact.roles).every(isTold));
  }
}

export function isTold(entity: Entity): boolean {
  switch (entity.type) {
    case 'person':
    case 'place':
      return entity.name !== null;
    case 'thing':
      return entity.name !== null && entity.adjective !== undefined;
    case 'count':
      return entity.value !== null;
    case 'word':
      return entity.word !== null;
    default:
      return entity satisfies never;
  }
}
