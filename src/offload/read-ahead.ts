/** Experts read from files wait for their load in so many places of memory. */
export const readAhead = 2;
