"""What `--help` says beside the options: the commands, examples, exit codes, environment and files."""

from __future__ import annotations

import argparse

from tui.cli.help_format import HelpFormatter

LOGDIR_HELP = "a directory with event files in or below it, or a URL of one; NAME:PATH names it"
USAGE = "tbtui LOGDIR... [OPTIONS]\n       tbtui COMMAND ... [OPTIONS]"
COMMAND_LIST = """commands:
  LOGDIR...            watch the runs in these directories
  demo [DIR]           watch a made-up training, to look around
  serve LOGDIR...      the same screen in a browser

  ls LOGDIR            list runs: state, tags, points, last step
  tags LOGDIR          list tags: runs, points, last, min and max
  status LOGDIR...     one line, for a status bar
  check LOGDIR...      what looks wrong, with an exit code for scripts
  hparams LOGDIR...    compare sessions by hparams and metrics
  diff LOGDIR RUN RUN  what tells two runs apart
  plot LOGDIR...       draw charts as text
  report LOGDIR...     one file about the runs, for a pull request or a mail
  export LOGDIR        write every point, histogram, text, image... for other programs
  inspect FILE         check one event file

  completion SHELL     what makes bash, zsh or fish complete all this
  COMMAND --help       options and examples of a command"""
DESCRIPTION = f"""TensorBoard for the terminal: watch trainings live, and print what they logged.

{COMMAND_LIST}"""
EPILOG = """examples:
  tbtui runs/                      the directory you would give to TensorBoard
  tbtui old:runs_a new:runs_b      two of them, each with a name
  tbtui ssh://host/runs --x wall   by SSH, over the time of day (extra `remote`)
  tbtui runs/ --fresh --theme light
  tbtui export runs/ --tag '^Loss/' -o loss.csv

A LOGDIR may be a URL: s3://, gs://, ssh://, https://... NAME:PATH gives it a name. One that is called like a command is
opened by ./NAME. On the screen ? lists the keys and q quits.

exit codes:
  0    fine
  1    nothing matched, or something was found: each command's --help says what
  2    wrong usage, or a path that cannot be read
  130  interrupted

environment:
  TBTUI_CONFIG     the configuration file; --config goes first
  TBTUI_CACHE      where remote logdirs are mirrored; --cache goes first
  TBTUI_PATIENCE   seconds that commands try again to reach a remote logdir; default: 60
  TBTUI_TOKEN      the token of `tbtui serve`; --token goes first
  NO_COLOR         if it is set, no colours
  TERM, COLORTERM  tell which colours the terminal has; --colours goes first

files:
  ~/.config/tbtui/config.toml  settings and keys (in $XDG_CONFIG_HOME, if that is set)
  ~/.local/state/tbtui/        how the screen was left, for each logdir ($XDG_STATE_HOME)
  ~/.cache/tbtui/remote/       mirrors of remote logdirs ($XDG_CACHE_HOME)

Nothing is ever written into a logdir."""


# No dataclass: whoever opens the screen reads this module too, and would wait for theirs.
HELP: dict[str, tuple[str | None, tuple[tuple[str, str], ...]]] = {
    "demo": (
        "--headless: not all that was written was read",
        (
            ("tbtui demo", "look around, q leaves"),
            ("tbtui demo logs/ --density cards", "keep what was written"),
            ("tbtui demo --headless 5", "for tests, or without a terminal"),
        ),
    ),
    "serve": (
        None,
        (
            ("tbtui serve runs/", "prints the URL; Ctrl+C ends it"),
            ("tbtui serve runs/ --token random --port 0", "on a machine that others use too"),
        ),
    ),
    "ls": ("no event files", (("tbtui ls runs/", "a table"), ("tbtui ls runs/ --json", "for scripts"))),
    "tags": (
        "nothing matched",
        (("tbtui tags runs/", "a line a tag"), ("tbtui tags runs/ --run adam --tag '^Loss/'", "only some")),
    ),
    "export": (
        "nothing matched or could be read",
        (
            ("tbtui export runs/ --tag '^Loss/' -o loss.csv", "scalars, a row a point"),
            ("tbtui export runs/ --kind text --format jsonl", "texts, an object a line"),
            ("tbtui export runs/ --kind images -o pictures/", "files, and a table of them"),
        ),
    ),
    "plot": (
        "nothing matched",
        (
            ("tbtui plot runs/", "the metric that the runs are judged by"),
            ("tbtui plot runs/ --tag '^Loss/' --together", "training and validation on one chart"),
            ("tbtui plot runs/ --hist --tag Weights", "histograms"),
        ),
    ),
    "report": (
        "there are no such runs",
        (
            ("tbtui report runs/ -o report.html", "a page that needs nothing else"),
            ("tbtui report runs/", "Markdown, on stdout"),
        ),
    ),
    "hparams": (
        "no session, or none that matches",
        (
            ("tbtui hparams runs/ --sort Loss/val", "the best session first"),
            ("tbtui hparams runs/ --where 'lr>=1e-3 optimizer=adam'", "only some"),
            ("tbtui hparams runs/ --metric min --format csv", "the least values, for other programs"),
        ),
    ),
    "diff": ("no event files", (("tbtui diff runs/ lr_0.1 0.01_sgd", "parts of names do, if they are clear"),)),
    "check": (
        "a rule fired, or there is no run to judge",
        (
            ("tbtui check runs/", "a line a finding"),
            ("tbtui check runs/ --rule nan-inf --rule divergence", "only these"),
            ("tbtui check runs/ --watch", "wait until a rule fires or all runs have ended"),
        ),
    ),
    "status": (
        "there are no such runs",
        (
            ("tbtui status runs/ --target 50000", "with the time left until this step"),
            ("set -g status-right '#(tbtui status runs/)'", "in ~/.tmux.conf"),
        ),
    ),
    "inspect": (
        "the file is damaged; a record that is still being written is no damage",
        (
            ("tbtui inspect runs/a/events.out.tfevents.1", "what is in it, and where it is damaged"),
            ("tbtui inspect runs/a/events.out.tfevents.1 --records", "a line a record"),
        ),
    ),
    "completion": (
        None,
        (
            ('eval "$(tbtui completion bash)"', "in ~/.bashrc"),
            ('eval "$(tbtui completion zsh)"', "in ~/.zshrc, after compinit"),
            ("tbtui completion fish | source", "in ~/.config/fish/config.fish"),
        ),
    ),
}
"""By command: what exit code 1 means, None where there is none; examples, and what they do."""


def finish_help(command: str, parser: argparse.ArgumentParser) -> None:
    """Lay out a command's help, and end it with examples and exit codes, after what it ends with of its own."""
    one, examples = HELP[command]
    wide = max(len(example) for example, _ in examples)
    lines = "\n".join(f"  {example:<{wide}}  {text}" for example, text in examples)
    code = "" if one is None else f"\n  1  {one}"
    codes = f"exit codes:\n  0  fine{code}\n  2  wrong usage, or a path that cannot be read"
    parser.formatter_class = HelpFormatter
    parser.epilog = "\n\n".join(filter(None, (parser.epilog, f"examples:\n{lines}", codes)))
