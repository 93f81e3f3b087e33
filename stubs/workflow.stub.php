<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /**
     * An ordered list of steps with one owner. Names are identity: a run finds its steps by them, and effect keys
     * derive from them. Another name is another key, and a provider charges again; so never rename.
     *
     * @strict-properties
     * @not-serializable
     */
    final readonly class Workflow
    {
        public string $name;
        public string $version;
        public string $category;
        public string $owner;
        /** @var list<Step> */
        public array $steps;
        /** @var list<string> */
        public array $redact;

        /**
         * @param string $name 1 to 48 of a-z, 0-9, dot, underscore, space, dash; begins with a letter or digit, ends with no space; not "once"
         * @param string $version 1 to 64 bytes of UTF-8; another version pauses open runs of the old one for their owner
         * @param string $category as $name; kill switches hold whole categories
         * @param string $owner role that decides where no step names another, 1 to 64 bytes of UTF-8
         * @param Step[] $steps 1 to 256, names distinct
         * @phpstan-param list<Step> $steps
         * @param string[] $redact names of fields whose values are never stored in runs of this workflow, beside the built-in ones
         *        (password, token, card_number ...); 200 at most, each 1 to 64 bytes of UTF-8. Case, dashes, dots and underscores do not count
         * @phpstan-param list<string> $redact
         * @throws DefinitionError naming the argument, its limit and what came
         */
        public function __construct(string $name, string $version, string $category, string $owner, array $steps, array $redact = []) {}
    }
}
