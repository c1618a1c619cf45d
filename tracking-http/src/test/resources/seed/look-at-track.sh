curl "https://mailsignal.eu/api/v1/tracks/trk_abc123xyz" \
-H "Authorization: Bearer ms_live_xxxx"
