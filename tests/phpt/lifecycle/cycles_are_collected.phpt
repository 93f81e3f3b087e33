--TEST--
A workflow whose callable holds the workflow is collected
--FILE--
<?php
use SophMate\{Answer, Effect, Step, Workflow};

class Plugin {
    public ?Workflow $workflow = null;
    public ?Answer $answer = null;
    function __construct() {
        $this->workflow = new Workflow('w', '1', 'c', 'o', [new Step('s', fn () => $this->workflow, Effect::Read, probe: [$this, 'probe'])]);
        $this->answer = Answer::done($this);
    }
    function probe() {}
}
$plugin = new Plugin;
$seen = [WeakReference::create($plugin), WeakReference::create($plugin->workflow), WeakReference::create($plugin->workflow->steps[0]), WeakReference::create($plugin->answer)];
unset($plugin);
gc_collect_cycles();
foreach ($seen as $weak) {
    var_dump($weak->get());
}
?>
--EXPECT--
NULL
NULL
NULL
NULL
