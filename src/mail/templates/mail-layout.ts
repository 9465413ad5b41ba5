import { Eta } from 'eta/core';
import type { Mail } from '../mail.js';

/** The parts of a mail, in reading order. */
export interface MailContent {
  /** Becomes a header: fixed words only, nothing that a client has chosen. */
  readonly subject: string;
  readonly opening: string;
  /** `['Device', 'Chrome on macOS']` */
  readonly details?: readonly (readonly [string, string])[];
  readonly action?: { readonly label: string; readonly url: string };
  /** A second choice, after the action. */
  readonly alternative?: { readonly label: string; readonly url: string };
  readonly closing: string;
}

const TEXT = `<%= it.opening %>

<% for (const [label, value] of it.details) { -%>
<%= label %>: <%= value %>
<% } -%>
<% if (it.details.length > 0) { %>
<% } -%>
<% for (const { label, url } of it.actions) { -%>
<%= label %>:
<%= url %>

<% } -%>
<%= it.closing %>
`;

/** Refers to nothing that a mail client would have to fetch. */
const HTML = `<!doctype html>
<html lang="en">
<body>
<p><%= it.opening %></p>
<% if (it.details.length > 0) { -%>
<p>
<% for (const [label, value] of it.details) { -%>
<%= label %>: <strong><%= value %></strong><br>
<% } -%>
</p>
<% } -%>
<% for (const { label, url } of it.actions) { -%>
<p><a href="<%= url %>"><%= label %></a></p>
<% } -%>
<p><%= it.closing %></p>
</body>
</html>
`;

const text = new Eta({ autoEscape: false, autoTrim: false });
text.loadTemplate('@mail', TEXT);
const html = new Eta({ autoEscape: true, autoTrim: false });
html.loadTemplate('@mail', HTML);

/** Renders a mail as plain text and as HTML, in which every value is escaped. */
export function render(to: string, content: MailContent): Mail {
  const { subject, action, alternative, details = [] } = content;
  const actions = [action, alternative].filter((choice) => choice !== undefined);
  const values = { ...content, actions, details };
  return {
    to,
    subject,
    text: text.render('@mail', values),
    html: html.render('@mail', values),
    link: action?.url ?? null,
  };
}
