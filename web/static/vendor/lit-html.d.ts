// Types of the part of lit-html 3.3.3 that is used here.

/** What a template tag gives: a template and its values, to be rendered. */
export interface TemplateResult {
  readonly strings: TemplateStringsArray;
  readonly values: unknown[];
}

/** Renders nothing; as an attribute value it removes the attribute. */
export const nothing: unique symbol;

/** Makes a template of HTML. */
export function html(strings: TemplateStringsArray, ...values: unknown[]): TemplateResult;

/** Makes a template of SVG, to be used inside an svg element. */
export function svg(strings: TemplateStringsArray, ...values: unknown[]): TemplateResult;

/** Renders a value into a container, touching only what has changed since the last time. */
export function render(value: unknown, container: HTMLElement | DocumentFragment): unknown;
