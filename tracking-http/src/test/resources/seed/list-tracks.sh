curl "https://mailsignal.eu/api/v1/tracks?limit=20&campaign=sales-outreach&opened=true" \
-H "Authorization: Bearer ms_live_xxxx"
