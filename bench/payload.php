<?php
/* An order: 15 fields, about 550 bytes of JSON; among them floats, text that is not ASCII, a nested address and lines. */
declare(strict_types=1);

return [
    'order' => 1048576,
    'customer' => 'Åsa Öberg-Müller',
    'email' => 'asa.oberg@example.com',
    'currency' => 'EUR',
    'total' => 129.5,
    'tax_rate' => 0.195,
    'paid' => true,
    'coupon' => null,
    'address' => ['street' => 'Hauptstraße 12', 'city' => 'Köln', 'postcode' => '50667', 'country' => 'DE'],
    'lines' => [['sku' => 'TEE-M-BLUE', 'quantity' => 2, 'price' => 24.95], ['sku' => 'MUG', 'quantity' => 1, 'price' => 79.6]],
    'note' => 'Bitte beim Nachbarn abgeben, "links", wenn niemand öffnet.',
    'created' => '2026-11-21T14:33:36Z',
    'weight' => 1840,
    'url' => 'https://shop.example/wp-admin/post.php?post=1048576',
    'source' => 'checkout',
];
