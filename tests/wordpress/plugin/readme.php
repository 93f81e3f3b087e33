<?php
// Inside WordPress: the blocks of README's first workflow, with a shop, a CRM and a gateway that keep what they are asked in memory.
declare(strict_types=1);

use SophMate\WordPress\Ticker;

require_once dirname(__DIR__) . '/lib.php';
restore_error_handler();

/** A gateway with a look-up by key; its next answer may be lost, or it may refuse. */
final class ReadmeGateway
{
	/** @var array<string, array{id: string, payload: mixed}> */
	public array $charges = [];
	public int $asked = 0;
	public bool $loses = false, $away = false;

	/** @return array{id: string, payload: mixed} */
	public function charge(mixed $payload, string $key): array
	{
		$this->charges[$key . count($this->charges)] = $charge = ['id' => "ch_$key", 'payload' => $payload];
		return $this->loses ? throw new RuntimeException('connection reset') : $charge;
	}

	/** @return array{id: string, payload: mixed}|null */
	public function find(string $key): ?array
	{
		$this->asked++;
		if ($this->away) {
			throw new RuntimeException('cannot be reached');
		}
		return array_values(array_filter($this->charges, fn (array $charge): bool => $charge['id'] === "ch_$key"))[0] ?? null;
	}
}

$gateway = new ReadmeGateway();
$crm = new class {
	/** @var list<array{mixed, string}> */
	public array $contacts = [];

	public function create(mixed $input, string $key): int
	{
		$this->contacts[] = [$input, $key];
		return count($this->contacts);
	}
};
$order = random_int(100000, 999999999);
/** @return array<string, string> */
function my_shop_order_facts(int $id): array
{
	return ['mail' => "order-$id@example.test", 'order' => (string) $id, 'total' => '12.50'];
}
$mails = [];
add_filter('pre_wp_mail', function (mixed $short, array $mail) use (&$mails): bool {
	$mails[] = $mail['to'];
	return true;
}, 10, 2);
$payload = ['total' => '12.50'];
[$folder] = $args;
require "$folder/block1.php";   // as a plugin's file: before anybody asks for the engine

// One effect.
foreach ([1, 2] as $time) {
	$charge = null;
	require "$folder/block0.php";
	check("the one effect, call $time: charged once", [is_array($charge) ? $charge['payload'] : $charge, count($gateway->charges)], [$payload, 1]);
}
$payload = ['total' => '13.00'];
$log = ini_set('error_log', "$folder/log");
require "$folder/block0.php";
ini_set('error_log', (string) $log);
check('another payload: an error that is logged, and no charge', [is_wp_error($charge), str_contains((string) file_get_contents("$folder/log"), 'my-shop: charge order'), count($gateway->charges)], [true, true, 1]);

// The workflow.
$gateway->charges = [];
$counts = function () use ($crm, $gateway, &$mails): array {
	return [count($crm->contacts), count($gateway->charges), count($mails)];
};
$run_of = fn (int $order): ?SophMate\Run => sophmate_engine()->findBySubject('order.fulfil', "order:$order");
do_action('woocommerce_order_status_processing', $order);
check('the hook stores the run and begins nothing', [$run_of($order)?->input, $counts()], [my_shop_order_facts($order), [0, 0, 0]]);
Ticker::work(100);
check('the tick runs it: one of each', [$run_of($order)->state->value, $counts(), $mails], ['completed', [1, 1, 1], ["order-$order@example.test"]]);
check('the charge is found by its id', array_column(sophmate_engine()->findByExternalId('charge', (string) $run_of($order)->output('charge card')['id']), 'id'), [$run_of($order)->id]);
do_action('woocommerce_order_status_processing', $order);
Ticker::work(100);
check('the hook again: nothing more', $counts(), [1, 1, 1]);

// Its answer is lost: the probe finds the charge.
$gateway->loses = true;
do_action('woocommerce_order_status_processing', $order + 1);
Ticker::work(100);
check('a lost answer rests as unknown', [$run_of($order + 1)->state->value, $run_of($order + 1)->step, $counts()], ['unknown', 'charge card', [2, 2, 1]]);
$gateway->loses = false;
check('advance asks the probe, and goes on', sophmate_engine()->advance($run_of($order + 1)->id)->state->value, 'completed');
check('one of each', [$counts(), $gateway->asked > 0], [[2, 2, 2], true]);

// And one that nobody can ask about: it is left for the commands.
$gateway->loses = $gateway->away = true;
do_action('woocommerce_order_status_processing', $order + 2);
Ticker::work(100);
$left = $run_of($order + 2);
check('it rests with its owner', [$left->state->value, $left->owner, $counts()], ['unknown', 'finance', [3, 3, 2]]);
file_put_contents("$folder/run", $left->id);
finish();
