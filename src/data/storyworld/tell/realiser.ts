/**
 * Tells sayings: chooses a way, fills the slots, and keeps the discourse so that every pronoun has one possible owner.
 *
 * A person may become he, she, 他 or 她 only if mentioned in the last saying while nobody else of that gender was
 * mentioned in it or so far in this one. A thing may become it or 它 only if it is the only thing of the last saying.
 */

import type { Cast } from '../cast';
import type { Sink } from '../chooser';
import type { Person, Roles, Thing } from '../entity';
import { NUMBERS_EN, NUMBERS_ZH } from '../world/words';
import type { Language, Saying, Slot, Way } from './saying';

const PRONOUN_WEIGHTS = [3, 2];
const NOUN_WEIGHTS = [3, 1];

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const article = (word: string) => (/^[aeiou]|^honest/.test(word) ? 'an ' : 'a ');

export class Realiser {
  private lastPeople: Person[] = [];
  private lastThings: Thing[] = [];
  private people: Person[] = [];
  private things: Thing[] = [];
  private readonly language: Language;
  private begun = false;
  private joined = false;

  constructor(
    private readonly world: Cast,
    private readonly sink: Sink,
  ) {
    this.language = world.language;
  }

  /** Says it in one of its ways and returns which. */
  say(what: Saying, roles: Roles): number {
    const ways = what[this.language];
    const way = this.world.chooser.choose(ways.length);
    const pattern = ways[way];
    if (pattern === undefined) throw new Error(`Way ${way} of ${ways.length} does not exist.`);
    if (this.begun && !this.joined && this.language === 'en') this.sink.write(' ');
    this.begun = true;
    this.joined = false;
    this.people = [];
    this.things = [];
    this.fill(pattern, roles);
    this.lastPeople = this.people;
    this.lastThings = this.things;
    return way;
  }

  /** The next saying continues this one's sentence (after an opening such as "One windy morning, "). */
  join(): void {
    this.joined = true;
  }

  /** Fills a way outside the discourse of the story: questions, answers, and endings said again. */
  fill(way: Way, roles: Roles): void {
    for (const piece of way) this.sink.write(typeof piece === 'string' ? piece : this.slot(piece, roles));
  }

  /** A way as a string; for forms that choose nothing. */
  render(way: Way, roles: Roles): string {
    return way.map((piece) => (typeof piece === 'string' ? piece : this.slot(piece, roles))).join('');
  }

  private slot(slot: Slot, roles: Roles): string {
    if (slot.role === 'they') return this.they(slot.starts);
    const entity = roles[slot.role];
    if (entity === undefined)
      throw new Error(`A saying names the role ${slot.role}, the plot gave ${Object.keys(roles).join(', ')}.`);
    const text = this.form(slot, entity, roles);
    return slot.starts && this.language === 'en' ? capital(text) : text;
  }

  private form(slot: Slot, entity: Roles[string] & object, roles: Roles): string {
    switch (entity.type) {
      case 'person':
        return this.person(entity, slot.form);
      case 'thing':
        return this.thing(entity, slot.form);
      case 'place': {
        const name = this.world.placeOf(entity);
        if (this.language === 'zh')
          return slot.form === 'in'
            ? `在${name.zh}${name.suffix}`
            : slot.form === 'loc'
              ? name.zh + name.suffix
              : name.zh;
        return slot.form === 'in' || slot.form === 'loc' ? `${name.at} the ${name.en}` : `the ${name.en}`;
      }
      case 'count': {
        const value = this.world.valueOf(entity);
        const unit = slot.unit === null ? undefined : roles[slot.unit];
        if (unit?.type === 'thing') return this.counted(value, unit);
        if (this.language === 'zh') return slot.form === 'times' ? `${chinese(value)}次` : chinese(value);
        return slot.form === 'times'
          ? value === 1
            ? 'once'
            : `${NUMBERS_EN[value]} times`
          : (NUMBERS_EN[value] ?? String(value));
      }
      case 'word': {
        const word = this.world.wordOf(entity)[this.language];
        if (this.language === 'zh') return word;
        return slot.form === 'a' ? article(word) + word : slot.form === 'to' ? `to ${word}` : word;
      }
      default:
        return entity satisfies never;
    }
  }

  private person(person: Person, form: string): string {
    const name = this.world.nameOf(person);
    const girl = name.gender === 'f';
    const known = name[this.language];
    const pronoun = form === '' || form === 'o' || form === 'p' ? this.mayBePronoun(person) : form !== 'name';
    if (!this.people.includes(person)) this.people.push(person);
    const short =
      pronoun &&
      (form === '' || form === 'o' || form === 'p' ? this.world.chooser.choose(2, PRONOUN_WEIGHTS) === 0 : true);
    if (this.language === 'zh') {
      const text = short ? (girl ? '她' : '他') : known;
      return form === 'p' || form === 'his' ? `${text}的` : text;
    }
    switch (form) {
      case '':
      case 'he':
        return short ? (girl ? 'she' : 'he') : known;
      case 'o':
      case 'him':
        return short ? (girl ? 'her' : 'him') : known;
      case 'p':
      case 'his':
        return short ? (girl ? 'her' : 'his') : `${known}'s`;
      default:
        return known;
    }
  }

  /** The group of the plot: its first two people unless it says otherwise. */
  private they(starts: boolean): string {
    if (this.language === 'en') return starts ? 'They' : 'they';
    return this.world.group().every((person) => this.world.nameOf(person).gender === 'f') ? '她们' : '他们';
  }

  private mayBePronoun(person: Person): boolean {
    if (!this.lastPeople.includes(person) && !this.people.includes(person)) return false;
    const gender = this.world.nameOf(person).gender;
    const rival = (other: Person) => other !== person && this.world.nameOf(other).gender === gender;
    return !this.lastPeople.some(rival) && !this.people.some(rival);
  }

  private thing(thing: Thing, form: string): string {
    const { world } = this;
    const english = this.language === 'en';
    const mentioned = this.things.includes(thing);
    const onlyThing =
      this.things.every((other) => other === thing) &&
      (mentioned || (this.lastThings.length === 1 && this.lastThings[0] === thing));
    if (!mentioned) this.things.push(thing);
    if (form === '' && onlyThing && world.chooser.choose(2, PRONOUN_WEIGHTS) === 0) return english ? 'it' : '它';
    if (form === 'it') return english ? 'it' : '它';
    if (form === 'pl') {
      thing.adjective ??= null;
      const noun = world.nounOf(thing);
      return english ? noun.plural : noun.zh;
    }
    const noun = world.nounOf(thing);
    if (form === 'the') return english ? `the ${noun.en}` : noun.zh;
    if (form === 'n') return english ? noun.en : noun.zh;
    const fresh = thing.adjective === undefined;
    const adjective = world.adjectiveOf(thing);
    if (form === 'adj') return adjective?.[this.language] ?? '';
    const shown = form !== '' || fresh || (adjective !== null && world.chooser.choose(2, NOUN_WEIGHTS) === 1);
    const full =
      (shown && adjective !== null ? adjective[this.language] + (english ? ' ' : '') : '') + noun[this.language];
    if (form === 'a') return english ? article(full) + full : `一${noun.measure}${full}`;
    if (form === 'fn') return full;
    return english ? `the ${full}` : full;
  }

  private counted(value: number, unit: Thing): string {
    unit.adjective ??= null;
    const noun = this.world.nounOf(unit);
    if (!this.things.includes(unit)) this.things.push(unit);
    if (this.language === 'zh') return `${value === 2 ? '两' : chinese(value)}${noun.measure}${noun.zh}`;
    return `${NUMBERS_EN[value] ?? value} ${value === 1 ? noun.en : noun.plural}`;
  }
}

function chinese(value: number): string {
  return NUMBERS_ZH[value] ?? String(value);
}
