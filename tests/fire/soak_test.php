<?php
// Jobs drawn by lot, with kills: SOPHMATE_FIRE_JOBS of them (1000) in SOPHMATE_FIRE_JOBS_SECONDS (200) at most.
declare(strict_types=1);

require __DIR__ . '/lib/inside.php';

inside('soak', getenv('SOPHMATE_FIRE_JOBS') ?: '1000', getenv('SOPHMATE_FIRE_JOBS_SECONDS') ?: '200');
finish();
