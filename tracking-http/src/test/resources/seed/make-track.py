import requests
response = requests.post(
'https://mailsignal.eu/api/v1/tracks',
headers={
'Authorization': 'Bearer ms_live_xxxx',
'Content-Type': 'application/json',
},
json={
'recipient': 'john@example.com',
'subject': 'Meeting Tomorrow',
'campaign': 'sales-outreach',
}
)
track = response.json()
print(track['pixelUrl']) # Use this in your email
