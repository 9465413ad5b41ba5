import { Eta } from 'eta/core';
import type { WrittenMail } from '../mail/written-mails.js';

const LAYOUT_HEAD = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title><%= it.title %></title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 60rem; margin: 2rem auto; padding: 0 1rem }
td, th { text-align: start; padding: .25rem 1rem .25rem 0; overflow-wrap: anywhere }
pre { white-space: pre-wrap; overflow-wrap: anywhere; border: 1px solid; padding: 1rem }
iframe { width: 100%; height: 42rem; border: 1px solid; background: Canvas }
</style>
</head>
<body>
`;

const LIST = `${LAYOUT_HEAD}<h1>Mails</h1>
<p>Mails of this development service. Reload the page to see new ones.</p>
<% if (it.mails.length === 0) { -%>
<p>No mails yet.</p>
<% } else { -%>
<table>
<tr><th>Time</th><th>To</th><th>Subject</th></tr>
<% for (const { id, to, subject, writtenAt } of it.mails) { -%>
<tr><td><%= writtenAt.toLocaleString('en-GB') %></td><td><%= to %></td><td><a href="/dev/mails/<%= id %>"><%= subject %></a></td></tr>
<% } -%>
</table>
<% } -%>
</body>
</html>
`;

const MAIL = `${LAYOUT_HEAD}<p><a href="/dev/mails">All mails</a></p>
<h1><%= it.mail.subject %></h1>
<p>To <%= it.mail.to %>, <%= it.mail.writtenAt.toLocaleString('en-GB') %></p>
<h2>HTML</h2>
<iframe title="HTML part" src="/dev/mails/<%= it.mail.id %>/html" sandbox="allow-popups allow-popups-to-escape-sandbox"></iframe>
<h2>Text</h2>
<pre><% for (const { text, isLink } of it.parts) { if (isLink) { %><a href="<%= text %>" target="_blank"><%= text %></a><% } else { %><%= text %><% } } %></pre>
</body>
</html>
`;

const pages = new Eta({ autoEscape: true, autoTrim: false });
pages.loadTemplate('@list', LIST);
pages.loadTemplate('@mail', MAIL);

export function listPage(mails: readonly WrittenMail[]): string {
  return pages.render('@list', { title: 'Mails', mails });
}

export function mailPage(mail: WrittenMail): string {
  const parts = mail.text.split(/(https?:\/\/\S+)/).map((text, index) => ({ text, isLink: index % 2 === 1 }));
  return pages.render('@mail', { title: mail.subject, mail, parts });
}

/** The HTML part with links that open in a new tab: pages refuse to be shown in a frame. */
export function framedPart(html: string): string {
  return html.replace('<head>', '<head><base target="_blank">');
}
