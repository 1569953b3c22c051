#!/bin/sh
# Post a title, the first lines of a report and a link to a webhook of Slack or Teams.
# Usage: WEBHOOK=https://... sh notify.sh TITLE REPORT.md LINK
set -eu
if [ -z "${WEBHOOK:-}" ]; then exit 0; fi
head -c 2000 "$2" > "$2.short"
case $WEBHOOK in
  https://hooks.slack.com/*)
    # Slack reads <, > and & as its own markup: a name in a report must not mention a channel.
    message='{text: ([$title, ($report | gsub("&"; "&amp;") | gsub("<"; "&lt;") | gsub(">"; "&gt;")), $link]
      | join("\n"))}' ;;
  *)
    # A workflow of Teams takes cards. TextBlock shows a subset of Markdown.
    message='{type: "message", attachments: [{contentType: "application/vnd.microsoft.card.adaptive", content: {
      type: "AdaptiveCard", version: "1.4", body: [{type: "TextBlock", weight: "Bolder", text: $title},
      {type: "TextBlock", wrap: true, text: $report}],
      actions: [{type: "Action.OpenUrl", title: "Open", url: $link}]}}]}' ;;
esac
jq --null-input --arg title "$1" --rawfile report "$2.short" --arg link "$3" "$message" |
  curl --fail --silent --show-error --max-time 20 --header 'Content-Type: application/json' --data @- \
    --output /dev/null "$WEBHOOK"
