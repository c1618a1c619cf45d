curl "https://mailsignal.eu/api/v1/analytics?period=30d&groupBy=day" \
-H "Authorization: Bearer ms_live_xxxx"
