// Types of the part of lit-html 3.3.3 that is used here.

/**
 * Renders a list whose members come, go and change their order: the elements of
 * a member stay its own, and move with it. No two members may have the same key.
 */
export function repeat<T>(items: Iterable<T>, key: (item: T, index: number) => unknown, template: (item: T, index: number) => unknown): unknown;
