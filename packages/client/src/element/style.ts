export const STYLE = `
:host { display: block; font: inherit; color: inherit; }
h2 { font-size: 1.125em; margin: 0; }
header { display: flex; flex-wrap: wrap; gap: 0.25em 1em; align-items: baseline; justify-content: space-between; }
ul { list-style: none; margin: 0.75em 0 0; padding: 0; }
li { display: flex; flex-wrap: wrap; gap: 0.5em 1em; align-items: center; padding: 0.75em 0; border-top: 1px solid color-mix(in srgb, currentColor 20%, transparent); }
li > div { flex: 1 1 12em; min-width: 0; overflow-wrap: anywhere; }
small, [role='status'] { font-size: 0.875em; }
strong + span { margin-inline-start: 0.5em; font-size: 0.875em; }
button { font: inherit; color: inherit; background: none; border: 1px solid currentColor; border-radius: 0.375em; padding: 0.375em 0.875em; min-height: 2.75em; cursor: pointer; }
button:disabled { opacity: 0.5; cursor: default; }
[role='alert']:empty { display: none; }
`;
