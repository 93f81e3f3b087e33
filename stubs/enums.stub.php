<?php

/**
 * @generate-class-entries
 * @generate-legacy-arginfo 80200
 */

namespace SophMate {
    /** What a step changes outside its own record. */
    enum Effect: string
    {
        /** Nothing: it only reads. */
        case Read = 'read';
        /** Rows of this WordPress. */
        case Record = 'record';
        /** Something in another system. */
        case External = 'external';
        /** Money moves: a charge, a refund, a payout. */
        case Money = 'money';
        /** Somebody receives a message: mail, SMS, chat. */
        case Message = 'message';
    }

    /** What a second execution of a step would do. A step that does not say counts as Never. */
    enum Repeat: string
    {
        /** Repeat freely: a second execution changes nothing more. */
        case Safe = 'safe';
        /** The other side absorbs a second request with the same key, inside the step's keyWindowSeconds. */
        case Once = 'once';
        /** A second execution would be a second effect: only a probe or a person may say "not done". */
        case Never = 'never';
    }

    /** Where a run is. There is no "failed": the state says what happened and who goes on. */
    enum RunState: string
    {
        /** Started, or ready and due. */
        case Running = 'running';
        /** Ready, but a retry or a later start is not due yet. */
        case Waiting = 'waiting';
        /** A kill switch covers it; goes on after the release. */
        case Held = 'held';
        /** Rests until its owner decides: resume, finishByHand or stop. */
        case Paused = 'paused';
        /** The current step may or may not have happened; a probe or a verdict settles it. */
        case Unknown = 'unknown';
        /** Finished steps are being undone. */
        case Undoing = 'undoing';
        /** Every step is done. */
        case Completed = 'completed';
        /** A person finished it outside. */
        case CompletedByHand = 'completed_by_hand';
        /** Its finished steps were undone. */
        case Undone = 'undone';
        /** A person stopped it. */
        case Stopped = 'stopped';
        /** Its stored history is not one that a correct system writes; nothing fires. */
        case Broken = 'broken';
    }

    /** Where a step is. */
    enum StepState: string
    {
        case Ready = 'ready';
        case Started = 'started';
        case Unknown = 'unknown';
        case Refused = 'refused';
        case Done = 'done';
        case Undone = 'undone';
    }

    /** Answer of IdempotencyKeys::claim(). */
    enum ClaimState: string
    {
        /** Act now, then complete() or release(). */
        case Mine = 'mine';
        /** It happened; the stored result is there. */
        case Done = 'done';
        /** Another process acts at this moment. */
        case InProgress = 'in_progress';
        /** It may or may not have happened; resolve() first. */
        case Unknown = 'unknown';
        /** A kill switch is held; nothing was started. */
        case Held = 'held';
    }

    /** Why a step failed, for a person. Only ProviderLimit and NotSent are tried again by themselves. */
    enum FailureClass: string
    {
        case MissingInput = 'missing_input';
        case ProviderLimit = 'provider_limit';
        case Permission = 'permission';
        case StaleSource = 'stale_source';
        case InvalidSchema = 'invalid_schema';
        case ExternalFailure = 'external_failure';
        case Timeout = 'timeout';
        case Fatal = 'fatal';
        case NotSent = 'not_sent';
    }

    /** The SQL that a store understands. */
    enum Dialect: string
    {
        /** MySQL 8 and 9, MariaDB 10.6 and later, Galera. */
        case MySql = 'mysql';
        case Sqlite = 'sqlite';
    }
}
