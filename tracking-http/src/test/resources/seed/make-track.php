<?php
$ch = curl_init('https://mailsignal.eu/api/v1/tracks');
curl_setopt_array($ch, [
CURLOPT_RETURNTRANSFER => true,
CURLOPT_POST => true,
CURLOPT_HTTPHEADER => [
'Authorization: Bearer ms_live_xxxx',
'Content-Type: application/json',
],
CURLOPT_POSTFIELDS => json_encode([
'recipient' => 'john@example.com',
'subject' => 'Meeting Tomorrow',
'campaign' => 'sales-outreach',
]),
]);
$response = curl_exec($ch);
$track = json_decode($response, true);
echo $track['pixelUrl']; // Use this in your email
