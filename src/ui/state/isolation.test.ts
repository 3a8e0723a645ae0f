import { describe, expect, it } from 'vitest';
import { nextStep, takeReload } from './isolation';

const opened = {
  isolated: false,
  secure: true,
  serviceWorkers: true,
  framed: false,
  active: false,
  touched: false,
};

describe('the next step to an isolated page', () => {
  it('is to register where the host sends no headers, touched or not', () => {
    expect(nextStep(opened)).toBe('register');
    expect(nextStep({ ...opened, touched: true })).toBe('register');
  });

  it('is to reload when the service worker is active and nobody has done anything', () => {
    expect(nextStep({ ...opened, active: true })).toBe('reload');
  });

  it('is to wait for the next visit when a reload could undo something', () => {
    expect(nextStep({ ...opened, active: true, touched: true })).toBe('none');
  });

  it.each([
    ['the page is isolated', { isolated: true }],
    ['the page came over plain HTTP', { secure: false }],
    ['the browser has no service workers', { serviceWorkers: false }],
    ['the page is a frame of another', { framed: true }],
  ])('is none where %s', (_, difference) => {
    for (const active of [false, true]) {
      for (const touched of [false, true]) {
        expect(nextStep({ ...opened, active, touched, ...difference })).toBe('none');
      }
    }
  });
});

describe('the reload of a session', () => {
  const memory = () => {
    const values = new Map<string, string>();
    return {
      getItem: (key: string) => values.get(key) ?? null,
      setItem: (key: string, value: string) => void values.set(key, value),
    };
  };
  const refuse = (): never => {
    throw new DOMException('denied', 'SecurityError');
  };

  it('is taken once for each page', () => {
    const storage = memory();
    expect(takeReload(() => storage, '/a/')).toBe(true);
    expect(takeReload(() => storage, '/a/')).toBe(false);
    expect(takeReload(() => storage, '/b/')).toBe(true);
  });

  it('is refused where the browser denies its storage, reading or writing', () => {
    expect(takeReload(refuse, '/')).toBe(false);
    expect(takeReload(() => ({ ...memory(), getItem: refuse }), '/')).toBe(false);
    expect(takeReload(() => ({ ...memory(), setItem: refuse }), '/')).toBe(false);
  });

  it('is refused where the storage forgets', () => {
    expect(takeReload(() => ({ ...memory(), setItem: () => {} }), '/')).toBe(false);
  });
});
