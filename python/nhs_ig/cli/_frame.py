"""What every verb shares: exit codes, errors in plain words, keys, progress."""

from __future__ import annotations

import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

import nhs_ig as ig

if TYPE_CHECKING:
    from collections.abc import Iterator

REFUSED, COULD_NOT_RUN, INTERRUPTED = 1, 2, 130

_QUIET_SECONDS = 2.0
_LONG_ENOUGH_FOR_DATA = 6

# What is wrong with a key is a matter of files, but these are rules of the ring.
_KEY_REFUSALS = {
    "key.not_linkable",
    "key.pending",
    "key.purpose",
    "key.retired",
    "key.ring_primary",
    "key.ring_status",
}

# A log, a checkpoint or a proof that does not hold is a finding; one that cannot be read is not.
_AUDIT_FINDINGS = {
    "audit.chain_broken",
    "audit.checkpoint_differs",
    "audit.checkpoint_missing",
    "audit.checkpoint_origin",
    "audit.checkpoint_signature",
    "audit.checkpoint_unknown_key",
    "audit.held_head_differs",
    "audit.held_head_missing",
    "audit.proof_differs",
    "audit.record_format",
    "audit.recovery_unmatched",
    "audit.rotation_unmatched",
    "audit.segment_cut",
    "audit.segment_foreign",
    "audit.segment_missing",
    "audit.sequence",
    "audit.torn_tail",
}


class Group(click.Group):
    """A group whose commands end with this project's exit codes."""

    def main(self, *args: Any, **kwargs: Any) -> Any:
        """Run, and turn every kind of end into its exit code."""
        kwargs["standalone_mode"] = False
        try:
            return sys.exit(super().main(*args, **kwargs) or 0)
        except ig.IgError as error:
            click.echo(f"refused: {error}" if exit_code(error) == REFUSED else f"error: {error}", err=True)
            sys.exit(exit_code(error))
        except click.exceptions.Exit as end:
            sys.exit(end.exit_code)
        except click.ClickException as error:
            typed = args[0] if args else kwargs.get("args") or sys.argv[1:]
            context = getattr(error, "ctx", None)
            if context is not None:
                click.echo(
                    f"{context.get_usage()}\nTry '{context.command_path} --help' for help.\n", err=True
                )
            click.echo(f"Error: {_without_what_was_typed(error.format_message(), typed)}", err=True)
            sys.exit(COULD_NOT_RUN)
        except (KeyboardInterrupt, click.Abort):
            click.echo("interrupted; no unfinished output was left behind", err=True)
            sys.exit(INTERRUPTED)
        except BrokenPipeError:
            # Whoever read our output has gone; there is nobody to tell.
            sys.exit(COULD_NOT_RUN)
        except OSError as error:
            click.echo(
                f"error: {error.filename or 'the system'}: {error.strerror or 'not possible'}", err=True
            )
            sys.exit(COULD_NOT_RUN)
        except Exception as error:  # noqa: BLE001 - a user gets no traceback, which could hold data
            click.echo(
                f"error: a defect in nhs_ig ({type(error).__name__}); please report what you ran", err=True
            )
            sys.exit(COULD_NOT_RUN)


def _without_what_was_typed(message: str, typed: Any) -> str:
    """Return a message of click, which repeats arguments it cannot use, without those that could be data."""
    for word in sorted((str(word) for word in typed), key=len, reverse=True):
        if len(word) >= _LONG_ENOUGH_FOR_DATA and any(character.isdigit() for character in word):
            message = message.replace(word, "(not shown)")
    return message


def exit_code(error: ig.IgError) -> int:
    """Return 1 where a rule refused, 2 where the call, a file or the machine did not allow it."""
    if error.code in _KEY_REFUSALS | _AUDIT_FINDINGS:
        return REFUSED
    refusals = (ig.AccessError, ig.PolicyError, ig.IdentifierError)
    cannot = (
        "access.earlier_unreadable",
        "agreement.",
        "mesh.",
        "opt_out.file",
        "opt_out.state",
        "policy.unknown_preset",
    )
    if isinstance(error, refusals) and not error.code.startswith(cannot):
        return REFUSED
    return REFUSED if error.code == "export.identifier_in_output" else COULD_NOT_RUN


def key_options(command: Any) -> Any:
    """Add the two ways to name a key."""
    command = click.option(
        "--key-file", type=click.Path(), help="Key file, or key ring (.toml), that its owner alone can read."
    )(command)
    return click.option("--key-env", metavar="NAME", help="Environment variable with the key.")(command)


def load_key(key_file: str | None, key_env: str | None) -> ig.Key:
    """Return the key that the options name, of a ring its primary; the variable NHS_IG_KEY if they name none."""
    if key_file and key_env:
        raise click.UsageError("give --key-file or --key-env, not both")
    if key_file and key_file.endswith(".toml"):
        return ig.KeyRing.from_file(key_file).primary
    return ig.Key.from_file(key_file) if key_file else ig.Key.from_env(key_env or "NHS_IG_KEY")


@contextmanager
def working(what: str) -> Iterator[None]:
    """Tell every two seconds that one long step is still going on."""
    started = time.monotonic()
    done = threading.Event()

    def tell() -> None:
        while not done.wait(_QUIET_SECONDS):
            click.echo(f"  {what}: {time.monotonic() - started:.0f} s", err=True)

    teller = threading.Thread(target=tell, daemon=True)
    teller.start()
    try:
        yield
    finally:
        done.set()
        teller.join()


class _Line:
    """One line on standard error, from the third second on."""

    def __init__(self) -> None:
        """Start the clock."""
        self._started = time.monotonic()
        self._shown = self._started

    def tell(self, words: str) -> None:
        """Show the line, at most once a second."""
        now = time.monotonic()
        if now - self._started > _QUIET_SECONDS and now - self._shown > 1.0:
            click.echo(f"  {words}", err=True)
            self._shown = now


class Progress(_Line):
    """How many rows a stage has done."""

    def __call__(self, stage: str, name: str, rows: int) -> None:
        """Tell how far a stage has come."""
        self.tell(f"{stage} {name}: {rows:,} rows")


class Steps(_Line):
    """How many steps a stage has done."""

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Tell how far a stage has come."""
        self.tell(f"{stage}: {done:,} of {total:,}")
