/** The language of the page, for `Intl`. */
export const locale = 'en';

const rules = new Intl.PluralRules(locale);

/** The form of a word that goes with a number; `other` serves where a language has no form of its own. */
export function plural(
  count: number,
  forms: Partial<Record<Intl.LDMLPluralRule, string>> & { readonly other: string },
): string {
  return forms[rules.select(count)] ?? forms.other;
}
