const response = await fetch('https://mailsignal.eu/api/v1/tracks', {
method: 'POST',
headers: {
'Authorization': 'Bearer ms_live_xxxx',
'Content-Type': 'application/json',
},
body: JSON.stringify({
recipient: 'john@example.com',
subject: 'Meeting Tomorrow',
campaign: 'sales-outreach',
}),
});
const track = await response.json();
console.log(track.pixelUrl); // Use this in your email
