/**
 * The templates of every mail, in the syntax of Eta (https://eta.js.org). An operator can replace them: `MAIL_TEMPLATES`
 * names a directory with files of these names, and `latchkey mail-templates` writes them there. docs/operations.md lists
 * the values that they can use.
 */
export const DEFAULT_TEMPLATES = {
  'mail.txt': `<%= it.opening %>

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

--
<%= it.footer %>
`,
  // Tables and inline styles, because Outlook and Gmail ignore much of CSS. Nothing has to be fetched. The outer table
  // repeats the language and the direction, because mail programs on the web keep only what is in the body.
  'mail.html': `<!doctype html>
<html lang="<%= it.language %>" dir="<%= it.direction %>">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title><%= it.subject %></title>
<style>
:root { color-scheme: light dark; supported-color-schemes: light dark }
@media (prefers-color-scheme: dark) {
  .page { background: #10151c !important }
  .card { background: #1a212b !important; border-color: #33404f !important }
  .text { color: #e8edf4 !important }
  .aside, .aside a { color: #a9b5c4 !important }
  .line { border-color: #33404f !important }
  .button { background: <%= it.colors.dark.fill %> !important; border-color: <%= it.colors.dark.accent %> !important }
  .button a { color: <%= it.colors.dark.onFill %> !important }
  .link { color: <%= it.colors.dark.accent %> !important }
}
@media (max-width: 480px) {
  .frame { padding: 16px 0 !important }
  .card { border-width: 1px 0 !important; border-radius: 0 !important; padding: 24px 20px !important }
  .button, .button a { display: block !important; text-align: center !important }
  .label, .value { display: block !important; width: auto !important }
  .label { border: 0 !important; padding-bottom: 0 !important }
  .value { border: 0 !important; padding-top: 0 !important }
}
</style>
</head>
<body class="page" style="margin:0;padding:0;background:#f4f6f9">
<div style="display:none;max-height:0;overflow:hidden"><%= it.preheader %></div>
<table role="presentation" class="page" lang="<%= it.language %>" dir="<%= it.direction %>" width="100%" cellpadding="0" cellspacing="0" style="background:#f4f6f9">
<tr><td class="frame" align="center" style="padding:32px 16px">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="max-width:560px;font-family:system-ui,-apple-system,'Segoe UI',Roboto,Arial,sans-serif">
<tr><td class="aside" style="padding:0 20px 12px;color:#4d5a6b;font-size:14px;line-height:20px">
<% if (it.brand.url) { -%>
<a class="aside" href="<%= it.brand.url %>" style="color:#4d5a6b;text-decoration:none"><% if (it.brand.logo) { %><img src="<%= it.brand.logo %>" alt="" height="28" style="height:28px;vertical-align:middle;border:0"> <% } %><%= it.brand.name %></a>
<% } else { -%>
<% if (it.brand.logo) { %><img src="<%= it.brand.logo %>" alt="" height="28" style="height:28px;vertical-align:middle"> <% } %><%= it.brand.name %>
<% } -%>
</td></tr>
<tr><td class="card" style="padding:32px;background:#ffffff;border:1px solid #d5dce5;border-radius:12px">
<h1 class="text" style="margin:0 0 16px;color:#16202e;font-size:22px;line-height:28px"><%= it.subject %></h1>
<p class="text" style="margin:0 0 24px;color:#16202e;font-size:16px;line-height:24px;word-break:break-word"><%= it.opening %></p>
<% if (it.details.length > 0) { -%>
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" style="margin:0 0 24px">
<% for (const [label, value] of it.details) { -%>
<tr>
<td class="label aside line" width="34%" valign="top" style="padding:8px 0;padding-inline-end:12px;border-top:1px solid #d5dce5;color:#4d5a6b;font-size:14px;line-height:20px"><%= label %></td>
<td class="value text line" valign="top" style="padding:8px 0;border-top:1px solid #d5dce5;color:#16202e;font-size:14px;line-height:20px;font-weight:600;word-break:break-word"><%= value %></td>
</tr>
<% } -%>
</table>
<% } -%>
<% for (const { label, url, isMain } of it.actions) { -%>
<% if (isMain) { -%>
<table role="presentation" cellpadding="0" cellspacing="0" width="100%" style="margin:0 0 24px"><tr><td>
<table role="presentation" cellpadding="0" cellspacing="0"><tr><td class="button" style="background:<%= it.colors.light.fill %>;border:1px solid <%= it.colors.light.accent %>;border-radius:8px">
<a href="<%= url %>" style="display:inline-block;padding:12px 24px;color:<%= it.colors.light.onFill %>;font-size:16px;line-height:24px;font-weight:600;text-decoration:none"><%= label %></a>
</td></tr></table>
</td></tr></table>
<% } else { -%>
<p style="margin:0 0 24px;font-size:16px;line-height:24px"><a class="link" href="<%= url %>" style="color:<%= it.colors.light.accent %>"><%= label %></a></p>
<% } -%>
<% } -%>
<p class="text" style="margin:0;color:#16202e;font-size:16px;line-height:24px;word-break:break-word"><%= it.closing %></p>
</td></tr>
<tr><td class="aside" style="padding:16px 20px 0;color:#4d5a6b;font-size:13px;line-height:20px;word-break:break-word">
<%= it.footer %>
</td></tr>
</table>
</td></tr>
</table>
</body>
</html>
`,
} as const;
