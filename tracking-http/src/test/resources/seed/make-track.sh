curl -X POST https://mailsignal.eu/api/v1/tracks \
-H "Authorization: Bearer ms_live_xxxx" \
-H "Content-Type: application/json" \
-d '{
"recipient": "john@example.com",
"subject": "Meeting Tomorrow",
"campaign": "sales-outreach"
}'
