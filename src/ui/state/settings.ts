/** Every value that a link can carry, kept in step with the address of the page. */
import { create } from 'zustand';
import { longestFields, longestSharedPrompt, readAddress, type Shared, writeAddress } from './address';

interface SettingsState extends Shared {
  set(values: Partial<Shared>): void;
}

export const useSettings = create<SettingsState>()((set) => ({
  ...readAddress(location.hash),
  set: (values) => set(values),
}));

/** Writes changes into the address, and follows it when a person goes back or opens a link; `onFollow` hears of that. */
export function followAddress(onFollow: (before: Shared, after: Shared) => void): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let known = location.hash;
  useSettings.subscribe((settings) => {
    clearTimeout(timer);
    // Browsers allow about a hundred changes in half a minute: a dragged slider must not use them up.
    timer = setTimeout(() => {
      // A person has just gone elsewhere, and the event that says so is still on its way: that entry of the history is not overwritten.
      if (location.hash !== known) return;
      replaceAddress(settings);
      known = location.hash;
    }, 250);
  });
  addEventListener('hashchange', () => {
    clearTimeout(timer);
    known = location.hash;
    const before = useSettings.getState();
    const given = readAddress(location.hash);
    // A prompt that no address can hold stays where it is, and so do the texts of the panels that take long ones.
    const prompt = before.prompt.length > longestSharedPrompt ? before.prompt : given.prompt;
    const kept = (form: 'tokenizer' | 'quantise' | 'offload') => {
      const long = Object.entries(before[form]).filter(([, value]) => value.length > longestFields[form]);
      return { ...given[form], ...Object.fromEntries(long) };
    };
    const long = { tokenizer: kept('tokenizer'), quantise: kept('quantise'), offload: kept('offload') };
    useSettings.setState({ ...given, prompt, ...long });
    onFollow(before, given);
  });
}

function replaceAddress(settings: Shared): void {
  const address = writeAddress(settings);
  if (location.hash.replace(/^#/, '') === address) return;
  history.replaceState(null, '', address === '' ? location.pathname + location.search : `#${address}`);
}
