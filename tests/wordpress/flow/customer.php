<?php
// Inside WordPress, on any store: a customer's name goes everywhere that a value can go. Arguments: begin or look, a word of this test.
declare(strict_types=1);

use SophMate\{Attempt, Effect, Step, Workflow};
use SophMate\WordPress\Engines;

[$what, $tag] = $args;
$name = "Åsa 🛒 $tag";
$engine = sophmate_engine();
$seen = [];
$engine->register(new Workflow('flow.customer', version: '1', category: 'general', owner: 'operations', steps: [
	new Step('create contact', effect: Effect::External, timeoutSeconds: 5.0, run: function (Attempt $a) use (&$seen, $tag): array|WP_Error {
		$seen[] = $a->input['name'];
		$answer = sophmate_remote_request($a, SOPHMATE_EXAMPLE_CRM . '/contacts', ['json' => ['name' => $a->input['name'], 'email' => 'asa@example.test']]);
		if (is_wp_error($answer)) {
			return $answer;
		}
		$a->externalId('contact', "contact of {$a->input['name']}");
		$a->note("spoke to {$a->input['name']}");
		$a->artifact('letter', "Dear {$a->input['name']}");
		return ['name' => $a->input['name'], $a->input['name'] => true];
	}),
	new Step('write', effect: Effect::Message, run: function (Attempt $a) use (&$seen): string {
		return $seen[] = $a->output('create contact')['name'];
	}),
]));
if ($what === 'begin') {
	$run = sophmate_start('flow.customer', subject: "customer $name", input: ['name' => $name]);
	$engine->note($run->id, $name, "$name called");
	$once = sophmate_once("flow: $name", ['name' => $name], fn (Attempt $a) => $a->input['name']);
	echo json_encode([$run->id, $run->state->value, $seen, $once]);
	return;
}
$run = $engine->findBySubject('flow.customer', "customer $name");
$engine->tick(100);
$events = $run->events();
$p = array_merge(...array_map(fn (array $event): array => (array) ($event['p'] ?? []), $events));
echo json_encode([
	'run' => $run->id,
	'subject' => $run->subject,
	'input' => $run->input['name'],
	'output' => [$run->output('create contact'), $run->output('write')],
	'by external id' => array_map(fn ($r) => $r->id, $engine->findByExternalId('contact', "contact of $name")),
	'external id' => $run->steps()[0]['external_ids']['contact'] ?? null,
	'note' => [$p['by'] ?? null, $p['text'] ?? null],
	'notes, artifact' => [$p['notes'] ?? null, $p['artifacts']['letter'] ?? null],
	'replay' => sophmate_once("flow: $name", ['name' => $name], fn () => 'again'),
	'same event' => sophmate_start('flow.customer', subject: "customer $name", input: ['name' => $name])->id,
]);
